"""The confidential store: anonymised reports, their episodes, and what was said of them. One DuckDB file.

A report is *kept* by triage, *counts* from a day, and is *frozen* into an episode when its month is closed. From then
on nothing that happens to the report changes a count: an update changes its row only; an erasure removes the row and,
with the last report, the episode, and leaves an anonymous tally of what it counted for, and the hash, so that the next
export does not bring it back. What was erased leaves the bytes of the file, too (``rewriting``).
"""

from analytics.vault.arrivals import add, erase
from analytics.vault.breakdowns import breakdown_counts, episode_counts
from analytics.vault.episodes import freeze, months_at_hand
from analytics.vault.store import (
    Vault,
    VaultError,
    create,
    frame,
    opened,
    quarantine_folder,
    secret,
    secret_file,
    set_aside,
    territory,
)
from analytics.vault.tally import erased_counts, forget_tally

__all__ = [
    "Vault",
    "VaultError",
    "add",
    "breakdown_counts",
    "create",
    "episode_counts",
    "erase",
    "erased_counts",
    "forget_tally",
    "frame",
    "freeze",
    "months_at_hand",
    "opened",
    "quarantine_folder",
    "secret",
    "secret_file",
    "set_aside",
    "territory",
]
