"""A release as files for a GIS and a spreadsheet: GeoPackage, GeoParquet, CSV.

What is exported is what was published, and estimates made of it: nothing here can betray more than the release does.
Every file carries its sources, vintage, audience, threshold, whether its reports are made up, and its caveats.
docs/export.md says how to open them.
"""

from analytics.exports.about import About, about
from analytics.exports.errors import ExportError
from analytics.exports.facts import Filter, chosen, described, zones_met
from analytics.exports.files import ENDINGS, content, write
from analytics.exports.gathering import gather
from analytics.exports.layers import LAYERS, Run, of_facts, of_surface, of_zones

__all__ = [
    "ENDINGS",
    "LAYERS",
    "About",
    "ExportError",
    "Filter",
    "Run",
    "about",
    "chosen",
    "content",
    "described",
    "gather",
    "of_facts",
    "of_surface",
    "of_zones",
    "write",
    "zones_met",
]
