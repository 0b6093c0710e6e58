"""What has to be said beside a campaign's figures: names that a page translates."""

from __future__ import annotations

from typing import Final

NOT_OFFENCES: Final = "reports_are_not_offences"
"""Reports measure the will to report as well as the trafficking."""
NOT_QUIET: Final = "few_reports_are_not_a_quiet_place"
"""Who fears or distrusts does not report."""
CALLED: Final = "a_call_to_report_raises_reports"
"""The campaign itself asked for reports: a rise may be its success."""
SEEN: Final = "presence_may_raise_reports"
"""Officers who are seen are spoken to: reports can rise while trafficking falls."""
ALONE: Final = "no_comparison"
"""Nothing to compare with: whatever moved everywhere is taken for the campaign's."""
SEASON: Final = "other_season"
"""Before and after lie in other months of the year, and nothing is there to compare with."""
SAME_NUMBER: Final = "displacement_supposes_the_same_number"
"""The displacement difference supposes that both areas would have moved by the same number of reports."""
AROUND_ALONE: Final = "around_without_comparison"
"""The areas around have no comparison of their own: what moved there everywhere is taken for displacement."""
LOCATED: Final = "cells_without_unlocated"
"""Cells hold no reports of which only the commune is known; zones do."""
GOES_ON: Final = "campaign_goes_on"
"""The campaign had not ended in the months after."""
CAUSE: Final = "share_is_no_cause"
"""A share that triage keeps moves with what is reported and with how strictly triage sorts."""
OVERLAP: Final = "placebo_dates_of_long_periods_overlap"
"""With long periods the placebo dates are few stretches seen again and again: their p is too small (8 % for 5 %)."""

ALL: Final = (
    NOT_OFFENCES,
    NOT_QUIET,
    CALLED,
    SEEN,
    ALONE,
    SEASON,
    SAME_NUMBER,
    AROUND_ALONE,
    LOCATED,
    GOES_ON,
    CAUSE,
    OVERLAP,
)
"""Every name, so that a page can see that it has words for each."""
