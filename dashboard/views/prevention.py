"""The prevention officer's page: one area, its level and rhythm, where and how to campaign, and did it work."""

import streamlit as st

from analytics import plots
from analytics.statistics import StatisticsError, campaigns, comparisons
from dashboard import address, bulletin, reading
from dashboard.access.log import recorded
from dashboard.catalogue import spoken
from dashboard.components import compared, lists, picture, tables
from dashboard.components.folded import folded
from dashboard.components.prevention import area as areas
from dashboard.components.prevention import charts, evaluation, level, places, plan, registry
from dashboard.components.prevention import rhythm as rhythms
from dashboard.components.text import begin, caveats, foot, paragraph

PARTS = ("level", "rhythm", "places", "plan", "evaluation", "bulletin")
MONTHS = 6
LONGEST = 24


def contents() -> None:
    """Name the parts of the page, to go to."""
    says = spoken()
    lists.contents({part: says.text(f"prevention.part_{part}") for part in PARTS}, says.text("prevention.parts"))


def tell_level(opened: reading.Reading, area: areas.Area) -> None:
    """Say how much is reported against the territory, and against last year."""
    says = spoken()
    st.header(says.text("prevention.level", area=area.name), anchor="level")
    told = level.told(opened, area, says)
    published = area.published or area.zone
    change = reading.kept(opened, ("against-last-year", published), lambda: against_last_year(opened, published))
    paragraph("said", *told.sentences, change)
    if told.chart is not None:
        charts.show(told.chart, "level-chart")
    paragraph("note", says.text("prevention.level_note"))
    if not areas.everything(opened):
        paragraph("note", says.text("prevention.no_whole"))
    with folded(says.text("prevention.level_table"), key="level") as is_open:
        if is_open:
            written = {says.text("column.yearly_rate"): says.decimal}
            tables.show(told.rows, written, name=says.text("prevention.file_level"), key="level-table")


def against_last_year(opened: reading.Reading, published: str) -> str:
    """Say how a zone's last periods compare with a year before."""
    name = str(opened.territory.zones["name"][published])
    return " ".join(compared.said(comparisons.recent(opened.release, published), name, spoken()))


def tell_rhythm(opened: reading.Reading, area: areas.Area) -> None:
    """Say when people report, of the zone."""
    says, zone = spoken(), areas.zone_of(opened, area)
    st.header(says.text("prevention.rhythm", area=zone.name), anchor="rhythm")
    if area.kind == "commune":
        paragraph("note", says.text("prevention.rhythm_zone", area=area.name, zone=zone.name))
    names = [
        ("hours", says.text("prevention.hours_table"), says.text("prevention.file_hours")),
        ("seasons", says.text("prevention.seasons_table"), says.text("prevention.file_seasons")),
    ]
    columns = st.columns(2, gap="large")
    for column, told, (key, title, file) in zip(columns, rhythms.told(opened, zone, says), names, strict=True):
        with column:
            paragraph("said", told.sentence)
            if told.chart is None or told.rows is None:
                continue
            charts.show(told.chart, f"{key}-chart")
            with folded(title, key=key) as is_open:
                if is_open:
                    written = {says.text("column.estimate"): says.whole} if key == "seasons" else {}
                    tables.show(told.rows, written, name=file, key=f"{key}-table")


def tell_places(opened: reading.Reading, area: areas.Area) -> None:
    """List where a campaign is best founded, with a map that bears the same numbers."""
    says, run = spoken(), plots.last_months(opened.release)
    st.header(says.text("prevention.places", area=area.name), anchor="places")
    told = places.told(opened, area, says)
    if told is None:
        paragraph("said", says.text("prevention.no_place", area=area.name, k=opened.release.k))
        return
    size = says.kilometres(places.side_of(opened))
    paragraph("said", says.counted("prevention.places_said", len(told.titles), run=says.period("", *run), size=size))
    paragraph("note", says.text("prevention.places_order"))
    left, right = st.columns([2, 3], gap="large")
    with left:
        lists.ordered(told.titles, told.texts)
    with right:
        picture.show(told.svg, told.described)
    with folded(says.text("prevention.places_table"), key="places") as is_open:
        if is_open:
            tables.show(told.rows, places.formats(says), name=says.text("prevention.file_places"), key="places")


@st.fragment
def tell_plan(opened: reading.Reading, zone: str) -> None:
    """Plan a campaign, and see beforehand what its evaluation could show."""
    says = spoken()
    st.header(says.text("prevention.plan"), anchor="plan")
    paragraph("note", says.text("prevention.plan_note"))
    wish = plan.ask(opened, zone)
    if wish is None:
        paragraph("said", says.text("plan.no_zone"))
        return
    of = ("plan", wish.zones, wish.comparison, str(wish.start), wish.months, wish.fall)
    found = reading.kept(opened, of, lambda: plan.chances(opened, wish))
    if found is None:
        paragraph("said", says.text("plan.not_enough", k=opened.release.k))
    else:
        paragraph("said", *reading.kept(opened, ("said", *of), lambda: plan.sentences(opened, wish, *found)))
        if not wish.comparison:
            paragraph("note", says.text("plan.alone"))
        charts.show(plan.chart(found[0], wish.months, says), "plan-chart")
        with folded(says.text("plan.table"), key="plan") as is_open:
            if is_open:
                head = says.under("column")
                frame = plan.rows(found[0], says)
                written = {head["plan_months"]: says.whole, head["plan_chance"]: says.percent}
                tables.show(frame, written, name=says.text("prevention.file_plan"), key="plan-table")
    write_down(opened, wish)


