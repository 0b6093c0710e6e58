"""What a campaign's evaluation says, in plain words: what changed, beside what, how sure, and what it does not say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from analytics.statistics import StatisticsError, campaigns
from dashboard.components.prevention.plan import smallest

if TYPE_CHECKING:
    from analytics.statistics.campaigns import Change, Evaluation, Triage
    from dashboard.catalogue import Catalogue
    from dashboard.reading import Reading

ENOUGH_CHANCE: Final = 0.05


def sentences(found: Evaluation, name: str, says: Catalogue) -> list[str]:
    """Say what was compared, what changed, and beside what; or what is lacking."""
    if found.change is None:
        return [says.text("evaluation.not_enough", name=name), *lacking(found, says)]
    before, after = (says.period("", *run) for run in (found.before, found.after))
    counts = found.treated.counts or (0, 0)
    said = [
        says.text(
            "evaluation.counts",
            name=name,
            before=before,
            after=after,
            n=says.counted("comparison.reports", counts[0]),
            then=says.counted("comparison.reports", counts[1]),
        )
        + " "
        + _changed(found.change, "own", says)
    ]
    if found.net is not None and found.comparison is not None and found.comparison.counts is not None:
        pair = [says.whole(n) for n in found.comparison.counts]
        said.append(
            says.text("evaluation.beside", before=pair[0], after=pair[1]) + " " + _changed(found.net, "net", says)
        )
    visible = _visible(found)
    if not (found.net or found.change).named:
        said.append(
            says.text("evaluation.nothing_visible")
            if visible is None
            else says.text("evaluation.visible", fall=says.percent(visible / 100))
        )
    if found.placebo is not None and found.placebo.reason == "complete":
        kind = "usual" if found.placebo.p > ENOUGH_CHANCE else "rare"
        said.append(says.text(f"evaluation.placebo_{kind}", share=says.percent(found.placebo.p)))
    if found.triage is not None:
        said.append(_triage(found.triage, says))
    return [*said, *lacking(found, says)]


def lacking(found: Evaluation, says: Catalogue) -> list[str]:
    """Say what cannot be said, and what would be enough."""
    texts = []
    for name in found.lacking:
        if name == "after_not_closed":
            months = found.needed or 0
            texts.append(says.counted("evaluation.lacking.after_not_closed", months, last=says.month(found.after[1])))
        else:
            texts.append(says.text(f"evaluation.lacking.{name}"))
    return texts


def caveats(found: Evaluation, says: Catalogue) -> list[str]:
    """Say what must not be concluded."""
    return [says.text(f"evaluation.caveat.{name}") for name in found.caveats]


def rows(found: Evaluation, says: Catalogue) -> pd.DataFrame:
    """Make the table of what was compared."""
    head = says.under("column")
    lines = [
        ("own", found.treated, found.change),
        ("comparison", found.comparison, found.comparison_change),
        ("around", found.around, None),
    ]
    return pd.DataFrame(
        [
            {
                head["compared_areas"]: says.text(f"evaluation.row_{name}"),
                head["count_before"]: _total(totals.before, says),
                head["count_after"]: _total(totals.after, says),
                head["change_ratio"]: "–" if change is None or change.ratio is None else says.decimal(change.ratio, 2),
                head["change_between"]: "–" if change is None else _interval(change, says),
            }
            for name, totals, change in lines
            if totals is not None
        ]
    )


def lengths(opened: Reading, campaign: campaigns.Campaign) -> tuple[int, ...]:
    """Return the lengths for which all totals are complete; none where an area is not on the reader's ground."""
    try:
        return campaigns.lengths(opened.release, opened.territory, campaign)
    except StatisticsError:
        return ()


def _changed(change: Change, what: str, says: Catalogue) -> str:
    if change.reason == "not_enough":
        return says.text("evaluation.few", needed="–" if change.needed is None else says.whole(change.needed))
    kind = "none" if not change.named else "fall" if (change.ratio or 0) < 1 else "rise"
    ratio = "–" if change.ratio is None else says.decimal(change.ratio, 2)
    return says.text(f"evaluation.{what}_{kind}", ratio=ratio, interval=_interval(change, says))


def _interval(change: Change, says: Catalogue) -> str:
    if change.high == float("inf"):
        return says.text("evaluation.over", low=says.decimal(change.low, 2))
    return says.text("table.between", low=says.decimal(change.low, 2), high=says.decimal(change.high, 2))


def _visible(found: Evaluation) -> int | None:
    """Smallest fall, in per cent, that these counts could have shown eight times out of ten."""
    months = found.after[1].ordinal - found.after[0].ordinal + 1
    before = (found.treated.before or 0) / months
    beside = None if found.net is None or found.comparison is None else (found.comparison.before or 0) / months
    if not before or beside == 0:
        return None
    return smallest(round(before, 1), None if beside is None else round(beside, 1), months)


def _triage(found: Triage, says: Catalogue) -> str:
    shares = [says.percent(part.share or 0) for part in (found.before, found.after)]
    return (
        says.text("evaluation.triage", before=shares[0], after=shares[1])
        + " "
        + says.text(f"evaluation.moved_{found.moved}")
    )


def _total(n: int | None, says: Catalogue) -> str:
    return says.text("evaluation.not_told") if n is None else says.whole(n)
