"""Names for squares, as the pages ask for them: those of the ground."""

from analytics.territory.places import of_areas, of_cells

__all__ = ["of_areas", "of_cells"]
