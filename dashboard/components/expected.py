"""What is unusual, and what is to be expected, in sentences; where too little is known, how much would be enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dashboard.catalogue import Catalogue


def unusual(alerts: pd.DataFrame, area: str, says: Catalogue) -> str:
    """Say whether the last closed month of an area is more than its earlier years let expect.

    Parameters
    ----------
    alerts
        As from ``alerts.everywhere``.
    area
        Code of the territory or id of a zone.
    """
    row = alerts[alerts["area"] == area].iloc[0]
    if row["reason"] == "not_enough":
        return says.text("alert.not_enough", needed=says.whole(row["needed"]))
    month = says.month(pd.Period(row["month"], freq="M"))
    if row["reason"] == "not_said":
        return says.text("alert.not_said", month=month)
    return says.text(
        "alert.alarm" if row["alarm"] else "alert.calm",
        month=month,
        seen=says.counted("comparison.reports", int(row["observed"])),
        expected=says.decimal(row["expected"], 1),
        upper=says.whole(row["upper"]),
    )


def alarms(alerts: pd.DataFrame, names: Mapping[str, str], says: Catalogue) -> str:
    """Say in one sentence where the last closed month is unusual, and of how many areas it could be judged.

    Parameters
    ----------
    alerts
        As from ``alerts.everywhere``.
    names
        Area -> its name; others are left out.
    """
    known = alerts[alerts["area"].isin(list(names))]
    judged = known[known["reason"] == "judged"]
    month = says.month(pd.Period(str(alerts["month"].iloc[0]), freq="M"))
    if judged.empty:
        return says.text("alert.nowhere_judged", month=month[:1].upper() + month[1:])
    ringing = judged[judged["alarm"].astype(bool)]
    if ringing.empty:
        return says.counted(
            "alert.none_of", len(judged), month=month, areas=says.listed([names[a] for a in judged["area"]])
        )
    told = [
        says.text(
            "alert.one",
            area=names[area],
            seen=says.counted("comparison.reports", int(seen)),
            expected=says.decimal(expected, 1),
        )
        for area, seen, expected in zip(ringing["area"], ringing["observed"], ringing["expected"], strict=True)
    ]
    return says.text("alert.some", month=month, areas=says.listed(told))


def foretold(forecasts: pd.DataFrame, area: str, says: Catalogue) -> str:
    """Say between which counts the next months of an area will probably lie.

    Parameters
    ----------
    forecasts
        As from ``forecasts.everywhere``.
    area
        Code of the territory or id of a zone.
    """
    rows = forecasts[forecasts["area"] == area].sort_values("ahead")
    first = rows.iloc[0]
    if first["reason"] == "not_enough":
        return says.text("forecast.not_enough", needed=says.whole(first["needed"]))
    told = [
        says.text(
            "forecast.month",
            month=says.month(pd.Period(month, freq="M")),
            low=says.whole(low),
            high=says.whole(high),
        )
        for month, low, high in zip(rows["month"], rows["low_80"], rows["high_80"], strict=True)
    ]
    return says.text("forecast.months", months=says.listed(told))
