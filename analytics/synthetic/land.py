"""Where the reports of the synthetic export lie: known quarters, their deal points, and where people live."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from analytics.territory import ground, snap, zone_of_commune

if TYPE_CHECKING:
    import numpy.typing as npt

    from analytics.territory import Territory

FIRST: Final = np.datetime64("2020-01-01")
LAST: Final = np.datetime64("2025-11-25")

# name: longitude, latitude, share of the reports of the police zones
DOUBS: Final[dict[str, tuple[float, float, float]]] = {
    "Planoise": (5.968, 47.219, 0.16),
    "Clairs-Soleils": (6.055, 47.238, 0.10),
    "Battant": (6.018, 47.241, 0.08),
    "Montrapon": (6.005, 47.251, 0.07),
    "Palente": (6.058, 47.257, 0.06),
    "Saint-Ferjeux": (5.997, 47.229, 0.05),
    "Centre": (6.027, 47.237, 0.08),
    "Petite-Hollande": (6.777, 47.506, 0.10),
    "Audincourt": (6.840, 47.482, 0.07),
    "Bethoncourt": (6.805, 47.535, 0.06),
    "Valentigney": (6.830, 47.463, 0.05),
    "Pontarlier": (6.355, 46.906, 0.06),
}
_NAMED_SHARE: Final = sum(share for _, _, share in DOUBS.values())
_SPREAD_M: Final = 350.0
_SPOTS: Final = 5
_AT_SPOT: Final = 0.7


class Land:
    """A territory as the draw sees it: cells of 1 km or a little more with their inhabitants, police or rest."""

    def __init__(self, territory: Territory) -> None:
        self.territory = territory
        self.size = territory.base_cell_m * -(-1000 // territory.base_cell_m)
        self.cells = ground(territory, self.size)
        zones = list(territory.zones.index)
        self.rest_zone = zones[-1] if len(zones) > 1 else None
        self.rest = (self.cells["zone"] == self.rest_zone).to_numpy()
        self._index = pd.MultiIndex.from_arrays([self.cells["e"], self.cells["n"]])
        self._outline = shapely.union_all(territory.shapes)
        shapely.prepare(self._outline)
        self._to_grid = Transformer.from_crs("EPSG:4326", territory.crs, always_xy=True)
        self.commune_rest = (zone_of_commune(territory) == self.rest_zone).to_numpy()

    def places(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Give the places around which reports lie: (m, 2) metres, and the share of each."""
        if self.territory.code == "25":
            table = np.array(list(DOUBS.values()))
            return np.column_stack(self._to_grid.transform(table[:, 0], table[:, 1])), table[:, 2]
        known = self.territory.labels.nlargest(len(DOUBS), "population")
        if known.empty:
            # A ground without names: some cells, the more people live in them the sooner.
            some = self.cells.sample(len(DOUBS), weights="residents", random_state=0)
            centres = some[["e", "n"]].to_numpy() + self.size / 2
            return centres, np.full(len(some), _NAMED_SHARE / len(some))
        people = known["population"].to_numpy(dtype=float)
        centres = np.column_stack(self._to_grid.transform(known["lon"].to_numpy(), known["lat"].to_numpy()))
        return centres, _NAMED_SHARE * people / people.sum()

    def written(self, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> pd.DataFrame:
        """Give points as the file has them (degrees of six decimals), and whether they are in the police zones."""
        lon, lat = (np.round(values, 6) for values in self._to_grid.transform(x, y, direction="INVERSE"))
        # The zone is the one of the rounded point: that is the one that is read again.
        x, y = self._to_grid.transform(lon, lat)
        at = self._index.get_indexer(pd.MultiIndex.from_arrays([snap(x, self.size), snap(y, self.size)]))
        inside = (at >= 0) & shapely.contains_xy(self._outline, x, y)
        return pd.DataFrame({"lon": lon, "lat": lat, "x": x, "y": y, "inside": inside, "rest": self.rest[at]})


def somewhere(rng: np.random.Generator, land: Land, day: npt.NDArray[Any], *, rest: bool) -> pd.DataFrame:
    """Draw a point for each day, again and again until all of them are in their stratum."""
    points = _points(rng, land, day, rest=rest)
    while (wrong := ~points["inside"].to_numpy() | (points["rest"].to_numpy() != rest)).any():
        points.loc[wrong] = _points(rng, land, day[wrong], rest=rest).to_numpy()
        points = points.infer_objects()
    return points


def _points(rng: np.random.Generator, land: Land, day: npt.NDArray[Any], *, rest: bool) -> pd.DataFrame:
    size = day.size
    people = np.where(land.rest == rest, land.cells["residents"].to_numpy(), 0.0)
    cell = rng.choice(people.size, size, p=people / people.sum())
    x = land.cells["e"].to_numpy()[cell] + rng.uniform(0, land.size, size)
    y = land.cells["n"].to_numpy()[cell] + rng.uniform(0, land.size, size)
    if not rest:
        centres, share = land.places()
        place = rng.choice(len(share) + 1, size, p=np.append(share, 1 - share.sum()))
        # The one place more is nowhere in particular: where people live.
        near = place < len(share)
        spots, active = _spots(centres, day)
        spot = rng.integers(0, _SPOTS, size)
        place = np.minimum(place, len(share) - 1)
        at_spot = active[np.arange(size), place, spot] & (rng.random(size) < _AT_SPOT)
        target = np.where(at_spot[:, None], spots[place, spot], centres[place])
        spread = np.where(at_spot, 40.0, _SPREAD_M)[:, None]
        moved = target + spread * rng.normal(size=(size, 2))
        x, y = np.where(near, moved[:, 0], x), np.where(near, moved[:, 1], y)
    return land.written(x, y)


def _spots(centres: npt.NDArray[np.float64], day: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Give the deal points of each place, and which of them are at work: (places, spots, 2), (days, places, spots)."""
    # They come and go. A generator of its own: they belong to the invented town, and are the same for every seed.
    rng = np.random.default_rng(len(centres))
    spots = centres[:, None, :] + rng.normal(0, 0.7 * _SPREAD_M, (len(centres), _SPOTS, 2))
    whole = int((LAST - FIRST) / np.timedelta64(1, "D"))
    start = rng.uniform(-0.3 * whole, whole, (len(centres), _SPOTS))
    length = 120 + rng.exponential(400, (len(centres), _SPOTS))
    age = days_between(FIRST, day)[:, None, None]
    return spots, (age >= start) & (age < start + length)


def days_between(first: Any, last: Any) -> npt.NDArray[np.int64]:  # noqa: ANN401  (days, or arrays of them)
    """Give the whole days from one day to another, of two arrays or of a day and an array."""
    days: npt.NDArray[np.int64] = ((last - first) / np.timedelta64(1, "D")).astype(np.int64)
    return days
