"""How often a campaign's evaluation sees a change where there is none, and how long until it sees one."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

import altair as alt
import numpy as np
import pandas as pd

from analytics.statistics import conditional, told
from analytics.statistics.campaigns import Plan, months_needed, placebo_dates, power, smallest_fall
from analytics.statistics.campaigns.displacement import FEWEST, weighted_displacement
from analytics.statistics.campaigns.totals import alone, complete
from calibration import series
from calibration.section import Section
from tests.made_up import laddered

if TYPE_CHECKING:
    import numpy.typing as npt

    from analytics.statistics.conditional import Method

RATES: Final = (2, 5, 9, 16)
LENGTHS: Final = (3, 6, 12)
ERROR: Final = 0.05
FALL: Final = 0.3
PAST: Final = 48
NOISE: Final = 0.25
"""Standard deviation of the common factor of a month, where months waver more than by chance."""


TEXT: Final = """\
**No change at all**, {draws} campaigns for each rate (reports a month, in the campaign's zones and in the comparison
zones alike) and length of both periods: how often one is named at {error}; and how often the interval holds a true fall
of {fall}.

{sizes}

The displacement difference leans on a normal approximation and names nothing with fewer than {fewest} reports in all.
Placebo dates look for a change in either direction, in four years of past.

**Months that waver**: each month's reports are drawn with a factor of mean 1 and standard deviation {noise} that all
zones share (a feast, a platform that was down).

{waver}

**Through {passed}**
({zones} zones a rate, three years, k = 5): how often a zone's totals before and after are
complete and told alike, so that they may be compared, and how often a change is then named where there is none.

{ladder}

**Months until a fall of {fall} is named with a chance of 0.8**, after 12 or 24 months before; alone, or with
comparison zones of three times that rate. A dash: never within ten years.

{waiting}

**Smallest fall that is named with a chance of 0.8**, as a share, with 12 months before.

