"""Text from elsewhere inside Markdown."""

_MARKUP = frozenset("\\`*_[]$:<>~#|")


def plain(text: str) -> str:
    """The text as it is: what Markdown would read as markup, a formula or an icon is escaped."""
    return "".join(f"\\{sign}" if sign in _MARKUP else sign for sign in text)
