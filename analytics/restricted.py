"""A view of a release for those who answer for some zones only: the facts that lie wholly inside them.

A view is a part of the release, so it proves nothing that the release does not. What a fact covers cannot be read from
a view: an earlier fact that reached beyond the zones, and is not shown, may have told a part of its ground.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from analytics import territory as ground_floor
from analytics.release import ReleaseError, part
from analytics.territory import area_of_cells

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt
    import pandas as pd

    from analytics.release import Release
    from analytics.territory import Territory

TO: Final = "restricted_to"


def restricted(release: Release, territory: Territory, zones: Iterable[str]) -> Release:
    """Keep the facts whose whole ground lies inside some zones.

    Parameters
    ----------
    release
        As from ``release.read``; ``release.write`` writes the view's manifest and facts as any other.
    territory
        The territory of the release.
    zones
        Ids of zones. A cell lies inside them when all its smallest cells do; facts of the whole territory do not,
        unless every zone is named.

    Returns
    -------
    Release
        Its manifest names the zones under ``restricted_to`` and counts the facts that are left of each vintage.

    Raises
    ------
    ReleaseError
        No zone, or one that the territory or an earlier restriction does not have.
    """
    wanted = sorted(set(zones))
    known = [str(zone) for zone in release.manifest.get(TO, territory.zones.index)]
    strange = [zone for zone in wanted if zone not in known]
    if strange or not wanted:
        what = f"There is no zone {strange[0]!r} here" if strange else "No zone was named"
        raise ReleaseError(f"{what}; name one or more of {', '.join(known)}.")
    facts = release.facts[_inside(release, territory, wanted)].reset_index(drop=True)
    vintages = [
        vintage | {"facts": int((facts["vintage"] == vintage["vintage"]).sum())}
        for vintage in release.manifest["vintages"]
    ]
    return part(release, facts, {"vintages": vintages, TO: wanted})


def _inside(release: Release, territory: Territory, zones: list[str]) -> npt.NDArray[np.bool_]:
    """Whether all smallest cells of each fact's area are of these zones."""
    cells = ground_floor.ground(territory, release.cell_m)
    mine: pd.Series[bool] = cells["zone"].isin(zones)
    inside = np.zeros(len(release.facts), dtype=bool)
    for level in release.facts["area_level"].unique():
        whole = mine.groupby(area_of_cells(cells, str(level), territory).to_numpy()).all()
        here = (release.facts["area_level"] == level).to_numpy()
        inside[here] = whole.reindex(release.facts["area"].to_numpy()[here], fill_value=False).to_numpy(dtype=bool)
    return inside
