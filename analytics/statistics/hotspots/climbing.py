"""The ladder as everybody may know it, climbed by draws: what a release would tell of episodes that chance placed.

A scan of a release sees only what the ladder told. What it would have told of each draw is worked out here with the
same rules: groups that still wait are sealed when they have k episodes, when the ground that they still cover meets the
floor, and when they are not held back. Of hold-back this knows the common case: a group that earlier unsealed groups of
one rung cover, m of them, proves something if it holds more than (m - 1)(k - 1). (The ladder itself also weighs groups
of several rungs together, and counts at which an earlier group may have been held back; and an audit of all tables may
withhold more.)
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from analytics.statistics.hotspots.kernels import compiled, drawn, log_likelihood, mix

if TYPE_CHECKING:
    import numpy.typing as npt

    Ints = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]
    Plan = tuple[Ints, Ints, Ints, Ints, Floats, Ints]
    """Steps (moments, 4): level, first month, last month, rung; area of each cell by level (levels, cells); cells in
    the order of their areas by level (levels, cells); where each area's begin in it (levels, cells + 1); inhabitants
    (cells,); k, floor, rungs."""
    View = tuple[Ints, Floats, Floats, int]
    """Windows (windows, 3): level, first and last month; share of the inhabitants (levels, areas); episodes by month
    (months,); how many of the first months are history, 0 to compare with inhabitants."""

WAITS: Final = 2**30
NOISE: Final = 1e-6


@compiled
def climb(cell: Ints, month: Ints, plan: Plan, sealed: Ints, moment: Ints) -> None:
    """Seal what may be said of the episodes of one table.

    Parameters
    ----------
    cell, month
        (episodes,) where and when each lies.
    plan
        The table's ladder and ground.
    sealed
        (cells, months) moment at which each atom was sealed, ``WAITS`` for none; written.
    moment
        (episodes,) the same of each episode; written.
    """
    steps, area_of, _, _, _, policy = plan
    sealed[:] = WAITS
    moment[:] = WAITS
    company = np.zeros(area_of.shape[1], dtype=np.int64)
    for step in range(steps.shape[0]):
        level, first, last = steps[step, 0], steps[step, 1], steps[step, 2]
        for i in range(cell.size):
            if moment[i] == WAITS and first <= month[i] <= last:
                company[area_of[level, cell[i]]] += 1
        for i in range(cell.size):
            area = area_of[level, cell[i]]
            if moment[i] == WAITS and company[area] >= policy[0]:
                n = company[area]
                company[area] = 0
                if residents(area, step, plan, sealed) and not refused(area, step, n, plan, sealed):
                    seal(area, step, plan, sealed)
        for i in range(cell.size):
            company[area_of[level, cell[i]]] = 0
            if moment[i] == WAITS:
                moment[i] = sealed[cell[i], month[i]]


@compiled
def seal(area: int, step: int, plan: Plan, sealed: Ints) -> None:
    """Write down that an area is sealed at a step."""
    steps, _, members, begins, _, _ = plan
    level = steps[step, 0]
    for place in range(begins[level, area], begins[level, area + 1]):
        for m in range(steps[step, 1], steps[step, 2] + 1):
            if sealed[members[level, place], m] == WAITS:
                sealed[members[level, place], m] = step


@compiled
def residents(area: int, step: int, plan: Plan, sealed: Ints) -> bool:
    """Whether the ground that an area covered at a step met the floor in every month in which any of it was left."""
    steps, _, members, begins, people, policy = plan
    level = steps[step, 0]
    for m in range(steps[step, 1], steps[step, 2] + 1):
        held, left = 0.0, False
        for place in range(begins[level, area], begins[level, area + 1]):
            if sealed[members[level, place], m] >= step:
                held += people[members[level, place]]
                left = True
        if left and held + NOISE < policy[1]:
            return False
    return True


@compiled
def refused(area: int, step: int, n: int, plan: Plan, sealed: Ints) -> bool:
    """Whether a group of n is held back: earlier unsealed groups of one rung cover it, and prove something of one."""
    policy = plan[5]
    for rung in range(policy[2]):
        groups = covering(area, step, rung, plan, sealed)
        if groups > 0 and n > (groups - 1) * (policy[0] - 1):
            return True
    return False


@compiled
def covering(area: int, step: int, rung: int, plan: Plan, sealed: Ints) -> int:
    """Number of earlier groups of a rung that cover what is left of a group; 0 where they do not cover it all."""
    steps, area_of, members, begins, _, _ = plan
    level, first, last = steps[step, 0], steps[step, 1], steps[step, 2]
    groups, months = 0, 0
    for earlier in range(step):
        if steps[earlier, 3] != rung or steps[earlier, 1] < first or steps[earlier, 2] > last:
            continue
        if steps[earlier, 0] > level:
            return 0
        months += steps[earlier, 2] - steps[earlier, 1] + 1
        before = -1
        for place in range(begins[level, area], begins[level, area + 1]):
            part = area_of[steps[earlier, 0], members[level, place]]
            if part == before:
                continue
            left = False
            for m in range(steps[earlier, 1], steps[earlier, 2] + 1):
                left = left or sealed[members[level, place], m] == WAITS
            if left:
                if not residents(part, earlier, plan, sealed):
                    return 0
                before = part
                groups += 1
    return groups if months == last - first + 1 else 0


@compiled
def complete(level: int, area: int, months: tuple[int, int], plan: Plan, sealed: Ints) -> bool:
    """Whether facts wholly inside a window tell all of it."""
    steps, _, members, begins, _, _ = plan
    for place in range(begins[level, area], begins[level, area + 1]):
        for m in range(months[0], months[1] + 1):
            step = sealed[members[level, place], m]
            if step == WAITS or steps[step, 0] > level:
                return False
            if steps[step, 1] < months[0] or steps[step, 2] > months[1]:
                return False
    return True


@compiled
def excess(here: float, total: float, before: float, total_before: float) -> float:
    """Log-likelihood ratio of a share that has risen, from ``before`` of ``total_before`` to ``here`` of ``total``."""
    if here * total_before <= before * total:
        return 0.0
    both, all_of_them = here + before, total + total_before
    ratio = 0.0
    for count, size in ((1.0 * here, 1.0 * total), (1.0 * before, 1.0 * total_before)):
        if count > 0:
            ratio += count * math.log(count * all_of_them / (size * both))
        if size > count:
            ratio += (size - count) * math.log((size - count) * all_of_them / (size * (all_of_them - both)))
    return ratio


@compiled
def scattered(state: Ints, alias: tuple[Floats, Ints], groups: Ints, cell: Ints, month: Ints) -> None:
    """Place the episodes of each group (groups, 3: episodes, first month, months) by chance; the last two written."""
    i = 0
    for g in range(groups.shape[0]):
        for _ in range(groups[g, 0]):
            cell[i] = drawn(state, alias[0], alias[1])
            month[i] = groups[g, 1] + mix(state) % groups[g, 2]
            i += 1


@compiled
def tops(seeds: Ints, plans: tuple[Plan, ...], view: View, alias: tuple[Floats, Ints], groups: Ints) -> Floats:
    """Greatest ratio that a release would tell of each draw.

    Parameters
    ----------
    seeds
        (draws,).
    plans
        The ladder of each table.
    view
        What is looked at.
    alias
        Table over cells by which episodes are placed.
    groups
        (groups, 3) episodes, first month and months of each number that the draws keep.
    """
    share, totals, history = view[1], view[2], view[3]
    size = groups[:, 0].sum()
    cell, month = np.empty(size, dtype=np.int64), np.empty(size, dtype=np.int64)
    state, found = np.empty(1, dtype=np.int64), np.zeros(seeds.size)
    sealed = np.empty((len(plans), share.shape[1], totals.size), dtype=np.int64)
    moment = np.empty((len(plans), size), dtype=np.int64)
    for draw in range(seeds.size):
        state[0] = seeds[draw]
        scattered(state, alias, groups, cell, month)
        before = np.zeros(share.shape)
        for t in range(len(plans)):
            climb(cell, month, plans[t], sealed[t], moment[t])
            if history:
                before = np.maximum(before, told_before(cell, month, plans[t], moment[t], history, share.shape[0]))
        found[draw] = top_window(cell, month, plans, view, before, sealed)
    return found


@compiled
def told_before(cell: Ints, month: Ints, plan: Plan, moment: Ints, history: int, levels: int) -> Floats:
    """Episodes of the history in facts wholly inside each area, (levels, areas)."""
    steps, area_of = plan[0], plan[1]
    told = np.zeros((levels, area_of.shape[1]))
    for i in range(cell.size):
        step = moment[i]
        if month[i] < history and step != WAITS and steps[step, 2] < history:
            for level in range(steps[step, 0], levels):
                told[level, area_of[level, cell[i]]] += 1
    return told


@compiled
def whole(level: int, area: int, months: tuple[int, int], plans: tuple[Plan, ...], sealed: Ints) -> bool:
    """Whether facts of one table, all of them wholly inside a window, tell all of it."""
    for t in range(len(plans)):  # noqa: SIM110 - compiled: a plain loop
        if complete(level, area, months, plans[t], sealed[t]):
            return True
    return False


@compiled
def top_window(cell: Ints, month: Ints, plans: tuple[Plan, ...], view: View, before: Floats, sealed: Ints) -> float:
    """Greatest ratio over the windows that some table tells."""
    windows, share, totals, history = view
    top, company = 0.0, np.zeros(share.shape[1], dtype=np.int64)
    area_of, k = plans[0][1], plans[0][5][0]
    for w in range(windows.shape[0]):
        level, first, last = windows[w, 0], windows[w, 1], windows[w, 2]
        total = totals[first : last + 1].sum()
        for i in range(cell.size):
            if first <= month[i] <= last:
                company[area_of[level, cell[i]]] += 1
        for i in range(cell.size):
            area = area_of[level, cell[i]]
            n, company[area] = company[area], 0
            if n < k:
                continue
            past = before[level, area]
            if history and not whole(level, area, (0, history - 1), plans, sealed):
                past += k - 1
            ratio = score(n, total, share[level, area], past, totals[:history].sum())
            if ratio > top and whole(level, area, (first, last), plans, sealed):
                top = ratio
    return top


@compiled
def score(n: float, total: float, share: float, before: float, total_before: float) -> float:
    """Log-likelihood ratio of a window: against inhabitants, or against its history where there is one."""
    whole = max(total, n)
    if total_before > 0:
        return excess(n, whole, before, total_before)
    return log_likelihood(1.0 * n, whole * share, whole)
