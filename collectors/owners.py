"""Who owns what a source tells of: globs of what it is called there, and what it is called here."""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from pydantic import BaseModel, ConfigDict


class Owner(BaseModel):
    """Whose it is; `name` is what the service is called here."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str | None = None
    feature: str | None = None
    team: str | None = None
    ai_related: bool | None = None


NOBODY = Owner()


def owner_of(owners: Mapping[str, Owner], names: Iterable[str]) -> Owner:
    """The first entry whose glob matches one of the names; of what nothing matches, nothing is known."""
    known = tuple(names)
    return next((owner for glob, owner in owners.items() if matches(glob, known)), NOBODY)


def matches(glob: str, names: Iterable[str]) -> bool:
    """Whether one of the names is as the glob says, whatever its case."""
    return any(fnmatchcase(name.casefold(), glob.casefold()) for name in names)
