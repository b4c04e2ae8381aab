"""French typography seen as a plain keyboard writes it, so that expectations stay readable."""


def plain(text: str) -> str:
    """The text with ordinary spaces in place of no-break ones."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")
