"""The registry of campaigns that ``VIGIE_CAMPAIGNS`` names, as far as it speaks of the reader's ground."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd

from analytics.statistics import StatisticsError, campaigns

if TYPE_CHECKING:
    from dashboard.catalogue import Catalogue
    from dashboard.reading import Reading

VARIABLE: Final = "VIGIE_CAMPAIGNS"


def read(opened: Reading) -> tuple[campaigns.Campaign, ...] | None:
    """Return the campaigns of the registry on the reader's ground; None where no registry is named.

    Raises
    ------
    StatisticsError
        The file cannot be used.
    """
    named = os.environ.get(VARIABLE)
    if not named:
        return None
    return tuple(one for one in campaigns.read(Path(named)) if _here(one, opened))


def rows(known: tuple[campaigns.Campaign, ...], opened: Reading, says: Catalogue) -> pd.DataFrame:
    """Make the table of campaigns."""
    head = says.under("column")
    return pd.DataFrame(
        {
            head["campaign"]: [one.name for one in known],
            head["campaign_kind"]: [says.text(f"plan.kind_{one.kind}") for one in known],
            head["campaign_areas"]: [areas_text(one.areas, opened, says) for one in known],
            head["compared_with"]: [areas_text(one.comparison, opened, says) for one in known],
            head["campaign_begins"]: [says.month(pd.Period(one.first, freq="M")) for one in known],
            head["campaign_ends"]: [
                says.text("evaluation.goes_on") if one.last is None else says.month(pd.Period(one.last, freq="M"))
                for one in known
            ],
        }
    )


def areas_text(areas: tuple[str, ...], opened: Reading, says: Catalogue) -> str:
    """Name areas: zones and communes by their names, squares by their ids."""
    communes = opened.territory.communes.set_index("code")["name"].to_dict()
    names = communes | opened.territory.zones["name"].to_dict()
    return says.listed([str(names.get(area, area)) for area in areas]) if areas else "–"


def _here(one: campaigns.Campaign, opened: Reading) -> bool:
    try:
        campaigns.check_areas(one, opened.territory)
    except StatisticsError:
        return False
    return True
