"""Finds the sources below `collectors/sources`."""

from collectors.base import AnySource, FileSource, Source
from domain.discovery import discover


def sources() -> dict[str, AnySource]:
    """Every source by name. Raises TypeError, ValueError or ImportError for one that cannot be used."""
    import collectors.sources as package

    return discover(package, "SOURCE", (Source, FileSource))
