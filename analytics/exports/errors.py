"""What an export that cannot be made is refused with."""

from __future__ import annotations

from analytics.release import ReleaseError


class ExportError(ReleaseError):
    """The release cannot be exported like this; the message is a sentence to show, with what to do."""
