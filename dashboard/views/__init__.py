"""The pages, one a file, as ``app.py`` names them.

The folder is not called ``pages``: beside the entry script that name switches Streamlit to its older kind of pages, and
the first visit after a start that goes straight to a page's address is told "Page not found".
"""
