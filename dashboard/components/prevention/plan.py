"""Plan a campaign and see beforehand how long it must run to be measurable; the plan is kept in the address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from analytics import plots
from analytics import release as releases
from analytics.plots import palette
from analytics.statistics import campaigns
from analytics.statistics.campaigns import prospects
from analytics.statistics.sums_of_ground import NOWHERE, grouped, months_between, over
from dashboard import address, reading
from dashboard.catalogue import spoken
from dashboard.components.prevention import area as areas
from dashboard.components.prevention import charts

if TYPE_CHECKING:
    from dashboard.catalogue import Catalogue
    from dashboard.components.chart import Spec
    from dashboard.reading import Reading

AHEAD: Final = 12
TOGETHER: Final = (12, 6, 3, 1)
LENGTH: Final = 12
FALL: Final = 30
FALLS: Final = tuple(range(10, 95, 5))
KIND: Final = "presence"
HEIGHT_PX: Final = 300


@dataclass(frozen=True)
class Wish:
    """What is planned.

    Attributes
    ----------
    zones, comparison
        Zone ids.
    start
        First month.
    months
        Months watched from the first one, with as many before.
    fall
        Percentage by which reports should fall.
    kind
        One of ``campaigns.KINDS``.
    """

    zones: tuple[str, ...]
    comparison: tuple[str, ...]
    start: pd.Period
    months: int
    fall: int
    kind: str


def ask(opened: Reading, zone: str) -> Wish | None:
    """Ask for a plan; None while no zone is named."""
    says, names = spoken(), areas.names(opened)
    left, right = st.columns(2)
    with left:
        zones = _zones("plan", says.text("plan.zones"), list(names.index), [zone], opened)
    with right:
        others = [code for code in names.index if code not in zones]
        usual = _best_told(opened.key, tuple(zones), tuple(others), opened)
        comparison = _zones("compare", says.text("plan.comparison"), others, usual, opened, "+".join(zones))
    choices = reading.kept(opened, "plan-choices", lambda: _choices(opened, says))
    columns = st.columns(4, vertical_alignment="bottom")
    with columns[0]:
        start = _select("start", says.text("plan.start"), choices["start"], next(iter(choices["start"])))
    with columns[1]:
        months = _select("months", says.text("plan.months"), choices["months"], str(LENGTH))
    with columns[2]:
        fall = _select("fall", says.text("plan.fall"), choices["fall"], str(FALL))
    with columns[3]:
        kind = _select("kind", says.text("plan.kind"), choices["kind"], KIND)
    if not zones:
        return None
    return Wish(zones, comparison, pd.Period(start, freq="M"), int(months), int(fall), kind)


def _zones(
    parameter: str, label: str, options: list[str], default: list[str], opened: Reading, of: str = ""
) -> tuple[str, ...]:
    names = opened.territory.zones["name"]
    key = f"plan-{parameter}-{of}-{'+'.join(default)}"
    address.follow(parameter, key, default, lambda text: [code for code in text.split(",") if code in options])
    return tuple(
        st.multiselect(
            label,
            options,
            format_func=lambda code: str(names[code]),
            placeholder=spoken().text("plan.none"),
            key=key,
            on_change=lambda: address.write(parameter, key, default, ",".join),
        )
    )


def _choices(opened: Reading, says: Catalogue) -> dict[str, dict[str, str]]:
    """Return what can be chosen for each part of a plan, as the address has it, and how it is written."""
    first = releases.months(opened.release)[-1] + 1
    starts = [first + ahead for ahead in range(AHEAD)]
    return {
        "start": {str(month): says.month(month) for month in starts},
        "months": {str(months): str(months) for months in prospects.LENGTHS},
        "fall": {str(fall): says.percent(fall / 100) for fall in FALLS},
        "kind": {kind: says.text(f"plan.kind_{kind}") for kind in campaigns.KINDS},
    }


def _select(parameter: str, label: str, choices: dict[str, str], default: str) -> str:
    key = f"plan-{parameter}"

    def known(text: str) -> str:
        if text not in choices:
            raise ValueError(text)
        return text

    address.follow(parameter, key, default, known)
    return str(
        st.selectbox(
            label,
            list(choices),
            format_func=choices.__getitem__,
            key=key,
            on_change=lambda: address.write(parameter, key, default),
        )
    )


@st.cache_data(max_entries=64, show_spinner=False)
def _best_told(key: str, zones: tuple[str, ...], others: tuple[str, ...], _opened: Reading) -> list[str]:
    """Choose the zone to compare with: told together with these for the longest runs, then the most reported."""
    del key
    if not others:
        return []

    def told(other: str) -> tuple[float, ...]:
        runs = [prospects.told_runs(_opened.release, _opened.territory, [*zones, other], n)[0] for n in TOGETHER]
        return (*runs, a_month(_opened, (other,)) or 0.0)

    return [max(others, key=told)]


def a_month(opened: Reading, zones: tuple[str, ...]) -> float | None:
    """Estimate the reports a month of some zones over the last twelve months; None where fewer than k are there."""
    if not zones:
        return None
    surface = areas.fitted(opened)
    run = plots.last_months(opened.release)
    inside = np.where(surface.cells["zone"].isin(zones), 0, NOWHERE).astype(np.int64)
    wanted = months_between(surface, *run)
    found = over(surface, grouped(surface, inside, dict.fromkeys(zones, 0)), wanted, number=1).iloc[0]
    return None if found["said"] != "estimate" else float(found["estimate"]) / int(wanted.sum())


def chances(opened: Reading, wish: Wish) -> tuple[tuple[float, ...], campaigns.Plan] | None:
    """Return the chance that the fall is established after 1, 2, ... months; None where too little is reported."""
    rate, beside = a_month(opened, wish.zones), a_month(opened, wish.comparison)
    if rate is None:
        return None
    planned = campaigns.Plan(round(rate, 1), None if beside is None else round(beside, 1))
    return _curve(planned.rate, planned.comparison, wish.fall), planned


@st.cache_data(max_entries=256, show_spinner=False)
def _curve(rate: float, comparison: float | None, fall: int) -> tuple[float, ...]:
    return prospects.curve(campaigns.Plan(rate, comparison), fall / 100)


@st.cache_data(max_entries=256, show_spinner=False)
def smallest(rate: float, comparison: float | None, months: int) -> int | None:
    """Return the smallest fall, in per cent, that is established eight times out of ten; None where none would be."""
    return prospects.smallest_percent(campaigns.Plan(rate, comparison), months)


def at(found: tuple[float, ...], months: int) -> float:
    """Return the chance at one of the lengths."""
    return found[prospects.LENGTHS.index(months)]


def sentences(opened: Reading, wish: Wish, found: tuple[float, ...], planned: campaigns.Plan) -> list[str]:
    """Say how long it takes to see the fall, what is seen at the planned length, and whether it will be told."""
    says = spoken()
    fall, zones = says.percent(wish.fall / 100), _listed(opened, wish.zones, says)
    begin = says.text("plan.rate", zones=zones, rate=says.decimal(planned.rate))
    seen = prospects.first_seen(found)
    if seen is None:
        when = says.text("plan.never", fall=fall, months=prospects.LENGTHS[-1])
    else:
        when = says.counted("plan.seen", seen, fall=fall, month=says.month(wish.start + seen - 1))
    visible = smallest(planned.rate, planned.comparison, wish.months)
    at_length = says.counted("plan.power", wish.months, chance=says.percent(at(found, wish.months)), fall=fall)
    least = (
        says.text("plan.nothing_visible")
        if visible is None
        else says.text("plan.smallest", fall=says.percent(visible / 100))
    )
    told, runs = prospects.told_runs(opened.release, opened.territory, (*wish.zones, *wish.comparison), wish.months)
    tell = (
        says.counted("plan.told", wish.months, told=says.whole(told), runs=says.whole(runs))
        if told
        else says.counted("plan.told_never", wish.months)
    )
    return [f"{begin} {when}", f"{at_length} {least}", tell if runs else says.counted("plan.no_run", wish.months)]


def chart(found: tuple[float, ...], months: int, says: Catalogue) -> Spec:
    """Draw the chance by months, with the wanted chance and the planned length; made once for all."""
    return _chart(found, months, says.locale.language, says)


@st.cache_resource(max_entries=64, show_spinner=False)
def _chart(found: tuple[float, ...], months: int, language: str, _says: Catalogue) -> Spec:
    del language
    says = _says
    drawn = pd.DataFrame({"months": prospects.LENGTHS, "chance": found})
    drawn["said"] = [says.percent(chance) for chance in found]
    x = alt.X(
        "months:Q",
        title=says.text("plan.axis_months"),
        scale=alt.Scale(domain=[0, prospects.LENGTHS[-1]], nice=False),
        axis=alt.Axis(values=list(range(0, prospects.LENGTHS[-1] + 1, 3)), grid=False),
    )
    y = alt.Y(
        "chance:Q",
        title=says.text("plan.axis_chance"),
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(
            labelExpr=f"round(datum.value * 100) + '{says.percent(1).removeprefix('100')}'",
            values=[0, 0.2, 0.4, 0.6, 0.8, 1],
        ),
    )
    tips = [
        alt.Tooltip("months:Q", title=says.text("plan.axis_months")),
        alt.Tooltip("said:N", title=says.text("plan.axis_chance")),
    ]
    line = alt.Chart(drawn).mark_line(color=palette.DENSITY[5], point=True).encode(x=x, y=y, tooltip=tips)
    wanted = alt.Chart(pd.DataFrame({"chance": [prospects.WANTED]}))
    rule = wanted.mark_rule(strokeDash=[5, 4], color=palette.SOFT).encode(y="chance:Q")
    here = alt.Chart(drawn[drawn["months"] == months])
    mark = here.mark_point(size=160, filled=True, color="#b45309", opacity=1).encode(x="months:Q", y="chance:Q")
    drawn_layers = alt.layer(rule, line, mark).properties(
        height=HEIGHT_PX,
        description=says.text(
            "plan.described",
            months=months,
            chance=says.percent(at(found, months)),
            longest=prospects.LENGTHS[-1],
        ),
    )
    return charts.spec(drawn_layers, says)


def rows(found: tuple[float, ...], says: Catalogue) -> pd.DataFrame:
    """Make the table of chances."""
    head = says.under("column")
    return pd.DataFrame({head["plan_months"]: prospects.LENGTHS, head["plan_chance"]: found})


def campaign(wish: Wish, name: str) -> campaigns.Campaign:
    """Turn a plan into an entry of the registry."""
    return campaigns.Campaign(
        name,
        wish.kind,
        wish.zones,
        wish.start.start_time.date(),
        (wish.start + wish.months - 1).end_time.date(),
        wish.comparison,
    )


def toml(planned: campaigns.Campaign) -> str:
    """Write an entry of the registry as the registry writes it.

    Raises
    ------
    StatisticsError
        The registry would not take it: the name is too long, or looks as if it held somebody's number.
    """
    return campaigns.written(planned)


def name_of(opened: Reading, wish: Wish, says: Catalogue) -> str:
    """Propose a name."""
    return says.text("plan.name", zones=_listed(opened, wish.zones, says))[:60]


def _listed(opened: Reading, zones: tuple[str, ...], says: Catalogue) -> str:
    return says.listed([str(opened.territory.zones["name"][zone]) for zone in zones])
