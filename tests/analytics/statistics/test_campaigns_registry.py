import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import territory
from analytics.statistics import StatisticsError, campaigns
from analytics.statistics.campaigns import KINDS, Campaign, add, check_areas, read

DOUBS = Path(__file__).parents[3] / "data" / "territory" / "doubs.toml"
ENTRY = """[[campaign]]
name = "Lights at the station"
kind = "environment"
areas = ["besancon"]
first = 2025-03-01
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "campaigns.toml"
    path.write_text(text, encoding="utf-8")
    return path


def campaign(**others: object) -> Campaign:
    fixed = {"name": "Presence", "kind": "presence", "areas": ("besancon",), "first": dt.date(2025, 3, 3)}
    return Campaign(**(fixed | others))  # type: ignore[arg-type]


def test_a_registry_that_does_not_exist_yet_holds_no_campaign(tmp_path: Path) -> None:
    assert read(tmp_path / "campaigns.toml") == ()


def test_what_is_added_is_read_again_and_what_was_there_stays_to_the_letter(tmp_path: Path) -> None:
    before = "# ours\n" + ENTRY.rstrip("\n")
    path = written(tmp_path, before)
    new = campaign(last=dt.date(2025, 4, 30), comparison=("montbeliard",), around=("25462",), name='Été "bis" \\ 2025')
    add(path, new)
    assert path.read_text(encoding="utf-8").startswith(before)
    assert read(path)[1] == new
    assert [file.name for file in tmp_path.iterdir()] == ["campaigns.toml"]


def test_an_entry_by_itself_is_what_a_new_registry_holds(tmp_path: Path) -> None:
    new = campaign(last=dt.date(2025, 4, 30), comparison=("montbeliard",))
    add(tmp_path / "campaigns.toml", new)
    assert campaigns.written(new) == (tmp_path / "campaigns.toml").read_text(encoding="utf-8")
    with pytest.raises(StatisticsError, match="number of somebody"):
        campaigns.written(campaign(name="Call 06 12 34 56 78"))


@given(st.text(st.characters(categories=["L", "P", "S", "Zs"], exclude_characters="@"), min_size=1, max_size=60))
def test_any_name_that_is_accepted_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    path = tmp_path_factory.mktemp("registry") / "campaigns.toml"
    try:
        add(path, campaign(name=name))
    except StatisticsError:
        assert not name.strip() or not name.isprintable()
        assert not path.exists()
    else:
        assert read(path)[0].name == name


@pytest.mark.parametrize(
    ("line", "by", "remedy"),
    [
        ('kind = "environment"', 'kind = "raid"', f"there is no kind 'raid'; write one of {', '.join(KINDS)}"),
        ('kind = "environment"', "", "kind is missing; add it"),
        ('areas = ["besancon"]', "areas = []", "areas is empty"),
        ('areas = ["besancon"]', 'areas = "besancon"', "must be a list of ids"),
        ('areas = ["besancon"]', 'areas = ["a", "a"]', "a is named twice"),
        ('areas = ["besancon"]', 'areas = ["a"]\ncomparison = ["a"]', "a is named twice"),
        ("first = 2025-03-01", 'first = "2025-03-01"', "first must be a day without quotes"),
        ("first = 2025-03-01", "first = 2025-03-01T10:00:00", "first must be a day without quotes"),
        ("first = 2025-03-01", "first = 2025-03-01\nlast = 2025-02-01", "ends on 2025-02-01, before it begins"),
        ("first = 2025-03-01", 'first = 2025-03-01\nofficer = "X"', "officer is no field"),
        ('"Lights at the station"', f'"{"x" * 61}"', "1 to 60 characters"),
        ('"Lights at the station"', '"two\\nlines"', "1 to 60 characters"),
        ('"Lights at the station"', '"call 06 12 34 56 78"', "an address or a number of somebody"),
        ('"Lights at the station"', '"a.b@c.fr"', "an address or a number of somebody"),
    ],
)
def test_a_wrong_entry_is_refused_with_its_number_and_the_remedy(
    tmp_path: Path, line: str, by: str, remedy: str
) -> None:
    first = ENTRY.replace("Lights at the station", "Another")
    with pytest.raises(StatisticsError) as raised:
        read(written(tmp_path, first + ENTRY.replace(line, by)))
    assert "campaign 2" in str(raised.value)
    assert remedy in str(raised.value)


def test_two_campaigns_of_one_name_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, ENTRY)
    with pytest.raises(StatisticsError, match="name of its own"):
        add(path, campaign(name="lights AT the station"))
    assert path.read_text(encoding="utf-8") == ENTRY
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("text", ["[[campaign]\n", "title = 1\n", "campaign = 3\n", "[campaign]\nname = 'x'\n"])
def test_a_file_that_is_no_registry_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(StatisticsError):
        read(written(tmp_path, text))


def test_a_registry_that_somebody_else_is_writing_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "campaigns.toml.lock").touch()
    with pytest.raises(StatisticsError, match="try again"):
        add(tmp_path / "campaigns.toml", campaign())
    with pytest.raises(StatisticsError, match="folder that exists"):
        add(tmp_path / "nowhere" / "campaigns.toml", campaign())


def test_areas_that_are_not_on_the_territory_are_named() -> None:
    doubs = territory.load(DOUBS)
    cell = territory.ground(doubs, 1000)["cell"].iloc[0]
    check_areas(campaign(areas=("besancon", "25056", cell)), doubs)
    for area in ("atlantis", "75056", "CRS3035RES1000mN1E1"):
        with pytest.raises(StatisticsError, match=area):
            check_areas(campaign(comparison=(area,)), doubs)
