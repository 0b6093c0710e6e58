"""How few cells hold how much, and how steady the first cells are from window to window.

Functions of counts (``lorenz``, ``gini``, ``captured``, ``steadiness``) take plain numbers; ``of_surface``,
``gini_of_surface`` and ``steadiness_of`` read a release by its surface and give estimates. docs/concentration.md has
the methods and what was measured.
"""

from analytics.statistics.concentration.curve import Gini, captured, gini, lorenz
from analytics.statistics.concentration.estimated import gini_of_surface, of_surface, steadiness_of
from analytics.statistics.concentration.windows import WINDOWS, steadiness

__all__ = [
    "WINDOWS",
    "Gini",
    "captured",
    "gini",
    "gini_of_surface",
    "lorenz",
    "of_surface",
    "steadiness",
    "steadiness_of",
]
