"""Monthly series that were drawn and passed through the real ladder, for the measurements of this package."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tests.made_up import laddered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from analytics.release import Release

RATES = (2.0, 5.0, 9.0, 16.0)
"""Episodes a month: a small zone, two larger ones, the whole territory."""
BATCH = 50
WITHHELD = 0.1
"""Share of the months of k and more that an audit of all tables keeps unsaid; in the sample 13 of 150."""
LADDER = f"the real ladder, {WITHHELD:.0%} of the months of k and more kept unsaid as by an audit of all tables"
"""What the series of this package have passed, in words."""


def drawn(
    draws: int, means: NDArray[np.float64], rng: np.random.Generator, *, excess: float = 0.0
) -> NDArray[np.int64]:
    """(draws, months) counts around (months,) means; with an excess of variance (1 + excess) x mean."""
    if excess <= 0:
        return rng.poisson(means, (draws, len(means)))
    return rng.negative_binomial(means / excess, 1 / (1 + excess), (draws, len(means)))


def seasonal(rate: float, months: int, wave: float) -> NDArray[np.float64]:
    """(months,) means with a wave a year that begins at its highest."""
    return np.asarray(rate * (1 + wave * np.cos(2 * np.pi * np.arange(months) / 12)), dtype=np.float64)


def published(counts: NDArray[np.int64]) -> Iterator[tuple[Release, list[str]]]:
    """Releases of zones with these counts from January on, some zones at a time, and the zones' ids in order."""
    for first in range(0, len(counts), BATCH):
        zones = {f"z{number}": row for number, row in enumerate(counts[first : first + BATCH])}
        yield laddered.release(zones, first="2020-01", whole=False, withheld=WITHHELD), list(zones)
