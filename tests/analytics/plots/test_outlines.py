import numpy as np
import shapely

from analytics.plots import outlines
from tests.analytics.plots.conftest import Drawable


def test_names_keep_their_distance_at_every_step(doubs: Drawable) -> None:
    names = outlines.names(doubs.territory)
    where = np.array([[name["lon"] * np.cos(np.radians(47.2)), name["lat"]] for name in names]) * outlines.KM_A_DEGREE
    tier = np.array([name["tier"] for name in names])
    zone = np.array([name["kind"] == "zone" for name in names])
    for step, nearest in enumerate(outlines.NEAREST_KM):
        shown = np.flatnonzero(tier <= step)
        apart = np.hypot(*(where[shown][:, None] - where[shown][None]).transpose(2, 0, 1))
        apart[np.ix_(zone[shown], zone[shown])] = np.inf  # zones are where they are
        np.fill_diagonal(apart, np.inf)
        assert apart.min() > nearest * 0.99
    assert len(names) == len({name["text"] for name in names})


def test_inside_and_outside_share_no_ground(doubs: Drawable) -> None:
    inside = shapely.geometry.shape(outlines.ground(doubs.territory)["geometry"])
    outside = shapely.geometry.shape(outlines.outside(doubs.territory)["geometry"])
    assert shapely.area(shapely.intersection(inside, outside)) < 1e-6
    assert inside.equals_exact(shapely.set_precision(doubs.territory.outline, 1e-5, mode="pointwise"), 1e-5)


def test_one_goes_to_zones_but_not_to_the_rest(doubs: Drawable) -> None:
    assert [zone["text"] for zone in outlines.zone_bounds(doubs.territory)] == ["Besançon", "Montbéliard", "Pontarlier"]


def test_a_box_of_one_zone_has_no_borders_and_nowhere_to_go(drawable: Drawable) -> None:
    assert outlines.zone_bounds(drawable.territory) == []
    assert outlines.names(drawable.territory) == []
    assert outlines.commune_borders(drawable.territory)["geometry"]["coordinates"] == ()
