"""What is known of a series of months, as a likelihood: months told, sums told, months and sums that were not said.

A month that was not said is neither zero nor missing. The ladder's rule, which everybody may know, says of each group
of months that was tried and not sealed that it holds fewer than k, *or one of the counts at which it would have been
held back*. A group whose months all lie in m smaller groups of that kind is held back only at more than (m - 1)(k - 1);
so much is used here, and nothing about groups that overlap without one holding the other. So the truth is never
excluded, and a little that could be known is given away.

Where all tables were audited together, a group of any size may have been withheld: there the silence of a ladder's
first rung counts as it is, by its odds (a month of k and more is silent one time in ten, one of fewer always), and that
of later rungs, which nearly always follows, says nothing more. Silence that counted for nothing there left the large
months alone to speak, and made every level too high.

Counts are Poisson, or negative binomial with variance (1 + excess) x mean: of both the sum over months is of the same
kind with the sum of the means, which is what facts of quarters and years need.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import special

from analytics import release as said
from analytics.statistics import StatisticsError, told

if TYPE_CHECKING:
    import numpy.typing as npt

    from analytics.release import Release
    from analytics.statistics.told import Series
    from analytics.territory import Territory

    Floats = npt.NDArray[np.float64]

STEP: Final = 1e-4
TINY: Final = 1e-300
POINTS, REFINED = 21, 4
FAR: Final = 10
"""Standard deviations (and counts) above the mean beyond which no sum is looked for."""


@dataclass(frozen=True)
class Group:
    """Months of which something is known together.

    Attributes
    ----------
    months
        Their numbers.
    parts
        Smaller groups in it of which something is known too.
    n
        Their exact sum, None where it was not said.
    below, above
        Where it was not said: the sum is less than ``below``, or more than ``above``; no limit where both are None.
    odds
        Chance that a sum between these was not said all the same: 0 where that cannot be.
    """

    months: tuple[int, ...]
    parts: tuple[Group, ...] = ()
    n: int | None = None
    below: int | None = None
    above: int | None = None
    odds: float = 0.0

    @property
    def greatest(self) -> float:
        """The most that the sum can be."""
        if self.n is not None:
            return self.n
        covered = sum(len(part.months) for part in self.parts) == len(self.months)
        most = sum(part.greatest for part in self.parts) if self.parts and covered else np.inf
        if self.below is None or self.above is not None or self.odds:
            return most
        return min(most, self.below - 1)


@dataclass(frozen=True, eq=False)
class Known:
    """What is known of a series.

    Attributes
    ----------
    months
        How many.
    groups
        Disjoint groups; a month in none of them is not known at all.
    """

    months: int
    groups: tuple[Group, ...]

    @property
    def informed(self) -> npt.NDArray[np.bool_]:
        """(months,) whether a group speaks of the month."""
        found = np.zeros(self.months, dtype=bool)
        for group in self.groups:
            found[list(group.months)] = True
        return found

    @property
    def whole(self) -> bool:
        """Whether every month is told by itself."""
        return len(self.groups) == self.months and all(g.n is not None and len(g.months) == 1 for g in self.groups)

    @property
    def alone(self) -> Floats:
        """(months,) count of the months told by themselves, NaN for the others."""
        counts = np.full(self.months, np.nan)
        for group in self.groups:
            if group.n is not None and len(group.months) == 1:
                counts[group.months[0]] = group.n
        return counts

    def log_likelihood(self, mean: Floats, excess: Floats | None = None) -> Floats:
        """(sets,) logarithm of the chance of what is known.

        Parameters
        ----------
        mean
            (sets, months) means, > 0; many sets at once.
        excess
            (sets,) variance over mean, less 1, > 0; None for Poisson counts.
        """
        simple = [g for g in self.groups if g.n is not None and not g.parts]
        total = np.zeros(len(mean))
        if simple:
            sums = np.column_stack([mean[:, list(g.months)].sum(axis=1) for g in simple])
            n = np.array([g.n for g in simple], dtype=np.float64)
            total = _log_chance(n[None, :], sums, None if excess is None else excess[:, None]).sum(axis=1)
        silent: dict[int, list[Group]] = {}
        for group in self.groups:
            if group.n is None and not group.parts and group.below is not None and group.above is None:
                silent.setdefault(group.below, []).append(group)
        for below, alike in silent.items():
            total = total + _silence(alike, below, mean, excess)
        for group in self.groups:
            if group.parts or (group.n is None and group.above is not None):
                total = total + np.log(np.maximum(_mass(group, mean, excess).sum(axis=1), TINY))
        return np.asarray(total, dtype=np.float64)

    def expected(self, mean: Floats) -> Floats:
        """(months,) expected Poisson count of each month given all that is known; its mean where nothing is.

        The log-likelihood's derivative by the logarithm of a mean is the expected count less that mean.
        """
        moved = np.repeat(mean[None, :], 2 * self.months, axis=0)
        diagonal = np.arange(self.months)
        moved[diagonal, diagonal] *= np.exp(STEP)
        moved[self.months + diagonal, diagonal] *= np.exp(-STEP)
        found = self.log_likelihood(moved)
        count: Floats = np.maximum(mean + (found[: self.months] - found[self.months :]) / (2 * STEP), 0.0)
        return np.where(np.isnan(self.alone), count, self.alone)

    def information(self, mean: Floats) -> Floats:
        """(months,) how much is known of a month beside its exact count, 0 to 1: the share of the variance removed."""
        share = np.zeros(self.months)
        for group in self.groups:
            here = list(group.months)
            if group.n is not None:
                share[here] = 1.0
                continue
            mass = _mass(group, mean[None, :], None)[0]
            mass, x = mass / max(mass.sum(), TINY), np.arange(len(mass))
            left = mass @ x**2 - (mass @ x) ** 2
            share[here] = np.clip(1 - left / mean[here].sum(), 0.0, 1.0)
        return share


def complete(counts: npt.ArrayLike) -> Known:
    """Take a series whose every month is known.

    Raises
    ------
    StatisticsError
        Counts that are negative, not whole, or not numbers.
    """
    n = np.asarray(counts, dtype=np.float64)
    if n.ndim != 1 or not np.isfinite(n).all() or (n < 0).any() or (n != np.rint(n)).any():
        raise StatisticsError(
            "A series is one row of whole counts, none negative or missing; pass what was not said as a release."
        )
    return Known(len(n), tuple(Group((month,), n=int(count)) for month, count in enumerate(n)))


def of_area(release: Release, area: str, territory: Territory | None = None) -> Known:
    """Take what a release says of the whole territory or of a zone.

    Parameters
    ----------
    release
        What has been said.
    area
        Code of the territory (table ``departement``) or id of a zone (table ``series``).
    territory
        With it, an area of which nothing was ever published is known to meet the policy's floor or not.
    """
    series = told.of_area(release, area)
    ruled = told.meets_floor(release, series, area, territory)
    odds = told.HELD_BACK if said.withholds(release) else 0.0
    return of_series(series, _rungs(release, series.table), release.k if ruled else None, odds)


def of_series(series: Series, rungs: list[str], k: int | None, odds: float = 0.0) -> Known:
    """Take what the facts of an area and the ladder's rule say.

    Parameters
    ----------
    series
        From ``told.of_area``.
    rungs
        The ladder's periods, in the order in which they are tried.
    k
        The floor of counts; None where silence says nothing.
    odds
        Chance that k and more were not said all the same; with it the silence of the first rung alone counts.
    """
    sealed = {
        (level, int(first), int(last)): fact
        for fact, (level, first, last) in enumerate(
            zip(series.facts["period_level"], series.first, series.last, strict=True)
        )
    }
    groups: list[Group] = []
    waiting = np.ones(len(series.months), dtype=bool)
    for closing, month in enumerate(series.months):
        for period in rungs:
            length = told.MONTHS_IN[period]
            if month.month % length:
                continue
            first = max(0, closing - length + 1)
            left = frozenset(int(m) for m in first + np.flatnonzero(waiting[first : closing + 1]))
            fact = sealed.get((period, first, closing))
            if fact is not None:
                own = frozenset(int(m) for m in np.flatnonzero(series.owner == fact))
                if own:
                    _join(groups, own, n=int(series.n[fact]))
                    waiting[list(own)] = False
            elif left and k is not None and (not odds or period == rungs[0]):
                _join(groups, left, k=k, odds=odds)
    return Known(len(series.months), tuple(sorted(groups, key=lambda group: group.months)))


def constant_rate(known: Known) -> float:
    """Most likely mean of a month, were it the same in all of them; NaN where nothing is known.

    Found on a grid of logarithms that is refined around its best point, all of its points at once.
    """
    if not known.groups:
        return float("nan")
    low, high = np.log(1e-3), np.log(1 + max(g.n or g.below or 1 for g in known.groups))
    for _ in range(REFINED):
        grid = np.linspace(low, high, POINTS)
        found = known.log_likelihood(np.repeat(np.exp(grid)[:, None], known.months, axis=1))
        best = int(np.argmax(found))
        low, high = grid[max(best - 1, 0)], grid[min(best + 1, POINTS - 1)]
    return float(np.exp((low + high) / 2))


def filled(known: Known) -> Floats:
    """(months,) counts that were told, and for months that were not said their expected count; NaN where unknown.

    The expectation is that of Poisson counts of one rate for the whole series, given all that is known.
    """
    rate = constant_rate(known)
    if np.isnan(rate):
        return np.full(known.months, np.nan)
    return np.where(known.informed, known.expected(np.full(known.months, rate)), np.nan)


def _rungs(release: Release, table: str) -> list[str]:
    return [period for _, period in release.manifest["policy"]["tables"].get(table, [])]


def _join(
    groups: list[Group], months: frozenset[int], *, n: int | None = None, k: int | None = None, odds: float = 0.0
) -> None:
    """Put a group over those that it holds; what overlaps without lying inside is loosened into its parts."""
    if n is None and any(months < set(group.months) for group in groups):
        return  # it was tried inside a group that is not said as a whole: what it adds is given away
    while crossing := [g for g in groups if months & set(g.months) and not set(g.months) <= months]:
        for group in crossing:
            groups.remove(group)
            groups.extend(group.parts)
    parts = tuple(group for group in groups if set(group.months) <= months)
    groups[:] = [group for group in groups if group not in parts]
    if n is not None:
        groups.append(Group(tuple(sorted(months)), parts, n=n))
        return
    covered = bool(parts) and sum(len(part.months) for part in parts) == len(months)
    above = (len(parts) - 1) * (k - 1) if covered and k is not None else None
    groups.append(Group(tuple(sorted(months)), parts, below=k, above=above, odds=odds))


def _mass(group: Group, mean: Floats, excess: Floats | None, limit: float = np.inf) -> Floats:
    """(sets, counts) chance of each sum of a group together with all that is known of it; 0 where excluded."""
    most = int(min(limit, group.greatest, _far(group, mean, excess)))
    rest = [m for m in group.months if not any(m in part.months for part in group.parts)]
    mass: Floats | None = None
    if rest:
        x = np.arange(most + 1, dtype=np.float64)[None, :]
        sums = mean[:, rest].sum(axis=1)[:, None]
        mass = np.exp(_log_chance(x, sums, None if excess is None else excess[:, None]))
    for part in group.parts:
        found = _mass(part, mean, excess, most)
        mass = found if mass is None else _added(mass, found, most + 1)
    if mass is None:  # a group has months
        mass = np.ones((len(mean), 1))
    sums_of = np.arange(mass.shape[1])
    if group.n is not None:
        return np.where(sums_of == group.n, mass, 0.0)
    if group.below is None:
        return mass
    allowed = (sums_of < group.below) | (False if group.above is None else sums_of > group.above)
    return np.where(allowed, mass, group.odds * mass)


def _silence(groups: list[Group], below: int, mean: Floats, excess: Floats | None) -> Floats:
    """(sets,) logarithm of the chance that groups without parts, all of one limit, were not said."""
    sums = np.column_stack([mean[:, list(g.months)].sum(axis=1) for g in groups])
    odds = np.array([g.odds for g in groups])
    over = None if excess is None else excess[:, None]
    small = np.zeros_like(sums)
    for n in range(below):
        small += np.exp(_log_chance(np.full_like(sums, n), sums, over))
    return np.asarray(np.log(np.maximum(odds + (1 - odds) * small, TINY)).sum(axis=1), dtype=np.float64)


def _far(group: Group, mean: Floats, excess: Floats | None) -> float:
    """A sum that is practically never reached, where nothing else ends a sum that was not said."""
    if group.n is not None:
        return np.inf
    most = float(mean[:, list(group.months)].sum(axis=1).max())
    wide = 1 if excess is None else 1 + float(excess.max())
    return float(max(most + FAR * np.sqrt(most * wide) + FAR * wide, group.below or 0))


def _added(one: Floats, other: Floats, size: int) -> Floats:
    """Distribution of a sum, cut at ``size``."""
    total = np.zeros((len(one), min(size, one.shape[1] + other.shape[1] - 1)))
    for shift in range(min(other.shape[1], total.shape[1])):
        width = min(one.shape[1], total.shape[1] - shift)
        total[:, shift : shift + width] += other[:, shift : shift + 1] * one[:, :width]
    return total


def _log_chance(x: Floats, mean: Floats, excess: Floats | None) -> Floats:
    """Logarithm of the chance of counts; with an excess, of the negative binomial of variance (1 + excess) mean."""
    if excess is None:
        return np.asarray(special.xlogy(x, mean) - mean - special.gammaln(x + 1), dtype=np.float64)
    size = mean / excess
    ways = special.gammaln(x + size) - special.gammaln(size) - special.gammaln(x + 1)
    return np.asarray(ways - size * np.log1p(excess) + x * np.log(excess / (1 + excess)), dtype=np.float64)
