"""Text from elsewhere inside Markdown."""

import re

from domain.wording import TURNS

_MARKUP = frozenset("\\`*_[]$:<>~#|&")
_BLOCK = re.compile(r"^(\d*)([-+=.)])")
"""What begins a list, a rule or a heading where it begins a line."""
_ICON = re.compile(r":(?=material/|streamlit:)")
_NO_ICON = ":\u2060"
"""Streamlit draws icons also from escaped text; a sign of no width keeps the words."""


def plain(text: str) -> str:
    """The text as it is: what Markdown would read as markup, a formula or an icon is escaped; lines stay lines."""
    first, *others = _ICON.sub(_NO_ICON, text.translate(TURNS)).splitlines() or [""]
    return "  \n".join([_escaped(first), *(_BLOCK.sub(r"\1\\\2", _escaped(line.strip())) for line in others)])


def _escaped(line: str) -> str:
    return "".join(f"\\{sign}" if sign in _MARKUP else sign for sign in line)
