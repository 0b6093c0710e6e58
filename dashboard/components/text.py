"""What a page says around its figures: title, first sentence, that data are made up, what must not be concluded."""

from html import escape
from typing import Any, Final

import pandas as pd
import streamlit as st

from analytics.statistics import trends
from dashboard.catalogue import DEFAULT, Catalogue, spoken
from dashboard.reading import Problem, Reading, kept, opened

VOWELS: Final = "aeio"  # French says "d'avril"


def begin(page: str) -> Reading:
    """Write the head of a page, the same everywhere, and hand over what it is about.

    Where there is nothing to show, the page says why and what to do, and ends here.

    Parameters
    ----------
    page
        Prefix of the page's texts in the catalogue.
    """
    says = spoken()
    try:
        reading = opened()
    except Problem as problem:
        explain(problem)
        st.stop()
    with st.container(gap="xsmall"):
        if reading.synthetic:
            synthetic()
        st.title(says.text(f"{page}.heading", territory=reading.territory.name), anchor=False)
        paragraph("lead", kept(reading, "lead", lambda: lead(reading, says)))
    return reading


def lead(reading: Reading, says: Catalogue) -> str:
    """Say what the last vintage added, and what it covers."""
    return added(reading, says) if reading.limited else first_sentence(trends.latest(reading.release), says)


def added(reading: Reading, says: Catalogue) -> str:
    """Say of which zones the pages speak, and what the last vintage added about them.

    The share of the last quarter that is on the map is one of the whole territory: it is not told of some zones.
    """
    latest = trends.latest(reading.release)
    period = says.period("", latest.first_month, latest.through)
    zones = says.listed([str(name) for name in reading.territory.zones["name"]])
    vintage = says.counted("latest.added", latest.facts_added, vintage=latest.vintage, period=period)
    return f"{says.text('access.zones', zones=zones)} {vintage}"


def explain(problem: Problem) -> None:
    """Fill a page with a problem: what is wrong, and what to do."""
    says = spoken()
    st.title(says.text(f"problem.{problem.kind}.title"), anchor=False)
    paragraph("lead", says.text(f"problem.{problem.kind}.wrong", **problem.said))
    st.subheader(says.text("problem.what_to_do"), anchor=False)
    paragraph("said", says.text(f"problem.{problem.kind}.do", **problem.said))
    if f"problem.{problem.kind}.command" in says:
        st.code(says.text(f"problem.{problem.kind}.command", **problem.said), language="shell")


def first_sentence(latest: trends.Latest, says: Catalogue) -> str:
    """Say what the last vintage added and what share of the last closed quarter it places on the map."""
    added = says.counted(
        "latest.added",
        latest.facts_added,
        vintage=latest.vintage,
        period=says.period("", latest.first_month, latest.through),
    )
    quarter = "" if latest.quarter is None else says.period("quarter", *_months(latest.quarter))
    if latest.reason != "complete" or latest.share_blocks is None or latest.share_outlook is None:
        unsaid = "no_quarter" if latest.reason == "no_quarter" else "not_enough"
        return f"{added} {says.text(f'latest.{unsaid}', quarter=quarter)}"
    shares = {"blocks": says.percent(latest.share_blocks), "outlook": says.percent(latest.share_outlook)}
    return f"{added} {says.text('latest.share', quarter=quarter, **shares)}"


def comparison(found: trends.Comparison, area: str, says: Catalogue) -> str:
    """Say in one sentence how a run of months compares with the same months of last year.

    Parameters
    ----------
    found
        From ``trends.recent`` or ``trends.same_months``.
    area
        The area's name.
    """
    year, (first, last) = found.this_year, found.months
    names: dict[str, Any] = {
        "first": says.month_name(first),
        "last": says.month_name(last),
        "year": year,
        "before": year - 1,
    }
    elided = names["first"][0] in VOWELS
    run = says.text(
        ("comparison.months_elided" if elided else "comparison.months") if last > first else "comparison.month", **names
    )
    if found.this is None or found.last is None or None in (found.ratio, found.low, found.high):
        missing = [str(y) for y, n in ((year - 1, found.last), (year, found.this)) if n is None]
        if not missing:
            return says.text("comparison.told_apart", area=area, run=run)
        return says.text("comparison.not_enough", area=area, run=run, years=says.listed(missing))
    change = "none" if not found.named else "more" if (found.ratio or 0) > 1 else "fewer"
    return says.text(
        f"comparison.{change}",
        area=area,
        run=run,
        this=says.counted("comparison.reports", found.this),
        then=says.whole(found.last),
        ratio=says.decimal(found.ratio or 0, 2),
        low=says.decimal(found.low or 0, 2),
        high=says.decimal(found.high or 0, 2),
        same=says.text("comparison.same_months" if last > first else "comparison.same_month"),
        before=year - 1,
    )


def _months(quarter: pd.Period) -> tuple[pd.Period, pd.Period]:
    return quarter.asfreq("M", "start"), quarter.asfreq("M", "end")


def paragraph(kind: str, *contents: str) -> None:
    """Write plain text in one of the styles of ``style.css``, a paragraph each: lead, said, note, small, reader."""
    if contents:
        st.html("".join(f'<p class="vigie-{kind}">{escape(content)}</p>' for content in contents))


def news(*sentences: str) -> None:
    """Write short sentences side by side, as far as the screen is wide enough."""
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    st.html(f'<ul class="vigie-news">{items}</ul>')


def synthetic() -> None:
    """Say that no report is real."""
    says = spoken()
    st.html(
        f'<p class="vigie-synthetic" role="note"><strong>{escape(says.text("synthetic.title"))}</strong>'
        f"<span>{escape(says.text('synthetic.text'))}</span></p>"
    )


def caveats(*names: str, **values: str) -> None:
    """List what must not be concluded; ``names`` are the catalogue's ``caveat.<name>``, ``values`` fill them."""
    says = spoken()
    said = [(says.text(f"caveat.{name}.title"), says.text(f"caveat.{name}.text", **values)) for name in names]
    items = "".join(f"<li><strong>{escape(title)}</strong> {escape(content)}</li>" for title, content in said)
    st.html(f'<ul class="vigie-caveats">{items}</ul>')


def foot(reading: Reading) -> None:
    """Write which release the page shows, and where the ground's data come from."""
    says, policy = spoken(), reading.release.manifest["policy"]
    vintage = reading.release.manifest["vintages"][-1]
    shown = says.text(
        "foot.release",
        audience=says.text(f"foot.{reading.release.manifest['audience']}"),
        through=says.month(pd.Period(vintage["through"], freq="M")),
        vintage=vintage["vintage"],
        k=policy["k"],
        size=says.kilometres(policy["cell_m"]),
    )
    before, after = says.text("foot.sources", sources="\n").split("\n")
    sources, notes = " ; ".join(reading.territory.sources), " ".join(reading.territory.notes)
    st.html(
        f'<p class="vigie-foot">{escape(shown)} {escape(before)}{_as_written(sources)}{escape(after)}'
        f" {_as_written(notes)}</p>"
    )


def _as_written(content: str) -> str:
    """Mark what the territory's file says, in its own language, for screen readers of pages in another."""
    return f'<span lang="{DEFAULT}">{escape(content)}</span>'
