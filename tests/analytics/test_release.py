"""A release is read whole and unchanged, or not at all."""

import json
import threading
from pathlib import Path

import pandas as pd
import pytest

from analytics import release


def manifest(**changes: object) -> dict[str, object]:
    base: dict[str, object] = {
        "format_version": 1,
        "territory": {"code": "25", "name": "Doubs", "crs": "EPSG:3035", "base_cell_m": 200},
        "audience": "command",
        "synthetic": True,
        "policy": {"k": 5, "cell_m": 1000},
        "vintages": [
            {"vintage": 1, "first_month": "2024-01", "through": "2024-03", "facts": 1},
            {"vintage": 2, "first_month": "2024-04", "through": "2024-05", "facts": 1},
        ],
        "audit": {},
    }
    return base | changes


def facts(*months: str, n: int = 7) -> pd.DataFrame:
    rows = [
        {
            "table": "departement", "vintage": 1, "order": int(m.replace("-", "")) * 1_000_000, "area": "25",
            "area_level": "departement", "period_start": f"{m}-01", "period_end": f"{m}-28", "period_level": "month",
            "attribute": "", "value": "", "n": n, "covered": 5566, "residents": 539066, "reports": 10,
        }
        for m in months
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(release.COLUMNS)).astype(release.COLUMNS)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    release.write(tmp_path, manifest(), facts("2024-01", "2024-04"))
    said = release.read(tmp_path)
    pd.testing.assert_frame_equal(said.facts, facts("2024-01", "2024-04"))
    assert said.k == 5
    assert [str(m) for m in release.months(said)] == ["2024-01", "2024-02", "2024-03", "2024-04", "2024-05"]
    assert [str(m) for m in release.closing_month(said.facts)] == ["2024-01", "2024-04"]
    assert sorted(f.name for f in tmp_path.iterdir()) == ["facts.parquet", "manifest.json"]


def test_an_empty_release_is_a_release(tmp_path: Path) -> None:
    release.write(tmp_path, manifest(vintages=[]), release.empty_facts())
    said = release.read(tmp_path)
    assert said.facts.empty
    assert len(release.months(said)) == 0


def test_the_release_as_it_was_known_at_a_month(tmp_path: Path) -> None:
    release.write(tmp_path, manifest(), facts("2024-01", "2024-04"))
    then = release.until(release.read(tmp_path), "2024-02")
    assert len(then.facts) == 1
    assert str(release.months(then)[-1]) == "2024-02"


def test_a_missing_release_is_named_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(release.ReleaseError, match=r"no release in nowhere.*Publish"):
        release.read(tmp_path / "nowhere")


@pytest.mark.parametrize("damage", ["changed", "cut", "gone", "manifest"])
def test_a_damaged_release_is_refused(tmp_path: Path, damage: str) -> None:
    release.write(tmp_path, manifest(), facts("2024-01"))
    file = tmp_path / "facts.parquet"
    if damage == "changed":
        facts("2024-01", n=70).to_parquet(file, index=False)
    elif damage == "cut":
        file.write_bytes(file.read_bytes()[:-10])
    elif damage == "gone":
        file.unlink()
    else:
        (tmp_path / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(release.ReleaseError, match="Restore the folder"):
        release.read(tmp_path)


def test_a_newer_format_asks_for_an_update(tmp_path: Path) -> None:
    release.write(tmp_path, manifest(format_version=2), facts("2024-01"))
    with pytest.raises(release.ReleaseError, match="Update Vigie"):
        release.read(tmp_path)


@pytest.mark.parametrize("step", [0, 1, 2, 3])
def test_a_publication_cut_at_any_step_leaves_a_whole_release(
    tmp_path: Path, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    release.write(tmp_path, manifest(), facts("2024-01"))
    calls = 0
    original = Path.replace
    put = release._put  # noqa: SLF001 - the steps of a publication are what is cut here

    def counted(action: object) -> object:
        def maybe(*arguments: object) -> object:
            nonlocal calls
            calls += 1
            if calls > step:
                raise KeyboardInterrupt
            return action(*arguments)  # type: ignore[operator]

        return maybe

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", counted(original))
        patched.setattr(release, "_put", counted(put))
        with pytest.raises(KeyboardInterrupt):
            release.write(tmp_path, manifest(), facts("2024-01", "2024-04"))
    # Two files are laid down, then the manifest is what decides.
    assert len(release.read(tmp_path).facts) == (1 if step < 3 else 2)


def test_a_reader_during_publications_sees_one_whole_release_after_another(tmp_path: Path) -> None:
    months = [str(m) for m in pd.period_range("2000-01", "2001-06", freq="M")]
    release.write(tmp_path, manifest(), facts(months[0]))
    stop = threading.Event()
    seen: list[int] = []
    failures: list[Exception] = []

    def read() -> None:
        while not stop.is_set():
            try:
                said = release.read(tmp_path)
                assert said.manifest["size"] == len(said.facts) if "size" in said.manifest else True
                seen.append(len(said.facts))
            except Exception as error:  # noqa: BLE001 - whatever a reader meets is the finding
                failures.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    for size in range(1, len(months) + 1):
        release.write(tmp_path, manifest(size=size), facts(*months[:size]))
    stop.set()
    reader.join()
    assert not failures
    assert seen == sorted(seen)


def test_the_manifest_names_the_digest_of_its_facts(tmp_path: Path) -> None:
    release.write(tmp_path, manifest(), facts("2024-01"))
    told = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert set(told["files"]) == {"facts.parquet"}
    assert len(told["files"]["facts.parquet"]) == 64
