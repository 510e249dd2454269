"""Which Burnline this is."""

import tomllib
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).parent.parent / "pyproject.toml"


@cache
def version() -> str:
    """As pyproject.toml says: Burnline runs from a checkout, so no installer has written it down elsewhere."""
    return str(tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["version"])
