"""Where a basemap's tiles come from, if any: the one other machine that a page may show pictures of."""

from typing import Final
from urllib.parse import urlsplit

TILES: Final = "VIGIE_TILES"


def origin(template: str | None) -> str | None:
    """Give scheme, host and port of a tile address such as ``https://tiles.example.fr/{z}/{x}/{y}.png``.

    Returns
    -------
    str or None
        None where there is no template, or one of this very server (without a host).

    Raises
    ------
    ValueError
        It is no address that a browser could ask for a picture.
    """
    if not template or template.startswith("/"):
        return None
    parts = urlsplit(template)
    host = parts.netloc.rpartition("@")[2]
    if parts.scheme not in {"http", "https"} or not host or any(sign in host for sign in " ;,'\"{}*"):
        raise ValueError(f"The tile address must begin with https:// and name a host without placeholders: {TILES}.")
    return f"{parts.scheme}://{host}"
