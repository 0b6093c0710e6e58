"""Why a page has nothing to show, said so that somebody can do something about it."""


class Problem(Exception):  # noqa: N818 - it is what a page is about, not a fault of the program
    """Why nothing can be shown; ``kind`` names the page's text, ``said`` fills it."""

    def __init__(self, kind: str, **values: str) -> None:
        super().__init__(kind)
        self.kind = kind
        self.said = values
