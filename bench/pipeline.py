"""Speed and memory of the whole line: a large export -> vault -> release, stage by stage.

The export is the synthetic one, repeated with new ids and places scattered by some kilometres, so that it has the
columns, the words and the flaws of a real one. Each stage is its own process, run as people run it; its peak is the
largest resident memory that was seen, every 50 ms.

    python -m bench.pipeline [--rows 1000000]
"""

import argparse
import csv
import subprocess
import sys
import tempfile
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pyproj

ROOT = Path(__file__).resolve().parent.parent
TERRITORY = ROOT / "data/territory/doubs.toml"
MAPPING = ROOT / "data/mappings/cross_platform.toml"
POLICY = ROOT / "data/policies/command.toml"
AIM_SECONDS, AIM_BYTES = 20.0, 1.5e9
SCATTER_M = 3_000.0


@dataclass(frozen=True)
class Stage:
    """What one stage took."""

    name: str
    seconds: float
    peak_bytes: int


def run(name: str, *arguments: str) -> Stage:
    """Run one command of the command line and watch it; a failure ends the benchmark with its message."""
    command = [sys.executable, "-m", "analytics", *arguments]
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        process = psutil.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
        peak = 0
        while process.poll() is None:
            try:
                peak = max(peak, process.memory_info().rss)
            except psutil.Error:
                break
            time.sleep(0.05)
        code = process.wait()
        seconds = time.perf_counter() - started
        if code:
            output.seek(0)
            sys.exit(f"{name} failed with exit code {code}:\n{output.read().decode(errors='replace')}")
    return Stage(name, seconds, peak)


def scattered(column: pd.Series, sigma: float, draws: np.random.Generator, decimal: str) -> pd.Series:
    """Coordinates moved by a normal draw, as text; what is empty or no number stays as it is."""
    numbers = pd.to_numeric(column.str.replace(",", ".", regex=False), errors="coerce")
    moved = (numbers + draws.normal(0, sigma, len(column))).round(6).astype(str).str.replace(".", decimal, regex=False)
    return column.where(numbers.isna(), moved)


def enlarge(small: Path, large: Path, rows: int) -> None:
    """Write an export of ``rows`` rows in the manner of a small one."""
    mapping = tomllib.loads(MAPPING.read_text(encoding="utf-8"))
    text = small.read_bytes()
    encoding = "utf-8-sig" if text.startswith(b"\xef\xbb\xbf") else "utf-8"
    separator = csv.Sniffer().sniff(text.decode(encoding).splitlines()[0], delimiters=",;\t").delimiter
    table = pd.read_csv(small, sep=separator, dtype=str, encoding=encoding, keep_default_na=False)
    table = table.loc[np.arange(rows) % len(table)].reset_index(drop=True)
    draws = np.random.default_rng(1)
    place = mapping["place"]
    unit_m = 1.0 if pyproj.CRS(place.get("crs", "EPSG:4326")).is_projected else 100_000.0
    decimal = mapping.get("file", {}).get("decimal", ".")
    for axis in ("x", "y"):
        table[place[axis]] = scattered(table[place[axis]], SCATTER_M / unit_m, draws, decimal)
    table[mapping["id"]["column"]] = pd.Series(np.arange(rows)).astype(str).str.zfill(9).radd("B")
    table.to_csv(large, sep=separator, index=False, encoding=encoding)


def report(rows: int, export: Path, stages: list[Stage]) -> None:
    """Print a line a stage, and the total beside the aim."""
    print(f"{rows:,} rows, {export.stat().st_size / 1e6:.0f} MB of CSV, {psutil.cpu_count()} cores")
    print(f"{'stage':<22}{'seconds':>9}{'rows/s':>12}{'peak MB':>10}")
    for stage in stages:
        speed = f"{rows / stage.seconds:,.0f}"
        print(f"{stage.name:<22}{stage.seconds:>9.1f}{speed:>12}{stage.peak_bytes / 1e6:>10.0f}")
    seconds, peak = sum(stage.seconds for stage in stages), max(stage.peak_bytes for stage in stages)
    print(f"{'all':<22}{seconds:>9.1f}{rows / seconds:>12,.0f}{peak / 1e6:>10.0f}")
    aim = AIM_SECONDS * rows / 1e6
    met = "met" if seconds <= aim and peak <= AIM_BYTES else "missed"
    print(f"aim: {aim:.0f} s and {AIM_BYTES / 1e6:.0f} MB: {met}")


def main() -> None:
    """Make the export, run the stages, print what they took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small, large, vault, release = (str(folder / n) for n in ("small.csv", "large.csv", "vault", "release"))
        run("synth", "synth", small, "--territory", str(TERRITORY), "--seed", "1")
        enlarge(Path(small), Path(large), rows)
        stages = [
            run("init", "init", "--territory", str(TERRITORY), "--vault", vault),
            run("CSV -> vault", "ingest", large, "--mapping", str(MAPPING), "--vault", vault),
            run("vault -> release", "publish", "--vault", vault, "--release", release, "--policy", str(POLICY)),
        ]
        report(rows, Path(large), stages)


if __name__ == "__main__":
    main()
