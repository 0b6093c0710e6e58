"""What is asked of the facts: tables, levels, zones, months, an area; all of it in the page's address."""

from collections.abc import Callable
from typing import Final

import pandas as pd
import streamlit as st

from analytics import release as releases
from dashboard import address
from dashboard.catalogue import spoken
from dashboard.components import fact_table
from dashboard.facts import Filter, is_square
from dashboard.reading import Reading

AREA: Final = "area"
PERIOD: Final = "period"
LISTS: Final = ("table", "level", "zone")
OUTLINED: Final = "outlined"
SLIDER: Final = "period-slider"

Run = tuple[pd.Period, pd.Period]


def ask(known: pd.DataFrame, opened: Reading) -> Filter:
    """Ask which facts are wanted; the area is chosen in the map and only taken back here."""
    says, zones = spoken(), opened.territory.zones["name"]
    columns = st.columns(3)
    with columns[0]:
        tables = _several(
            "table",
            list(dict.fromkeys(known["table"])),
            label=says.text("analyst.filter_table"),
            name=lambda table: says.text(f"facts.{table}"),
            every=says.text("analyst.all"),
        )
    with columns[1]:
        levels = _several(
            "level",
            fact_table.levels_in_order(known["area_level"]),
            label=says.text("analyst.filter_level"),
            name=lambda level: fact_table.level_text(level, says),
            every=says.text("analyst.all_levels"),
        )
    with columns[2]:
        in_zones = _several(
            "zone",
            [str(zone) for zone in zones.index],
            label=says.text("analyst.filter_zone"),
            name=lambda zone: str(zones[zone]),
            every=says.text("analyst.all"),
        )
    first, last = _months(opened)
    address.follow(AREA, AREA, None, lambda text: _area(text, opened))
    return Filter(tables, levels, in_zones, first, last, st.session_state[AREA])


def choose_area(area: str | None) -> None:
    """Take an area's ground as what is wanted, or take it back; the same area again takes it back, too."""
    st.session_state[AREA] = None if area == st.session_state.get(AREA) else area
    st.session_state[OUTLINED] = None
    address.write(AREA, AREA, None)


def reset() -> None:
    """Want everything again."""
    for name in LISTS:
        st.session_state[name] = []
    for name in (AREA, PERIOD, OUTLINED):
        st.session_state.pop(name, None)
    for name in (*LISTS, AREA, PERIOD):
        address.put(name, None)


def is_everything(wanted: Filter) -> bool:
    """Tell whether nothing is left out."""
    return wanted == Filter()


def _several(key: str, options: list[str], *, label: str, name: Callable[[str], str], every: str) -> tuple[str, ...]:
    address.follow(key, key, [], lambda text: [one for one in text.split(",") if one in options])
    chosen = st.multiselect(
        label,
        options,
        format_func=name,
        placeholder=every,
        key=key,
        on_change=address.write,
        args=(key, key, [], ",".join),
    )
    return tuple(chosen)


def _months(opened: Reading) -> tuple[pd.Period | None, pd.Period | None]:
    """Ask for a run of months; none where all are wanted."""
    says, months = spoken(), list(releases.months(opened.release))
    whole = (months[0], months[-1])
    if len(months) == 1:
        return None, None
    address.follow(PERIOD, PERIOD, whole, lambda text: _run(text, months))
    start, key = _slider(st.session_state[PERIOD])
    st.select_slider(
        says.text("analyst.filter_period"),
        months,
        value=start,
        format_func=says.month,
        key=key,
        on_change=_moved,
        args=(key, whole),
    )
    run = st.session_state[PERIOD]
    return (None, None) if run == whole else run


def _slider(run: Run) -> tuple[Run, str]:
    """Give the slider's start and key: a slider of two ends must start with them, so that another start is another one.

    It is another one when the run comes from elsewhere than the slider itself: a bookmark, the back button, a reset.
    """
    start, number, heard = st.session_state.get(SLIDER, (run, 0, run))
    if heard != run:
        start, number = run, number + 1
    st.session_state[SLIDER] = (start, number, run)
    return start, f"{PERIOD}-{number}"


def _moved(key: str, whole: Run) -> None:
    start, number, _ = st.session_state[SLIDER]
    first, last = st.session_state[key]
    st.session_state[PERIOD] = (first, last)
    st.session_state[SLIDER] = (start, number, (first, last))
    address.write(PERIOD, PERIOD, whole, _say_run)


def _run(text: str, months: list[pd.Period]) -> Run:
    first, last = (pd.Period(part, freq="M") for part in text.split(":"))
    if first not in months or last not in months or first > last:
        raise ValueError(text)
    return first, last


def _say_run(run: Run) -> str:
    return ":".join(str(month) for month in run)


def _area(text: str, opened: Reading) -> str:
    """Take a square of this grid, a zone or the territory; nothing else."""
    grid = f"CRS{opened.territory.crs.removeprefix('EPSG:')}RES"
    known = text in opened.territory.zones.index or text == opened.territory.code
    if not known and not (text.startswith(grid) and is_square(text)):
        raise ValueError(text)
    return text