{falls}
"""


def measure(draws: int, seed: int = 0) -> Section:
    """Draw zones at the Doubs' intensities, evaluate campaigns that did nothing, and tell the power of the tests.

    Parameters
    ----------
    draws
        Campaigns drawn for each rate and length.
    seed
        Of the draws.
    """
    rng = np.random.default_rng(seed)
    sizes, waver = _sizes(draws, rng), _wavering(draws, rng)
    zones = max(draws // 4, 50)  # the ladder takes its time
    told_share, waiting = _through_the_ladder(zones, rng), _waiting()
    falls = _falls()
    text = TEXT.format(
        draws=draws,
        zones=zones,
        error=f"{ERROR:.0%}",
        fall=f"{FALL:.0%}",
        noise=NOISE,
        fewest=FEWEST,
        sizes=_table(sizes),
        waver=_table(waver),
        ladder=_table(told_share),
        passed=series.LADDER,
        waiting=_table(waiting),
        falls=_table(falls),
    )
    return Section("Campaigns", text, _figures(sizes, waver, told_share, waiting), {"campaigns_power": _chart()})


def _sizes(draws: int, rng: np.random.Generator) -> pd.DataFrame:
    rows = []
    for rate in RATES:
        for months in LENGTHS:
            a, b, c, d = rng.poisson(rate * months, (4, draws))
            fell = rng.poisson(rate * months * (1 - FALL), draws)
            past = rng.poisson(rate, (draws, PAST + months))
            row: dict[str, float] = {"rate": rate, "months": months}
            for method, name in (("exact", "exact"), ("mid_p", "mid-p")):
                row[f"ratio, {name}"] = _mean([_p(x, y, method=method) <= ERROR for x, y in _pairs(a, b)])
                row[f"difference, {name}"] = _mean(
                    [
                        _p(*four, method=method) <= ERROR
                        for four in zip(*(v.tolist() for v in (a, b, c, d)), strict=True)
                    ]
                )
            row["displacement"] = _mean([_displaced(*four) for four in zip(a, b, c, d, strict=True)])
            row["placebo"] = _placebo_size(past, None, months)
            row["ratio holds"] = _mean([_p(x, y, theta=1 - FALL) > ERROR for x, y in _pairs(a, fell)])
            row["ratio holds, mid-p"] = _mean(
                [_p(x, y, theta=1 - FALL, method="mid_p") > ERROR for x, y in _pairs(a, fell)]
            )
            row["difference holds"] = _mean(
                [_p(*four, theta=1 - FALL) > ERROR for four in zip(*(v.tolist() for v in (a, fell, c, d)), strict=True)]
            )
            rows.append(row)
    return pd.DataFrame(rows).astype({"rate": int, "months": int})


def _wavering(draws: int, rng: np.random.Generator) -> pd.DataFrame:
    rows = []
    for rate in RATES:
        for months in LENGTHS:
            factor = rng.gamma(NOISE**-2, NOISE**2, (draws, PAST + months))
            mine, other = rng.poisson(rate * factor), rng.poisson(rate * factor)
            a, c = (v[:, PAST - months : PAST].sum(axis=1) for v in (mine, other))
            b, d = (v[:, PAST:].sum(axis=1) for v in (mine, other))
            fours = list(zip(*(v.tolist() for v in (a, b, c, d)), strict=True))
            rows.append(
                {
                    "rate": rate,
                    "months": months,
                    "ratio": np.mean([_p(x, y) <= ERROR for x, y in _pairs(a, b)]),
                    "difference": np.mean([_p(*four) <= ERROR for four in fours]),
                    "displacement": np.mean([_displaced(*four) for four in fours]),
                    "placebo alone": _placebo_size(mine, None, months),
                    "placebo with comparison": _placebo_size(mine, other, months),
                }
            )
    return pd.DataFrame(rows)


def _through_the_ladder(zones: int, rng: np.random.Generator) -> pd.DataFrame:
    rows = []
    for rate in RATES:
        counts = rng.poisson(rate, (zones, 36))
        named = {f"z{i}": row for i, row in enumerate(counts)}
        release = laddered.release(named, first="2022-01", whole=False, withheld=series.WITHHELD)
        areas = [told.of_area(release, zone) for zone in named]
        for months in LENGTHS:
            middle = pd.Period("2024-01", freq="M")
            pairs = [
                (complete(one, middle - months, middle - 1), complete(one, middle, middle + (months - 1)))
                for one in areas
            ]
            opposite = [
                {alone(one, middle - months, middle - 1), alone(one, middle, middle + (months - 1))}
                == {"every", "none"}
                for one in areas
            ]
            known = [
                (x, y) for (x, y), o in zip(pairs, opposite, strict=True) if x is not None and y is not None and not o
            ]
            rows.append(
                {
                    "rate": rate,
                    "months": months,
                    "complete": len(known) / zones,
                    "named": np.mean([_p(x, y) <= ERROR for x, y in known]) if known else np.nan,
                }
            )
    return pd.DataFrame(rows)


def _waiting() -> pd.DataFrame:
    rows = []
    for rate in RATES:
        row: dict[str, object] = {"rate": rate}
        for before in (12, 24):
            for name, times in (("alone", None), ("three times", 3)):
                plan = Plan(rate, None if times is None else rate * times)
                months = months_needed(plan, FALL, before=before).months
                row[f"{before} before, {name}"] = np.nan if months is None else months
        rows.append(row)
    return pd.DataFrame(rows)


def _falls() -> pd.DataFrame:
    rows = []
    for rate in RATES:
        row: dict[str, object] = {"rate": rate}
        for months in LENGTHS:
            for name, times in (("alone", None), ("three times", 3)):
                plan = Plan(rate, None if times is None else rate * times)
                fall = smallest_fall(plan, (12, months)).fall
                row[f"{months} after, {name}"] = np.nan if fall is None else fall
        rows.append(row)
    return pd.DataFrame(rows)


def _chart() -> alt.Chart:
    rows = [
        {"reports a month": f"{rate:2d}", "months after": months, "chance": power(Plan(rate), (12, months), FALL)}
        for rate in RATES
        for months in range(1, 37)
    ]
    chart: alt.Chart = (
        alt.Chart(pd.DataFrame(rows), title=f"Chance that a fall of {FALL:.0%} is named, 12 months before")
        .mark_line()
        .encode(
            x=alt.X("months after:Q"),
            y=alt.Y("chance:Q", scale=alt.Scale(domain=[0, 1])),
            color=alt.Color("reports a month:N"),
        )
    )
    return chart


def _figures(sizes: pd.DataFrame, waver: pd.DataFrame, ladder: pd.DataFrame, waiting: pd.DataFrame) -> dict[str, float]:
    found = {
        f"{name}, most false alarms": float(sizes[name].max())
        for name in (
            "ratio, exact",
            "ratio, mid-p",
            "difference, exact",
            "difference, mid-p",
            "displacement",
            "placebo",
        )
    }
    found |= {f"{name}, least": float(sizes[name].min()) for name in sizes.columns if "holds" in name}
    found |= {f"wavering months, {name}, most": float(waver[name].max()) for name in waver.columns[2:]}
    found |= {
        f"complete totals, {rate:.0f} a month, {months:.0f} months": float(share)
        for rate, months, share in zip(ladder["rate"], ladder["months"], ladder["complete"], strict=True)
    }
    return found | {
        f"months until a 30 % fall, {row['rate']:.0f} a month, {name}": float(row[name])
        for _, row in waiting.iterrows()
        for name in waiting.columns[1:]
    }


@functools.cache
def _p(
    a: int, b: int, c: int | None = None, d: int | None = None, *, theta: float = 1.0, method: Method = "exact"
) -> float:
    """P of a ratio, or of a ratio of ratios, as the evaluation computes it."""
    if c is None or d is None:
        return conditional.p_value(conditional.binomial(a + b), b, theta, method)
    return conditional.p_value(conditional.hypergeometric(a + b, c + d, b + d), b, theta, method)


def _mean(named: list[bool]) -> float:
    return sum(named) / len(named)


def _pairs(one: npt.NDArray[np.int64], other: npt.NDArray[np.int64]) -> list[tuple[int, int]]:
    return list(zip(one.tolist(), other.tolist(), strict=True))


def _displaced(a: int, b: int, c: int, d: int) -> bool:
    return weighted_displacement((a, b), (c, d), level=1 - ERROR).named


def _placebo_size(mine: npt.NDArray[np.int64], other: npt.NDArray[np.int64] | None, months: int) -> float:
    found = [
        placebo_dates(row, None if other is None else other[i], PAST, (months, months), direction="either").p
        for i, row in enumerate(mine)
    ]
    return float(np.mean(np.array(found) <= ERROR))


def _table(frame: pd.DataFrame) -> str:
    """Markdown: shares in per cent, numbers as they are."""
    head = ["| " + " | ".join(frame.columns) + " |", "|" + "---|" * len(frame.columns)]
    return "\n".join(head + ["| " + " | ".join(map(_cell, row)) + " |" for row in frame.to_numpy(dtype=float)])


def _cell(value: float) -> str:
    if np.isnan(value):
        return "-"
    return f"{value:.0f}" if value == round(value) and value > 1 else f"{100 * value:.1f} %"
