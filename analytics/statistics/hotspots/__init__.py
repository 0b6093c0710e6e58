"""Hotspots: where more lies than chance would put there, over all the windows that were tried."""

from analytics.statistics.hotspots.clusters import Cluster
from analytics.statistics.hotspots.kulldorff import space_time_scan, spatial_scan
from analytics.statistics.hotspots.scanning import scan
from analytics.statistics.hotspots.states import STATES, states

__all__ = ["STATES", "Cluster", "scan", "space_time_scan", "spatial_scan", "states"]
