"""How long the audit takes: the sample of the Doubs, all tables, both attackers; and how that grows with reports.

The first table attacks the six years of the sample, with its vault and from outside (``python -m analytics audit``).
The second attacks one calendar year of invented episodes laid straight on the Doubs: every table but the attributes,
whose number does not grow with the reports. Months are closed by the ladders alone, and nothing is repaired, so some
small numbers are proved there; the time is that until the first proof, or until all groups are cleared.

    python -m bench.audit [--turns 3] [--reports 100 1000 10000 100000]
"""

import argparse
import dataclasses
import statistics
import subprocess
import sys
import time

import numpy as np
import numpy.typing as npt

from analytics import territory as territories
from analytics.disclosure import ladder, linking
from analytics.disclosure.attack import attack
from analytics.disclosure.linked import Line, Linked
from analytics.disclosure.policy import BREAKDOWN, Policy, load
from analytics.publish.examine import examine
from analytics.territory import Territory
from scripts import demo

AIM_SECONDS = 20.0
MONTHS = 12
PATIENCE_SECONDS = 300.0
"""A size that takes longer ends the second table."""
UNLOCATED = 0.04


@dataclasses.dataclass(frozen=True)
class Year:
    """A year of invented episodes, closed.

    Attributes
    ----------
    lines, linked
        The tables and their ground.
    facts
        How many numbers they tell.
    """

    lines: list[Line]
    linked: Linked
    facts: int


def sample(turns: int) -> None:
    """Print what the audit of the sample takes, beside the aim."""
    demo.build()
    print(f"{'the sample, six years':<24}{'groups':>8}{'leftovers':>11}{'unknowns':>10}{'proved':>8}{'median s':>10}")
    ground = territories.load(demo.ROOT / demo.TERRITORY)
    for name, vault in (("with the vault", demo.VAULT), ("from outside", None)):
        told = [examine([demo.RELEASE], ground, vault_path=vault) for _ in range(turns)]
        seconds = statistics.median(turn["seconds"] for turn in told)
        size = "".join(
            f"{told[0][key]:>{width}}" for key, width in (("groups", 8), ("leftovers", 11), ("unknowns", 10))
        )
        met = "met" if seconds <= AIM_SECONDS else "missed"
        print(f"{name:<24}{size}{told[0]['ladder_aware_disclosed']:>8}{seconds:>10.1f}  aim {AIM_SECONDS:.0f} s: {met}")


def year(reports: int, policy: Policy, ground: Territory, seed: int = 0) -> Year:
    """Draw a year of episodes where people live, most of them in few cells, and close it."""
    linked = linking.linked_of(policy, ground)
    draws = np.random.default_rng(seed)
    weight = linked.residents * draws.gamma(0.3, size=len(linked.residents))
    weight[-linked.zones :] = UNLOCATED / (1 - UNLOCATED) * weight.sum() / linked.zones
    counts = draws.poisson(reports / MONTHS * (weight / weight.sum())[:, None], (len(weight), MONTHS))
    lines = linking.lines_of(policy, ground, months=MONTHS, offset=0)
    facts = 0
    for line in lines:
        np.add.at(line.waiting, line.owner[line.owner >= 0], counts[line.owner >= 0])
        facts += sum(len(ladder.close_month(line.table, month, line.waiting)) for month in range(MONTHS))
    return Year(lines, linked, facts)


def took(of: Year, *, rules: bool) -> tuple[float, int]:
    """Seconds of one attacker, and how many groups and leftovers he attacks."""
    began = time.perf_counter()
    verdict = attack(of.lines, of.linked, (0, MONTHS - 1), rules=rules, enough=1)
    return time.perf_counter() - began, verdict.groups + verdict.leftovers


def row(reports: int, turns: int) -> str:
    """Measure a year of so many reports: medians over as many draws as turns."""
    shipped, ground = load(demo.ROOT / demo.POLICY), territories.load(demo.ROOT / demo.TERRITORY)
    tables = {name: rungs for name, rungs in shipped.tables.items() if name != BREAKDOWN}
    policy = shipped.model_copy(update={"tables": tables})
    rows: list[tuple[float, ...]] = []
    for seed in range(turns):
        made = year(reports, policy, ground, seed)
        rows.append((made.facts, *took(made, rules=False), *took(made, rules=True)))
    facts, plain, of_plain, aware, of_aware = medians(rows)
    return f"{reports:<24,}{facts:>8.0f}{of_plain:>8.0f}{plain:>10.2f}{of_aware:>8.0f}{aware:>10.2f}"


def growth(sizes: list[int], turns: int) -> None:
    """Print what a year takes by its number of reports, each size in a process that is stopped if it takes too long."""
    print(f"\n{'reports a year':<24}{'facts':>8}{'groups':>8}{'plain s':>10}{'groups':>8}{'aware s':>10}", flush=True)
    for reports in sizes:
        command = [sys.executable, "-m", "bench.audit", "--row", str(reports), "--turns", str(turns)]
        try:
            subprocess.run(command, cwd=demo.ROOT, check=True, timeout=PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            print(f"{reports:<24,} more than {PATIENCE_SECONDS:.0f} s for {turns} draws: nothing larger is tried")
            break


def medians(rows: list[tuple[float, ...]]) -> npt.NDArray[np.float64]:
    """Median of each column."""
    return np.asarray(np.median(np.array(rows), axis=0), dtype=np.float64)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--reports", type=int, nargs="*", default=[100, 1_000, 10_000, 100_000])
    parser.add_argument("--row", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.row is not None:
        print(row(arguments.row, arguments.turns), flush=True)
        return
    sample(arguments.turns)
    growth(arguments.reports, arguments.turns)


if __name__ == "__main__":
    main()
