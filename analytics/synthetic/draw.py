"""The draw: how many reports, where, when, of what, and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from analytics import reports
from analytics.synthetic import invented
from analytics.synthetic.land import DOUBS, LAST, Land, days_between, somewhere

if TYPE_CHECKING:
    import numpy.typing as npt

    from analytics.territory import Territory

# Reports received a year in the police zones: means, but for the last year, which is exact; and the rest on top.
POLICE: Final = {2020: 168, 2021: 180, 2022: 190, 2023: 196, 2024: 204, 2025: 186}
REST_MEAN: Final = 30

_SEASON: Final = np.array([0.8, 0.8, 0.95, 1.0, 1.1, 1.2, 1.2, 1.0, 1.15, 1.1, 0.9, 0.8])
_WEEKDAY: Final = np.array([0.9, 0.9, 0.95, 1.0, 1.2, 1.2, 0.85])
_CATEGORY: Final = {
    "street": 0.37,
    "building": 0.34,
    "delivery": 0.08,
    "storage": 0.07,
    "growing": 0.02,
    "use": 0.07,
    "other": 0.03,
    "unspecified": 0.02,
}
_DUPLICATES: Final = 0.12
_SET_ASIDE: Final = 0.17
_UNLOCATED: Final = 0.05
_NO_HOUR: Final = 0.03
# Reports are sorted some days after they came in: what the last weeks brought is still pending.
_SORTED_AFTER: Final = (10, 60)
# Of the kept: watched; of the watched: arrest, search; of the searches: seizure, deal point dismantled.
_CHANCES: Final = (0.30, 0.35, 0.25, 0.75, 0.35)
# Two events of 2025 that were made public: reports, place, spread, days of the reports, category, days of outcomes.
_EVENTS: Final[tuple[dict[str, Any], ...]] = (
    {
        "size": 9,
        "place": "Centre",
        "spread": 600.0,
        "days": ("2025-07-21", "2025-07-31"),
        "category": "delivery",
        "story": "scooter",
        "outcomes": {"surveillance": "2025-08-01", "arrest": "2025-08-05"},
    },
    {
        "size": 8,
        "place": "Saint-Ferjeux",
        "spread": 60.0,
        "days": ("2025-10-01", "2025-10-05"),
        "category": "storage",
        "story": "stash",
        "outcomes": {"surveillance": "2025-10-06", "search": "2025-10-08", "seizure": "2025-10-08"},
    },
)


def export(territory: Territory, seed: int) -> pd.DataFrame:
    """Draw a synthetic export, from 2020-01-01 to 2025-11-25.

    Parameters
    ----------
    territory : analytics.territory.Territory
        For the Doubs (code 25) the reports lie at its known quarters and hold the two public events of 2025; for any
        other one they lie around its most populous places. Zones but the last are police zones, the last is the rest;
        one zone alone is a police zone.
    seed : int
        The same seed gives the same export.

    Returns
    -------
    pandas.DataFrame
        All text, as it stands in the file; ``data/mappings/cross_platform.toml`` describes it. In 2025 exactly 186
        reports are received in the police zones, duplicates and those set aside included.
    """
    rng = np.random.default_rng(seed)
    land = Land(territory)
    parts = []
    for year, expected in POLICE.items():
        exact = year == max(POLICE)
        police = expected if exact else int(rng.poisson(expected))
        events = _events(rng, land) if exact and territory.code == "25" else None
        parts.append(_year(rng, land, year, police, events))
        if land.rest.any():
            parts.append(_year(rng, land, year, int(rng.poisson(REST_MEAN)), None, rest=True))
    table = pd.concat(parts, ignore_index=True).sort_values(["day", "minute"], kind="stable", ignore_index=True)
    return _as_written(rng, _without_place(rng, land, table))


def _year(
    rng: np.random.Generator, land: Land, year: int, size: int, events: pd.DataFrame | None, *, rest: bool = False
) -> pd.DataFrame:
    """Draw the reports that one stratum (police zones, or the rest) receives in one year: exactly ``size``."""
    double = int(rng.binomial(size, _DUPLICATES))
    single = size - double - (0 if events is None else len(events))
    days = np.arange(np.datetime64(f"{year}-01-01"), min(np.datetime64(f"{year + 1}-01-01"), LAST + 1))
    stamps = pd.DatetimeIndex(days)
    weight = _SEASON[stamps.month - 1] * _WEEKDAY[stamps.day_of_week]
    day = np.sort(rng.choice(days, single, p=weight / weight.sum()))
    table = somewhere(rng, land, day, rest=rest)
    table["day"] = day
    table["story"] = ""
    table["minute"] = _minutes(rng, single)
    table["category"] = rng.choice(list(_CATEGORY), single, p=list(_CATEGORY.values()))
    table["triage"] = np.where(rng.random(single) < _SET_ASIDE, "set_aside", "kept")
    fresh = days_between(day, LAST) < rng.integers(*_SORTED_AFTER, single)
    table.loc[fresh, "triage"] = "pending"
    table = _with_outcomes(rng, table)
    again = table.iloc[rng.integers(0, single, double)].copy()
    again["day"] = np.minimum(again["day"] + pd.to_timedelta(rng.integers(0, 4, double), unit="D"), days[-1])
    again["minute"] = _minutes(rng, double)
    again["triage"] = "duplicate"
    again[list(reports.OUTCOME_COLUMNS)] = pd.NaT
    return pd.concat([part for part in (table, again, events) if part is not None], ignore_index=True)


def _minutes(rng: np.random.Generator, size: int) -> npt.NDArray[np.int64]:
    """Draw minutes of the day: a high evening, a lower afternoon, a little at all hours."""
    kind = rng.choice(3, size, p=[0.55, 0.25, 0.20])
    hours = np.choose(kind, [rng.normal(21, 2, size), rng.normal(16, 2, size), rng.uniform(0, 24, size)])
    minutes: npt.NDArray[np.int64] = np.floor(hours * 60).astype(np.int64) % (24 * 60)
    return minutes


def _with_outcomes(rng: np.random.Generator, table: pd.DataFrame) -> pd.DataFrame:
    """Let some of the kept reports lead to something, as far as that had happened on the day of the export."""
    size = len(table)
    kept = (table["triage"] == "kept").to_numpy()
    luck = rng.random((5, size))
    hit = luck < np.array(_CHANCES)[:, None]
    watched = kept & hit[0]
    search = watched & hit[2]
    happened = (watched, watched & hit[1], search, search & hit[3], search & hit[4])
    delay = np.cumsum(rng.geometric([[0.12], [0.08], [0.3], [0.9], [0.05]], (5, size)), axis=0)
    # Seized is what the search found: the same day.
    delay[3] = delay[2]
    for name, where, days in zip(reports.OUTCOME_COLUMNS, happened, delay, strict=True):
        then = table["day"].to_numpy().astype("datetime64[D]") + days
        table[name] = np.where(where & (then <= LAST), then, np.datetime64("NaT")).astype("datetime64[us]")
    return table


def _events(rng: np.random.Generator, land: Land) -> pd.DataFrame:
    parts = []
    centres = dict(zip(DOUBS, land.places()[0], strict=True))
    for event in _EVENTS:
        size = event["size"]
        points = land.written(*(centres[event["place"]] + event["spread"] * rng.uniform(-1, 1, (size, 2))).T)
        first, last = (np.datetime64(day) for day in event["days"])
        outcomes: dict[str, Any] = {f"{name}_day": np.datetime64(day, "us") for name, day in event["outcomes"].items()}
        parts.append(
            points.assign(
                day=first + rng.integers(0, int(days_between(first, last)) + 1, size),
                minute=(20 * 60 + rng.integers(0, 200, size)) % (24 * 60),
                category=event["category"],
                triage="kept",
                story=event["story"],
                **outcomes,
            )
        )
    return pd.concat(parts, ignore_index=True)


def _without_place(rng: np.random.Generator, land: Land, table: pd.DataFrame) -> pd.DataFrame:
    """Name the commune of each report, and take the coordinates from one in twenty."""
    size = len(table)
    communes = land.territory.communes
    table["precision"] = rng.choice(["address", "street", "place"], size, p=[0.5, 0.35, 0.15])
    table["commune"] = ""
    if communes.empty:
        return table
    shapes = communes.geometry.to_crs(land.territory.crs)
    points = type(shapes)(shapes.array[:0], crs=shapes.crs).from_xy(table["x"], table["y"], crs=shapes.crs)
    nearest = shapes.sindex.nearest(points, return_all=False)[1]
    table["commune"] = communes["name"].to_numpy()[nearest]
    same = land.commune_rest[nearest] == table["rest"].to_numpy(dtype=bool)
    vague = same & (table["story"] == "").to_numpy() & (rng.random(size) < _UNLOCATED)
    table.loc[vague, ["lon", "lat"]] = np.nan
    table.loc[vague, "precision"] = "commune"
    return table


def _as_written(rng: np.random.Generator, table: pd.DataFrame) -> pd.DataFrame:
    """Give the columns as the platform writes them, with all that must not get in."""
    year = table["day"].dt.year.astype(str)
    number = (table.groupby(year).cumcount() + 1).astype(str).str.zfill(5)
    hour = (table["minute"] // 60).astype(str).str.zfill(2) + "h" + (table["minute"] % 60).astype(str).str.zfill(2)
    day = {name: table[name].dt.strftime("%d/%m/%Y").fillna("") for name in ("day", *reports.OUTCOME_COLUMNS)}
    people = invented.people(rng, len(table))
    located = table["lon"].notna()
    degrees = {
        name: table[name].map("{:.6f}".format).str.replace(".", ",").where(located, "") for name in ("lon", "lat")
    }
    return pd.DataFrame(
        {
            "identifiant": "SIG-" + year + "-" + number,
            "date_signalement": day["day"],
            "heure": hour.where(rng.random(len(table)) > _NO_HOUR, ""),
            "commune": table["commune"],
            "adresse": people["address"].where(located, ""),
            "longitude": degrees["lon"],
            "latitude": degrees["lat"],
            "precision_lieu": table["precision"].map(invented.PRECISIONS),
            "categorie": table["category"].map(invented.CATEGORIES),
            "statut": table["triage"].map(invented.TRIAGES),
            "date_surveillance": day["surveillance_day"],
            "date_interpellation": day["arrest_day"],
            "date_perquisition": day["search_day"],
            "date_saisie": day["seizure_day"],
            "date_demantelement": day["dismantling_day"],
            "pseudonyme": people["alias"],
            "identifiant_tchat": people["chat"],
            "adresse_ip": people["ip"],
            "telephone": people["phone"],
            "commentaire": invented.comments(rng, table["story"], people),
            "synthetique": "oui",
        }
    ).astype("str")
