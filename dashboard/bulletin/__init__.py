"""The bulletin: two pages of PDF for the municipal council, and its numbers as a table.

``content`` gathers what it says, ``chart`` draws its series, ``printing`` sets it. Whatever is gathered is plain data,
so that the PDF can be made when its reader asks for it and not before.
"""

from dashboard.bulletin.content import Bulletin, gather
from dashboard.bulletin.printing import pages, pdf

__all__ = ["Bulletin", "gather", "pages", "pdf"]
