"""The method: what is guaranteed, what is shown at which size and why, how often it is wrong, where it comes from."""

import pandas as pd
import streamlit as st

from analytics.statistics import floors, shares, trends
from dashboard import measured
from dashboard.catalogue import DEFAULT, Catalogue, spoken
from dashboard.components import fact_table, guarantees, plain_table
from dashboard.components.text import begin, caveats, foot, paragraph
from dashboard.reading import Reading, kept

SECTIONS = {
    "guarantees": "garanties",
    "audit": "audit",
    "sizes": "tailles",
    "errors": "erreurs",
    "freshness": "fraicheur",
    "sources": "sources",
    "words": "glossaire",
    "silences": "limites",
}  # key -> anchor, the same in every language
WORDS = (
    "received", "distinct", "square", "zone", "unlocated", "rung", "block", "fact", "release", "estimate", "measured",
    "withheld",
)  # fmt: skip
LIMITS = ("own", "outside", "likely", "people")
AUDIT_COMMAND = "python -m analytics audit --release {folder}"


def section(name: str, says: Catalogue) -> None:
    """Write a section's heading, with the anchor that the contents lead to."""
    st.header(says.text(f"method.{name}.title"), anchor=SECTIONS[name])


def guaranteed(opened: Reading, says: Catalogue) -> None:
    """What is promised, with this release's figures, and what is not promised."""
    policy = opened.release.manifest["policy"]
    section("guarantees", says)
    guarantees.show(says)
    paragraph(
        "note",
        says.text(
            "method.guarantees.here",
            audience=says.text(f"foot.{opened.release.manifest['audience']}"),
            k=policy["k"],
            size=says.kilometres(policy["cell_m"]),
            floor=says.whole(policy["min_inhabitants"]),
            crowd=crowd(opened, says),
        ),
    )
    with st.expander(says.text("method.guarantees.not_promised")):
        plain_table.items(says.text(f"method.limit.{name}", k=policy["k"]) for name in LIMITS)


def crowd(opened: Reading, says: Catalogue) -> str:
    """Write how many inhabitants point at nobody."""
    return says.whole(opened.release.manifest["policy"]["crowd"])


def audited(opened: Reading, says: Catalogue) -> None:
    """What the audit said, and how to run it again."""
    section("audit", says)
    paragraph("said", says.text("method.audit.what"))
    verdict = guarantees.verdict(opened.release, says)
    if not verdict:
        paragraph("said", says.text("method.audit.none"))
    else:
        paragraph("said", says.text("method.audit.manifest"))
        plain_table.items(verdict)
        paragraph("said", says.text("method.audit.verdict", k=opened.release.k, crowd=crowd(opened, says)))
    with st.expander(says.text("method.audit.again")):
        paragraph("note", says.text("method.audit.how"))
        st.code(AUDIT_COMMAND.format(folder=says.text("method.audit.folder")), language="shell")


def sized(known: shares.Shares, says: Catalogue) -> None:
    """What is shown at which size, and why."""
    section("sizes", says)
    paragraph("said", says.text("method.sizes.why"))
    year, placed = known.year, known.placed("blocks", "quarter", "year")
    if year is None or placed is None:
        paragraph("said", says.text("method.sizes.no_year"))
    else:
        paragraph("said", says.text("method.sizes.placed", year=year.year, share=says.percent(placed)))
    heads = [says.text(f"column.{name}") for name in ("table", "level", "period", "facts")]
    heads.append(says.text("method.sizes.share_unknown" if year is None else "method.sizes.share", year=year))
    with st.expander(says.text("method.sizes.table")):
        plain_table.show(
            says.text("method.sizes.table"),
            heads,
            [rung_row(r, says) for _, r in known.rungs.iterrows()],
            numbers=(3, 4),
        )
        paragraph("note", says.text("method.sizes.note"))


def rung_row(rung: pd.Series, says: Catalogue) -> tuple[str, ...]:
    """Write a rung as a row of the table."""
    return (
        says.text(f"facts.{rung['table']}"),
        fact_table.level_text(rung["area_level"], says),
        says.text(f"method.period.{rung['period_level']}"),
        says.whole(rung["facts"]),
        "–" if pd.isna(rung["share"]) else says.percent(rung["share"]),
    )


