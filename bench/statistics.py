"""How long scans and surface take, once they are compiled.

    python -m bench.statistics [--runs 5]

281 areas as in upstate New York's tracts (the number; places and baseline are drawn), 552 cases, circles up to half of
the baseline; 500 squares and 24 months at the Doubs' intensity and at fifteen times that; 999 replicates each.
The surface is of the sample's six years, with its draws as they are kept beside the release, and with drawing them.
"""

import argparse
import time
from collections.abc import Callable
from statistics import median

import numpy as np

from analytics import release as releases
from analytics import territory
from analytics.statistics import surface
from analytics.statistics.hotspots import space_time_scan, spatial_scan
from scripts import demo


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
    surfaces(runs)


def surfaces(runs: int) -> None:
    """Print what the surface of the sample takes."""
    demo.build()
    said, ground = releases.read(demo.RELEASE), territory.load(demo.ROOT / demo.TERRITORY)
    fitted = surface.fit(said, ground)
    kept = fitted.draws
    if kept is None:
        raise RuntimeError("The sample's surface has no draws.")
    took = timed(lambda: surface.fit(said, ground, kept), runs)
    print(f"surface, {len(fitted.months)} months of the sample, draws at hand: {took:.2f} s (aim 0.3)")
    print(f"the same, drawing {kept.number} ways: {timed(lambda: surface.fit(said, ground), runs):.2f} s")
    took = timed(lambda: surface.window(fitted, fitted.months[-3], fitted.months[-1]), runs)
    print(f"its window of a quarter, with intervals: {1000 * took:.1f} ms")


if __name__ == "__main__":
    main()
