"""The audit of what was published: what the attacker proves of releases that lie before him, all together.

Two attackers are let loose on every group (``disclosure.attack``): the plain one has the equations, of all tables, all
vintages and all releases; the ladder-aware one knows how the numbers are made, too. With the vault he is the strongest
one that there is: he knows which groups were withheld, and the groups that are attacked are those that are truly small.
Without it he is somebody outside, to whom every silent group that another table meets may have been withheld
(``disclosure.outsider``). In a derived release silence bounds nothing, so there the two know the same.
"""

from __future__ import annotations

import time
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from analytics import release, vault
from analytics.disclosure import linked, outsider
from analytics.disclosure.attack import attack
from analytics.disclosure.audit import AuditError, ContradictionError, side_by_side
from analytics.publish.calendar import PublishError
from analytics.publish.exhibits import lay_out

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from analytics.disclosure.attack import Verdict
    from analytics.publish.exhibits import Exhibits
    from analytics.territory import Territory


def examine(
    releases: Sequence[str | Path],
    territory: Territory | None = None,
    *,
    origins: Sequence[str | Path] = (),
    vault_path: str | Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Attack releases together.

    Parameters
    ----------
    releases
        Their folders: all that one reader, or several who talk to one another, may have.
    territory
        Their ground; not needed with a vault, which knows its own.
    origins
        Folders of releases that derived ones came from and that the readers do not have: they only say what exactly
        the derived facts cover.
    vault_path
        The vault that they came from: then the true small groups are attacked, and the verdict is confidential.
    progress
        Called with the number of runs of months attacked so far and the number of all.

    Returns
    -------
    dict
        ``groups, leftovers`` (how many were attacked), ``disclosed`` (how many of them the plain attacker proves to
        hold 1 to k - 1, with k the smallest of the releases, and published numbers under their own k),
        ``ladder_aware_disclosed`` (what he proves who knows the ladder's rule, too), ``seconds``,
        ``constraints, unknowns`` (the size of the larger of the two attackers' problems, over all runs of months).

    Raises
    ------
    PublishError, ReleaseError, VaultError
        They cannot be attacked together, or their numbers contradict each other.
    """
    began = time.perf_counter()
    attacked, beside = [release.read(path) for path in releases], [release.read(path) for path in origins]
    with vault.opened(vault_path) if vault_path is not None else nullcontext() as store:
        ground = territory if store is None or territory is not None else vault.territory(store)
        if ground is None or not attacked:
            raise PublishError("Name the releases, and their territory file with --territory.")
        exhibits = lay_out(attacked, beside, ground, store)
    under_k = sum(int((said.facts["n"] < said.k).sum()) for said in attacked)
    try:
        found = _verdict(exhibits, progress)
    except ContradictionError:
        raise PublishError(
            "The audit cannot be done: the numbers contradict each other, so they are not those that were published "
            "together from one vault; restore the releases from a copy."
        ) from None
    except AuditError as error:
        raise PublishError(f"The audit cannot be done. {error} Tell the maintainers.") from None
    for attacker in ("disclosed", "ladder_aware_disclosed"):
        found[attacker] += under_k
    return found | {"seconds": round(time.perf_counter() - began, 2)}


def _verdict(exhibits: Exhibits, progress: Callable[[int, int], None] | None) -> dict[str, Any]:
    """Attack every run of months apart, as many at a time as there are processors."""
    spans = linked.pieces(exhibits.months, exhibits.lines[0].table.offset)
    done: list[tuple[int, int]] = []

    def one(span: tuple[int, int]) -> dict[str, Any]:
        told = _of_span(exhibits, span)
        done.append(span)
        if progress is not None:
            progress(len(done), len(spans))
        return told

    each = side_by_side(one, spans)
    return {key: sum(told[key] for told in each) for key in each[0]}


def _of_span(exhibits: Exhibits, span: tuple[int, int]) -> dict[str, Any]:
    lines, ground = exhibits.lines, exhibits.linked
    plain = attack(lines, ground, span, rules=False, known=exhibits.known)
    disclosed = len(plain.accused)
    if exhibits.known:
        aware = attack(lines, ground, span, known=True)
        return _size(aware) | {"disclosed": disclosed, "ladder_aware_disclosed": len(aware.accused)}
    of_release = {line.release: [other for other in lines if other.release == line.release] for line in lines}
    by_silence = sum(outsider.proved_by_silence(tables, ground, span) for tables in of_release.values())
    return _size(plain) | {"disclosed": disclosed, "ladder_aware_disclosed": disclosed + by_silence}


def _size(verdict: Verdict) -> dict[str, int]:
    """How many groups were attacked, and how large the problem was."""
    known = verdict.known
    rows = (known.facts, known.links, known.rules, known.caps, known.refused)
    return {
        "groups": verdict.groups,
        "leftovers": verdict.leftovers,
        "constraints": sum(int(matrix.shape[0]) for matrix in rows),
        "unknowns": known.variables,
    }
