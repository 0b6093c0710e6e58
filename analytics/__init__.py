"""Vigie's analytics: from an export of reports to a release, and from a release to maps and series."""
