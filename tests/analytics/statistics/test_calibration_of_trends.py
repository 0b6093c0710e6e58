"""The measurements of trends, alerts and forecasts: they run, say figures, and draw what they say."""

from types import ModuleType

import numpy as np
import pytest

from analytics import release as releases
from calibration import alerts, forecasts, series, trends
from tests.made_up.laddered import K


@pytest.mark.parametrize("family", [trends, alerts, forecasts])
def test_a_family_is_measured(family: ModuleType) -> None:
    section = family.measure(4)
    assert section.figures
    assert np.isfinite(list(section.figures.values())).all()
    assert section.text.count("\n|") >= 8
    assert all(chart.to_dict()["encoding"] for chart in section.charts.values())
    assert family.measure(4).figures == section.figures


def test_drawn_counts_have_the_mean_and_variance_that_were_asked_for() -> None:
    counts = series.drawn(20_000, np.array([6.0]), np.random.default_rng(0), excess=0.5)
    assert counts.mean() == pytest.approx(6, rel=0.02)
    assert counts.var() == pytest.approx(9, rel=0.05)


def test_published_series_come_back_in_order() -> None:
    counts = np.random.default_rng(0).poisson(9, (series.BATCH + 3, 4))
    found = list(series.published(counts))
    assert [len(zones) for _, zones in found] == [series.BATCH, 3]
    release, zones = found[1]
    of_months = release.facts[release.facts["period_level"] == "month"]
    assert set(of_months.loc[of_months["area"] == zones[2], "n"]) <= set(counts[-1])
    large = sum(int((row >= K).sum()) for row in counts)
    said = sum(int((one.facts["period_level"] == "month").sum()) for one, _ in found)
    assert said == pytest.approx((1 - series.WITHHELD) * large, abs=0.1 * large)
    assert all(releases.withholds(one) for one, _ in found)  # as whatever is published
