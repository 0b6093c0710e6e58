"""How long the scans take, once they are compiled.

    python bench/scan.py [--runs 5]

281 areas as in upstate New York's tracts (the number; places and baseline are drawn), 552 cases, circles up to half of
the baseline; 500 squares and 24 months at the Doubs' intensity and at fifteen times that; 999 replicates each.
"""

import argparse
import time
from collections.abc import Callable
from statistics import median

import numpy as np

from analytics.statistics.hotspots import space_time_scan, spatial_scan


def timed(call: Callable[[], object], runs: int) -> float:
    """Median seconds, the first call (which compiles) left out."""
    call()
    seconds = []
    for _ in range(runs):
        begun = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - begun)
    return median(seconds)


def main() -> None:
    """Print a line a scan."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    rng = np.random.default_rng(0)
    x, y = rng.uniform(0, 100, (2, 281))
    people = rng.gamma(4, 1000, 281)
    cases = rng.multinomial(552, people / people.sum())
    took = timed(lambda: spatial_scan(x, y, cases, people, seed=0), runs)
    print(f"spatial scan, 281 areas, 999 replicates: {took:.3f} s (aim 0.4)")
    east, north = np.divmod(np.arange(500.0), 25)
    weight = rng.gamma(1, 1, 500)
    for n in (17 * 24, 6000):
        cube = rng.multinomial(n, np.repeat(weight / weight.sum() / 24, 24)).reshape(500, 24)
        took = timed(lambda cube=cube: space_time_scan(east, north, cube, weight, seed=0), runs)  # type: ignore[misc]
        print(f"space-time scan, 500 squares x 24 months, {n} cases, 999 replicates: {took:.2f} s (aim 3)")
        took = timed(lambda cube=cube: space_time_scan(east, north, cube, seed=0), runs)  # type: ignore[misc]
        print(f"the same by permutation: {took:.2f} s")


if __name__ == "__main__":
    main()
