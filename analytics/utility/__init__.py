"""How good the picture is under the guarantee: the truth of the vault beside what was published.

Everything here belongs to the confidential side: it is computed from the reports themselves.
"""

from analytics.utility.measure import utility
from analytics.utility.ten import surface_ten

__all__ = ["surface_ten", "utility"]
