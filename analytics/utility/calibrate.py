"""Several policies on one vault, side by side: for an installation that chooses its ladders on its own reports."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from analytics import publish, vault
from analytics.disclosure import policy as policies
from analytics.disclosure.policy import CELL_TABLES, PolicyError
from analytics.utility import unpublished
from analytics.utility.measure import utility

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from analytics.disclosure.policy import Policy

UP_TO_A_QUARTER: Final = ("month", "quarter")
_LINE: Final = ("reports", "published_share", "mean_wait_days", "mean_place_error_m", "mean_time_error_days")


def calibrate(
    vault_path: str | Path,
    policy_files: Iterable[str | Path],
    *,
    through: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[dict[str, Any]]:
    """Publish a private copy of a vault under each policy, and measure what each would tell.

    Nothing that was published counts: each policy begins at the first report, with the reports as they are known now.
    From a vault that has published, the figures are therefore those of a new vault that reads the latest export: what
    arrived late counts in its own month, and what was erased counts nowhere. Where many reports arrive after their
    month is closed, the errors of time and the waits of the real publication are longer than said here.

    The copies lie in a folder beside the vault while they are needed. Neither the vault nor a release is written.

    Parameters
    ----------
    vault_path
        The vault.
    policy_files
        The policies.
    through
        Last month to close, ``YYYY-MM``; by default the last month that the reports at hand cover wholly.
    progress
        Called with the number of months closed so far and the number of months to close, over all policies.

    Returns
    -------
    list of dict
        For each policy, in the order given: ``policy`` (its file), ``blocks`` and, where it has one, ``outlook``, each
        with ``reports``, ``published_share``, ``share_up_to_cell_m`` (cumulative, for each size of its ladder),
        ``share_up_to_quarter``, ``mean_wait_days``, ``mean_place_error_m``, ``mean_time_error_days`` as ``utility``
        defines them; ``surface_ten`` (its mean over quarters, ``[all vintages, live]``, None without a quarter to
        measure); ``facts`` (of all tables); ``seconds`` (that the publication took). Confidential.

    Raises
    ------
    PolicyError
        A policy that is unusable, has no blocks or does not fit the territory.
    PublishError
        Nothing to close, or a month that cannot be closed.
    VaultError
        No vault there, one that cannot be used, or no room beside it.
    """
    wanted = [(file, _with_blocks(file)) for file in policy_files]
    with vault.opened(vault_path):
        pass  # a path without a vault is said before a folder is made there
    told = []
    for turn, (file, policy) in enumerate(wanted):
        with unpublished.folder(vault_path) as folder:
            try:
                told.append(
                    {"policy": str(file)}
                    | _tried(vault_path, folder, policy, through, _part(progress, turn, len(wanted)))
                )
            except PolicyError as error:
                raise PolicyError(f"{file}: {error}") from None
    return told


def table(told: list[dict[str, Any]]) -> pd.DataFrame:
    """Lay what ``calibrate`` gives out as one table, a row a policy and table, to be read side by side."""
    sizes = sorted({int(size) for one in told for name in CELL_TABLES for size in _sizes(one.get(name))})
    return pd.DataFrame([_row(one, name, sizes) for one in told for name in CELL_TABLES if name in one]).astype(
        {"ten, all": "float64", "ten, live": "float64"}
    )


def _with_blocks(file: str | Path) -> Policy:
    policy = policies.load(file)
    if not policy.tables.get("blocks"):
        raise PolicyError(f"The policy file {file} has no rungs for the table blocks; a calibration measures those.")
    return policy


def _part(progress: Callable[[int, int], None] | None, turn: int, turns: int) -> Callable[[int, int], None] | None:
    """Say the progress of one publication as a part of all of them, which close the same months."""
    if progress is None:
        return None
    return lambda done, total: progress(turn * total + done, turns * total)


def _tried(
    vault_path: str | Path,
    folder: Path,
    policy: Policy,
    through: str | None,
    progress: Callable[[int, int], None] | None,
) -> dict[str, Any]:
    """Publish a fresh copy in the folder under the policy, and measure it."""
    copied, said = folder / "vault", folder / "release"
    unpublished.copy(vault_path, copied)
    begun = time.perf_counter()
    summary = publish.publish(copied, said, policy, through=through, progress=progress)
    seconds = time.perf_counter() - begun
    found = utility(copied, said)
    ten = list(found["surface_ten"].values())
    return {
        **{name: _line(found["tables"][name], policy, name) for name in CELL_TABLES if policy.tables.get(name)},
        "surface_ten": [float(share) for share in np.mean(ten, axis=0)] if ten else None,
        "facts": summary["facts_total"],
        "seconds": round(seconds, 1),
    }


def _line(found: dict[str, Any], policy: Policy, name: str) -> dict[str, Any]:
    shares = found["share_by_cell_m"]
    sizes = sorted({int(level) for level, _ in policy.tables[name]})
    return {
        **{key: found[key] for key in _LINE},
        "share_up_to_cell_m": {str(size): _up_to(shares, size) for size in sizes},
        "share_up_to_quarter": sum(found["share_by_period"].get(period, 0.0) for period in UP_TO_A_QUARTER),
    }


def _up_to(shares: dict[str, float], size: int) -> float:
    return sum((share for level, share in shares.items() if int(level) <= size), 0.0)


def _sizes(line: dict[str, Any] | None) -> list[str]:
    return list(line["share_up_to_cell_m"]) if line else []


def _row(one: dict[str, Any], name: str, sizes: list[int]) -> dict[str, Any]:
    line, first = one[name], name == "blocks"
    reached = {int(size): share for size, share in line["share_up_to_cell_m"].items()}
    ten = one["surface_ten"] if first and one["surface_ten"] else (None, None)
    return {
        "policy": one["policy"],
        "table": name,
        "published": line["published_share"],
        **{f"<= {size} m": max((reached[s] for s in reached if s <= size), default=0.0) for size in sizes},
        "<= quarter": line["share_up_to_quarter"],
        "wait (d)": line["mean_wait_days"],
        "place (m)": line["mean_place_error_m"],
        "time (d)": line["mean_time_error_days"],
        "ten, all": ten[0],
        "ten, live": ten[1],
        "facts": one["facts"] if first else "",
        "seconds": one["seconds"] if first else None,
    }
