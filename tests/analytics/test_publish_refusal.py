"""Publishing refuses: as long as something that was said proves a small number, nothing more is said."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from analytics import publish, release, vault
from analytics.disclosure import repair
from analytics.disclosure.policy import Policy
from tests.made_up import vaults

POLICY = Policy.model_validate(
    {
        "audience": "command",
        "k": 5,
        "cell_m": 1000,
        "min_inhabitants": 100,
        "crowd": 1_000_000,
        "episode_days": 3,
        "tables": {
            "outlook": [("4000", "month"), ("4000", "quarter")],
            "departement": [("departement", "month"), ("departement", "quarter")],
        },
    }
)


def filled(folder: Path) -> Path:
    """A vault where, of seven of January, five lie in one square of 4 km and two in the next."""
    path = vaults.new(folder)
    cells = [0, 2, 4, 6, 8, -4, -8]
    months = ("2024-01", "2024-02", "2024-03")
    frames = [
        vaults.made([f"{month}-10"] * len(cells), ids=[f"{month}{cell}" for cell in cells], cell=cells)
        for month in months
    ]
    with vault.opened(path) as store:
        vault.add(store, pd.concat(frames, ignore_index=True), synthetic=True)
    return path


def state(path: Path, folder: Path) -> tuple[str, int, dict[str, bytes]]:
    """Last closed month, number of facts in the vault, and the bytes of the release."""
    with vault.opened(path) as store:
        facts = vault.frame(store, "SELECT count(*) AS n FROM facts")["n"][0]
        return str(store.closed_through), int(facts), {file.name: file.read_bytes() for file in folder.iterdir()}


def test_what_was_said_before_and_proves_something_stops_the_next_month(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, careless = filled(tmp_path), tmp_path / "careless"
    shutil.copy(path, careless)
    with monkeypatch.context() as patched:  # January and February as somebody publishes who attacks nothing
        patched.setattr(repair, "attack", lambda *_, **__: SimpleNamespace(clean=True))
        publish.publish(careless, tmp_path / "naive", POLICY, through="2024-02")
    facts = release.read(tmp_path / "naive").facts
    told = facts[facts["period_start"] == "2024-01-01"].set_index("table")["n"]
    assert told["departement"] - told["outlook"] == 2

    before = state(careless, tmp_path / "naive")
    with pytest.raises(publish.PublishError, match=r"2024-03 cannot be closed.*Nothing was written"):
        publish.publish(careless, tmp_path / "naive", POLICY, through="2024-03")
    assert state(careless, tmp_path / "naive") == before

    publish.publish(path, tmp_path / "ours", POLICY, through="2024-03")
    ours = release.read(tmp_path / "ours").facts
    january = ours[(ours["period_start"] == "2024-01-01") & (ours["period_end"] == "2024-01-31")]
    assert len(january) == 1  # one of the two numbers that betray each other was withheld