def wrong(opened: Reading, says: Catalogue) -> None:
    """How often what is announced is false, as measured."""
    section("errors", says)
    known = measured.figures()
    rows = [
        (says.text(f"method.measure.{found.name}"), promise(found, says), share(value, says))
        for found in measured.MEASURES
        if (value := measured.worst(found, known)) is not None
    ]
    if not rows:
        paragraph("said", says.text("method.errors.none"))
        return
    paragraph("said", says.text("method.errors.how"))
    if opened.release.manifest["audience"] != "command" or floors.partly(opened.release):
        paragraph("said", says.text("method.errors.elsewhere"))
    tell_falls(measured.months_to_see_a_fall(known), says)
    alarms = measured.alarms_a_year(known)
    if alarms is not None:
        paragraph("said", says.text("method.errors.alarms", number=says.decimal(alarms, 2)))
    heads = [says.text(f"method.errors.{name}") for name in ("what", "promised", "found")]
    plain_table.show(says.text("method.errors.table"), heads, rows, numbers=(1, 2))
    paragraph("note", says.text("method.errors.where"))


def tell_falls(falls: dict[int, float | None], says: Catalogue) -> None:
    """Say how long a fall takes to be seen, and where no length that was tried was enough."""
    seen = [
        says.text("method.errors.fall", rate=rate, months=says.whole(months))
        for rate, months in falls.items()
        if months is not None
    ]
    never = [says.whole(rate) for rate, months in falls.items() if months is None]
    told = [says.text("method.errors.falls", falls=says.listed(seen))] if seen else []
    told += [says.text("method.errors.never", rates=says.listed(never))] if never else []
    if told:
        paragraph("said", " ".join(told))


def promise(found: measured.Measure, says: Catalogue) -> str:
    """Write what a measure should be."""
    return says.text("method.errors.most" if found.most else "method.errors.least", share=says.percent(found.promised))


def share(value: float, says: Catalogue) -> str:
    """Write a measured share with one decimal."""
    return says.text("method.errors.share", share=says.decimal(100 * value))


def fresh(opened: Reading, known: shares.Shares, says: Catalogue) -> None:
    """How fresh the numbers are, and how long reports wait."""
    section("freshness", says)
    latest = trends.latest(opened.release)
    paragraph("said", says.text("method.freshness.through", through=says.month(latest.through)))
    soon, later = known.placed("blocks", "quarter"), known.placed("blocks", "quarter", "year")
    if known.year is not None and soon is not None and later is not None:
        shares_said = {"soon": says.percent(soon), "later": says.percent(later)}
        paragraph("said", says.text("method.freshness.wait", year=known.year.year, **shares_said))
    paragraph("said", says.text("method.freshness.same_age"))


def sourced(opened: Reading, says: Catalogue) -> None:
    """Where reports and ground come from, and under which licence."""
    section("sources", says)
    plain_table.items([says.text("method.sources.reports")])
    plain_table.items([*opened.territory.sources, *opened.territory.notes], language=DEFAULT)  # as their file has them
    paragraph("note", says.text("method.sources.code"))


def explained(says: Catalogue) -> None:
    """Say what the words mean."""
    section("words", says)
    plain_table.terms({says.text(f"method.word.{w}"): says.text(f"method.meaning.{w}") for w in WORDS})


def tell(opened: Reading) -> None:
    """Write the page."""
    says = spoken()
    known = kept(opened, "shares", lambda: shares.by_rung(opened.release))
    titles = {anchor: says.text(f"method.{name}.title") for name, anchor in SECTIONS.items()}
    plain_table.contents(says.text("method.contents"), titles)
    guaranteed(opened, says)
    audited(opened, says)
    sized(known, says)
    wrong(opened, says)
    fresh(opened, known, says)
    sourced(opened, says)
    explained(says)
    section("silences", says)
    days = str(opened.release.manifest["policy"]["episode_days"])
    caveats("offence", "quiet", "withheld", "estimate", "distinct", days=days)


page = begin("method")
tell(page)
foot(page)