def write_down(opened: reading.Reading, wish: plan.Wish) -> None:
    """Give the plan as an entry of the registry."""
    says = spoken()
    with st.expander(says.text("plan.write_down")):
        paragraph("note", says.text("plan.write_down_note", variable=registry.VARIABLE))
        proposed = plan.name_of(opened, wish, says)
        name = st.text_input(says.text("plan.name_label"), value=proposed, max_chars=60, key=f"plan-name-{proposed}")
        try:
            entry = plan.toml(plan.campaign(wish, name))
        except StatisticsError:
            paragraph("said", says.text("plan.bad_name"))
            return
        st.code(entry, language="toml")
        st.download_button(
            says.text("plan.download"),
            data=recorded(says.text("plan.file"), entry.encode),
            file_name=says.text("plan.file"),
            mime="application/toml",
            on_click="ignore",
            icon=":material/download:",
            key="plan-toml",
        )


@st.fragment
def evaluate(opened: reading.Reading) -> None:
    """Say of a campaign of the registry what its months show."""
    says = spoken()
    st.header(says.text("prevention.evaluation"), anchor="evaluation")
    try:
        known = registry.read(opened)
    except StatisticsError as wrong:
        paragraph("said", says.text("evaluation.bad_registry", variable=registry.VARIABLE, detail=str(wrong)))
        return
    if not known:
        key = "evaluation.no_registry" if known is None else "evaluation.no_campaign"
        paragraph("said", says.text(key, variable=registry.VARIABLE))
        return
    tables.show(registry.rows(known, opened, says), {}, name=says.text("prevention.file_campaigns"), key="campaigns")
    chosen = choose_campaign(opened, known)
    months = choose_months(opened, chosen)
    try:
        found = campaigns.evaluate(opened.release, opened.territory, chosen, months)
    except StatisticsError:
        paragraph("said", says.text("evaluation.impossible"))
        return
    paragraph("said", *evaluation.sentences(found, chosen.name, says))
    if found.change is not None:
        with folded(says.text("evaluation.table"), key="evaluation") as is_open:
            if is_open:
                tables.show(
                    evaluation.rows(found, says),
                    {},
                    name=says.text("prevention.file_evaluation"),
                    key="evaluation-table",
                )
    st.subheader(says.text("evaluation.caveats"), anchor=False)
    lists.plain(evaluation.caveats(found, says))


def choose_campaign(opened: reading.Reading, known: tuple[campaigns.Campaign, ...]) -> campaigns.Campaign:
    """Ask which campaign, the last that can be evaluated at first; the address has its number, never its name."""
    says, options = spoken(), [str(number) for number in range(1, len(known) + 1)]

    can = [text for text in options if evaluation.lengths(opened, known[int(text) - 1])]
    default = (can or options)[-1]

    def number(text: str) -> str:
        if text not in options:
            raise ValueError(text)
        return text

    address.follow("campaign", "campaign", default, number)
    chosen = st.selectbox(
        says.text("evaluation.which"),
        options,
        format_func=lambda text: known[int(text) - 1].name,
        key="campaign",
        on_change=lambda: address.write("campaign", "campaign", default),
    )
    return known[int(chosen or default) - 1]


def choose_months(opened: reading.Reading, chosen: campaigns.Campaign) -> int:
    """Ask how many months before and after; at first the longest for which all totals are told."""
    says = spoken()
    told = evaluation.lengths(opened, chosen)
    default = max(told, default=MONTHS)
    key = f"after-{chosen.name}"

    def months(text: str) -> int:
        if not 1 <= int(text) <= LONGEST:
            raise ValueError(text)
        return int(text)

    address.follow("after", key, default, months)
    return int(
        st.slider(
            says.text("evaluation.months"),
            1,
            LONGEST,
            key=key,
            help=says.text("evaluation.told_for", months=says.listed([str(m) for m in told])) if told else None,
            on_change=lambda: address.write("after", key, default),
        )
    )


@st.fragment
def offer_bulletin(opened: reading.Reading, area: areas.Area) -> None:
    """Offer the bulletin of the area or of the whole territory, and its numbers."""
    says = spoken()
    st.header(says.text("prevention.bulletin"), anchor="bulletin")
    paragraph("note", says.text("prevention.bulletin_note"))
    of = area
    if areas.everything(opened):
        whole = areas.whole(opened)
        names = {area.code: area, whole.code: whole}
        chosen = st.radio(
            says.text("prevention.bulletin_of"),
            list(names),
            format_func=lambda code: names[code].name,
            horizontal=True,
            key=f"bulletin-of-{area.code}",
        )
        of = names[chosen or area.code]
    made = bulletin.gather(opened, of, says)
    with st.container(horizontal=True):
        st.download_button(
            says.text("prevention.bulletin_pdf"),
            data=recorded(f"{made.file}.pdf", lambda: bulletin.pdf(made)),
            file_name=f"{made.file}.pdf",
            mime="application/pdf",
            on_click="ignore",
            icon=":material/picture_as_pdf:",
            type="primary",
            key="bulletin-pdf",
        )
        st.download_button(
            says.text("prevention.bulletin_csv"),
            data=recorded(f"{made.file}.csv", lambda: tables.csv(made.numbers, says)),
            file_name=f"{made.file}.csv",
            mime="text/csv",
            on_click="ignore",
            icon=":material/download:",
            key="bulletin-csv",
        )


page = begin("prevention")
with st.spinner(spoken().text("app.opening")):
    chosen_area = areas.choose(page)
    contents()
    tell_level(page, chosen_area)
    tell_rhythm(page, chosen_area)
    tell_places(page, chosen_area)
tell_plan(page, chosen_area.zone)
evaluate(page)
offer_bulletin(page, chosen_area)
caveats("estimate", "withheld", "quiet", "offence")
foot(page)
