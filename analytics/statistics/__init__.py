"""Statistics of a release, one method family a module; nothing here has ever seen the vault."""

from __future__ import annotations


class StatisticsError(ValueError):
    """The question cannot be answered from what was given; the message is one sentence that says what to do."""
