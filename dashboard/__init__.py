"""Vigie's dashboard: the pages that show a release, and nothing else than a release."""
