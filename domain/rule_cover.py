"""Whether an attribution rule leaves anything to a later one. Pure."""

from fnmatch import fnmatchcase

from domain.attribution import Rule

EVERYTHING = "*"


def covers(earlier: Rule, later: Rule) -> bool:
    """True when every row that `later` matches is `earlier`'s already. May miss globs with ? or [ that do cover."""
    return (
        earlier.valid_from <= later.valid_from
        and earlier.valid_to >= later.valid_to
        and all(_takes(glob, later.match.get(name, EVERYTHING)) for name, glob in earlier.match.items())
        and all(name in later.tags and _takes(glob, later.tags[name]) for name, glob in earlier.tags.items())
    )


def _takes(wide: str, narrow: str) -> bool:
    """True when each text that fits `narrow` fits `wide`.

    A * of the wide glob may stand for the signs of the narrow one; its ? and [ may not.
    """
    if wide == narrow:
        return True
    only_stars = "?" not in wide and "[" not in wide
    plain = not any(sign in narrow for sign in "*?[")
    return (plain or only_stars) and fnmatchcase(narrow, wide)
