"""The facts as the pages ask for them: described and chosen as an export does, so that both give the same rows."""

from analytics.exports.facts import Filter, about, chosen, density, described, is_square, zones_met

__all__ = ["Filter", "about", "chosen", "density", "described", "is_square", "zones_met"]
