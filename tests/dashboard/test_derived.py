"""The pages on a coarser audience's release."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics import territory
from analytics.disclosure import policy
from analytics.publish import derive
from dashboard import reading
from dashboard.components.folded import ALL_OPEN


@pytest.mark.slow
def test_every_page_shows_a_derived_release(
    root: Path, sample_release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ground = root / "data" / "territory" / "doubs.toml"
    wanted = policy.load(root / "data" / "policies" / "public.toml")
    derive.derive(sample_release, tmp_path / "public", wanted, territory.load(ground))
    monkeypatch.setenv(reading.RELEASE, str(tmp_path / "public"))
    monkeypatch.setenv(reading.TERRITORY, str(ground))
    app = AppTest.from_file(str(root / "dashboard" / "app.py"), default_timeout=120)
    app.session_state[ALL_OPEN] = True
    app.run()
    said = {}
    for page in ("command", "prevention", "trends", "analyst", "method"):
        shown = app.switch_page(f"views/{page}.py").run()
        assert not shown.exception
        said[page] = " ".join(element.proto.body for element in shown.get("html"))
        assert "Données fictives." in said[page]
    assert "pour elle, rien n’a été mesuré" in said["method"]  # the calibration is of the commanders' ladder
    assert "les heures des signalements ne font pas partie de cette publication" in said["prevention"]
