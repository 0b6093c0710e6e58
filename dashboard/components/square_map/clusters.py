"""Clusters as the map gets them: an outline, a number, and what it means in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboard.components.square_map.geometry import area_corners
from dashboard.components.square_map.periods import month_number


@dataclass(frozen=True)
class Cluster:
    """A cluster, whatever the granularity that is shown: it is drawn when the period has one of its months.

    Attributes
    ----------
    id
        By which it is told and asked for.
    area
        Id of its square, of any size.
    first, last
        Its first and its last month.
    label
        What stands in its badge: a number, or a letter or two.
    words
        What it is and what its p means, in the reader's language.
    kind
        Which sort of cluster it is; the style sheet may tell sorts apart by it.
    """

    id: str
    area: str
    first: pd.Period
    last: pd.Period
    label: str
    words: str
    kind: str = ""


def clusters_data(clusters: Sequence[Cluster]) -> list[dict[str, Any]]:
    """Prepare clusters for the browser, with the corners of each (longitude and latitude, SW, SE, NE, NW)."""
    return [
        {
            "id": cluster.id,
            "area": cluster.area,
            "first": month_number(cluster.first),
            "last": month_number(cluster.last),
            "label": cluster.label,
            "words": cluster.words,
            "kind": cluster.kind,
            "corners": corners.round(6).tolist(),
        }
        for cluster, corners in zip(clusters, _corners(tuple(cluster.area for cluster in clusters)), strict=True)
    ]


@lru_cache(maxsize=64)
def _corners(areas: tuple[str, ...]) -> NDArray[np.float64]:
    """Corners of squares: the same clusters are shown at every run."""
    return area_corners(list(areas))
