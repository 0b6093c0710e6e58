"""A chatty neighbour: what k means when one person sends many messages.

k counts episodes: spells of messages from one base cell, each begun more than ``episode_days`` after the last. It does
not count people, whom nobody knows. These tests say exactly what follows.
"""

from pathlib import Path

import pandas as pd
import pytest

from analytics import territory as territories
from tests.attacks import box, naive
from tests.made_up import vaults

DAYS = box.POLICY.episode_days


def messages(days: list[str], cell: list[int] | int = 0, name: str = "m") -> pd.DataFrame:
    """Make messages of one person."""
    return vaults.made(days, ids=[f"{name}{i}" for i in range(len(days))], cell=cell)


def every(days: int, times: int) -> list[str]:
    """Days so far apart, from 8 January 2024."""
    return [str(day.date()) for day in pd.date_range("2024-01-08", periods=times, freq=f"{days}D")]


@pytest.mark.parametrize(
    "days", [["2024-01-09"] * 12, every(1, 12), every(DAYS, 12)], ids=["evening", "daily", "chain"]
)
def test_many_messages_of_one_spell_are_one_episode_and_seal_nothing(tmp_path: Path, days: list[str]) -> None:
    """Twelve messages of one evening, or chained over weeks, are no company; counted plainly they look like it."""
    sent = messages(days)
    path = box.filled(tmp_path, "vault", sent)
    ours = box.said(path, "2024-12")
    assert ours.facts.empty
    counted = naive.suppressed(ours, sent, territories.load(tmp_path / "territory.toml"))
    alone = counted.facts[counted.facts["area_level"] == str(box.POLICY.cell_m)]
    assert (alone["n"] >= box.K).any()  # a cell and a period with one person in it, told as if there were company


def test_one_person_over_weeks_counts_once_for_every_spell(tmp_path: Path) -> None:
    """What is not promised: five spells of one person, more than ``episode_days`` apart, are five episodes.

    How many messages each spell has shows nowhere: five of one message and five of six give the same release.
    """
    apart = every(DAYS + 1, box.K)
    one = box.said(box.filled(tmp_path, "one", messages(apart)), "2024-03")
    six = box.said(box.filled(tmp_path, "six", messages(sorted(apart * 6))), "2024-03")
    assert set(one.facts["n"]) == {box.K}
    said = one.facts.drop(columns="reports")
    pd.testing.assert_frame_equal(said, six.facts.drop(columns="reports"))
    fewer = box.said(box.filled(tmp_path, "fewer", messages(apart[1:])), "2024-03")
    assert fewer.facts.empty


def test_messages_of_one_evening_from_several_base_cells_count_once_for_each(tmp_path: Path) -> None:
    """What is not promised: whoever walks about, or gives another place each time, counts once for every base cell."""
    evening = ["2024-01-09"] * box.K
    walking = box.said(box.filled(tmp_path, "walking", messages(evening, cell=[0, 1, 2, 3, 4])), "2024-01")
    assert set(walking.facts["n"]) == {box.K}
    at_home = box.said(box.filled(tmp_path, "home", messages(evening * 3)), "2024-01")
    assert at_home.facts.empty


def test_reports_received_are_told_by_the_multiple_of_k_below(tmp_path: Path) -> None:
    """The messages of a chatty neighbour show in ``reports`` of the whole territory, rounded down, and nowhere else."""
    company = messages(["2024-01-03"] * 8, cell=[0, 2, 4, 6, 8, 10, 12, 14], name="company")
    chat = messages(["2024-01-20"] * 9, cell=15, name="chat")
    short = messages(["2024-01-20"], cell=15, name="chat")
    loud, calm = (
        box.said(box.filled(tmp_path, name, company, extra), "2024-01")
        for name, extra in (("loud", chat), ("calm", short))
    )
    whole = loud.facts["table"] == "departement"
    assert loud.facts.loc[whole, "reports"].tolist() == [17 // box.K * box.K]
    assert calm.facts.loc[whole, "reports"].tolist() == [9 // box.K * box.K]
    pd.testing.assert_frame_equal(loud.facts.drop(columns="reports"), calm.facts.drop(columns="reports"))
