"""Releases laid out for the attacker: all their tables on one ground, as the facts leave them.

A release that was published from a vault is replayed by its own ladder. One that was derived says only sums of another
release's facts, so what exactly it covers is worked out from that one, which must be at hand, to be attacked too or
only to be read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from analytics import release
from analytics.disclosure import ladder, linking, tables
from analytics.disclosure.policy import CELL_TABLES
from analytics.publish import closing, ledger, replaying, sums
from analytics.publish.calendar import Calendar, PublishError
from analytics.publish.derive import FROM, policy_of
from analytics.publish.finer import published
from analytics.publish.sealed import sealed_areas

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.disclosure.linked import Line, Linked
    from analytics.disclosure.policy import Policy
    from analytics.publish.finer import Finer
    from analytics.release import Release
    from analytics.territory import Territory
    from analytics.vault import Vault


@dataclass(frozen=True, eq=False)
class Exhibits:
    """What an attacker has before him.

    Attributes
    ----------
    lines, linked
        The tables of all releases, those with the smallest k first, and their common ground.
    months
        How many months are closed.
    known
        Whether ``waiting`` of the lines is the truth.
    """

    lines: list[Line]
    linked: Linked
    months: int
    known: bool


def lay_out(
    attacked: Sequence[Release], beside: Sequence[Release], territory: Territory, store: Vault | None
) -> Exhibits:
    """Lay out releases for the attacker.

    Parameters
    ----------
    attacked
        The releases that he has.
    beside
        Releases that derived ones came from, and that he has not: they only say what those cover.
    territory
        Their ground.
    store
        The vault that they were published from, if he is to be tested against the truth.

    Raises
    ------
    PublishError
        They are not of one ground, one calendar, one vault; or a derived one cannot be laid out by what is at hand.
    """
    at_hand = (*attacked, *beside)
    for said in at_hand:
        _hold_to(said, at_hand[0], territory)
    truth = [] if store is None else _truth([r for r in at_hand if FROM not in r.manifest], store, territory)
    cell_m = _smallest_cell(attacked, at_hand)
    months = max(len(release.months(said)) for said in attacked)
    found = []
    for number, said in sorted(enumerate(attacked), key=lambda pair: (pair[1].k, pair[0])):
        if FROM in said.manifest:
            lines = _of_derived(said, at_hand, territory)
        elif store is not None:
            lines = closing.lines_of(store, territory, policy_of(said), _calendar(said))
        else:
            lines = _of_published(said, territory)
        found += [_within(line, truth, months, number) for line in lines]
    return Exhibits(found, _ground(attacked, cell_m, territory), months, store is not None)


def _hold_to(said: Release, first: Release, territory: Territory) -> None:
    """Refuse what cannot be laid on one ground and one calendar."""
    name, of = said.path.name, said.manifest["territory"]["code"]
    if of != territory.code:
        raise PublishError(f"{name} is of territory {of}, not of {territory.code}; audit releases of one territory.")
    if not len(release.months(said)):
        raise PublishError(f"No month of {name} is closed yet, so there is nothing to audit.")
    if release.months(said)[0] != release.months(first)[0]:
        raise PublishError(
            f"{name} and {first.path.name} begin in different months, so they do not come from one vault; audit each "
            "by itself."
        )
    strange = sorted(set(said.facts["table"]) - set(policy_of(said).tables))
    if strange:
        raise PublishError(f"{name} has facts of a table {strange[0]!r} that its own policy does not name; restore it.")


def _smallest_cell(attacked: Sequence[Release], at_hand: Sequence[Release]) -> int:
    """Side of the cells that everything is laid on."""
    sizes = {said.cell_m for said in at_hand if FROM not in said.manifest}
    if len(sizes) > 1:
        raise PublishError(
            "The releases were published from vaults on cells of different sizes, and zones are cut along cells; audit "
            "each by itself. Side by side they may be subtracted from one another: hand out one of them only."
        )
    if not sizes:
        raise PublishError(
            f"{attacked[0].path.name} was derived and does not say what exactly its facts cover; name the release that "
            "it came from with --origin."
        )
    return sizes.pop()


def _ground(attacked: Sequence[Release], cell_m: int, territory: Territory) -> Linked:
    """The common ground: every level of every ladder, and the greatest crowd that a policy names."""
    policies = [policy_of(said) for said in attacked]
    rungs = {
        table: tuple(dict.fromkeys(rung for policy in policies for rung in policy.tables.get(table, ())))
        for table in CELL_TABLES
    }
    crowd = max(policy.crowd for policy in policies)
    merged = policies[0].model_copy(update={"cell_m": cell_m, "crowd": crowd, "tables": rungs})
    return linking.linked_of(merged, territory)


def _calendar(said: Release) -> Calendar:
    months = release.months(said)
    return Calendar(months[0], months[-1] + 1, months[-1])


def _of_published(said: Release, territory: Territory) -> list[Line]:
    """Replay the ladder of a release that was published from a vault, as anybody can."""
    calendar, policy = _calendar(said), policy_of(said)
    lines = linking.lines_of(policy, territory, months=calendar.months, offset=calendar.first.month - 1)
    for line in lines:
        told = sealed_areas(line, ledger.of_line(said.facts, line), calendar)
        ladder.replay(line.table, 0, calendar.closed - 1, told)
    return lines


def _truth(said: Sequence[Release], store: Vault, territory: Territory) -> list[Line]:
    """The vault's tables through the last month of its releases; refuse releases that are not the vault's."""
    if not said:
        raise PublishError("None of these releases was published from a vault; name the one that they came from.")
    facts, latest = ledger.published(store), max(said, key=lambda r: len(release.months(r)))
    for one in said:
        last = release.months(one)[-1]
        mine = facts[(release.closing_month(facts) <= last).to_numpy()].reset_index(drop=True)
        same = store.meta("policy") == policy_of(one).model_dump_json() and mine.equals(one.facts)
        if not same or store.closed_through is None or last > store.closed_through:
            raise PublishError(f"{one.path.name} was not published from this vault; name its own with --vault.")
    policy = policy_of(latest)
    if store.meta("ground") != tables.digest(policy, territory):
        raise PublishError("The territory is not the one that this vault has published on; restore its files.")
    return closing.lines_of(store, territory, policy, _calendar(latest))


def _of_derived(said: Release, at_hand: Sequence[Release], territory: Territory) -> list[Line]:
    """Tables of a derived release, on the exact ground of the facts that it adds up."""
    policy, months = policy_of(said), release.months(said)
    added = sums.open_sums(_finer_of(said, at_hand, policy, territory), policy, territory)
    replaying.replay(added, said.facts, months, len(months))
    return [table.line for table in added]


def _finer_of(said: Release, at_hand: Sequence[Release], policy: Policy, territory: Territory) -> Finer:
    """Lay out the release that a derived one came from, as it was when the derived one's last month was closed."""
    named, last = said.manifest[FROM], release.months(said)[-1]
    wanted = (named["audience"], named["k"], named["cell_m"])
    for parent in at_hand:
        alike = (parent.manifest["audience"], parent.k, parent.cell_m) == wanted
        if parent is said or not alike or last not in release.months(parent):
            continue
        then = release.until(parent, last)
        if FROM not in parent.manifest:
            return published(then, policy, territory)
        own = policy_of(parent)
        return replaying.derived(then, own, _finer_of(then, at_hand, own, territory), territory)
    raise PublishError(
        f"{said.path.name} was derived from a release for {named['audience']} and does not say what exactly its facts "
        "cover; name that release, up to the same month, with --origin."
    )


def _within(line: Line, truth: Sequence[Line], months: int, number: int) -> Line:
    """Give a table all the months of the calendar, the truth where it is known, and the number of its release."""
    more = months - line.table.sealed.shape[1]
    sealed = np.pad(line.table.sealed, ((0, 0), (0, more)), constant_values=ladder.UNSEALED)
    same = (other for other in truth if (other.name, other.attribute) == (line.name, line.attribute))
    held = next(same, line).waiting[:, :months]
    waiting = np.pad(held, ((0, 0), (0, months - held.shape[1])))
    return replace(line, table=replace(line.table, sealed=sealed), waiting=waiting, release=number)
