"""From what a system says of its deployments to rows of releases: of which kind, whose, for which specification."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from pydantic import Field

from collectors.base import Api
from collectors.owners import Owner, matches
from collectors.tracker_settings import Pattern, TrackerSettings
from domain.window import Window
from store.tables import Release

Kind = Literal["feature", "prompt", "model", "code"]

MARGIN = timedelta(days=7)
"""What is older is not taken back but replaced; so much is read before a window to find what its first take back."""

RELEASED, FAILED, PENDING = "released", "failed", "pending"


class ReleaseSettings(TrackerSettings):
    """`kinds`: a glob of repository, environment or ref → what is released there; code where none matches.

    `version` is what names it: the commit, or the ref (a tag). `spec_pattern` finds the specification in the ref, else
    in the description, `revert_pattern` and `fix_pattern` say by the ref which take the release before them back or
    repair it.
    """

    environments: tuple[str, ...] = Field(default=("production",), min_length=1)
    kinds: dict[str, Kind] = Field(default_factory=dict)
    version: Literal["sha", "ref"] = "sha"
    spec_pattern: Pattern = r"[A-Z][A-Z0-9]+-\d+"
    revert_pattern: Pattern | None = None
    fix_pattern: Pattern | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """One attempt, as any system tells of it. `place` is the repository or project; `told` is searched, never kept."""

    key: str
    place: str
    environment: str
    created_at: datetime
    ref: str
    sha: str
    told: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """What globs are matched with."""
        return self.place, self.environment, self.ref


@dataclass(frozen=True, slots=True)
class Result:
    """How a deployment went."""

    status: str
    released_at: datetime | None = None
    url: str | None = None


def release_rows(
    api: Api, window: Window, newest_first: Sequence[Deployment], result_of: Callable[[Deployment], Result]
) -> Iterator[Release]:
    """The releases in the window. `newest_first` are those of one place and environment and reach back by MARGIN."""
    settings: ReleaseSettings = api.settings
    owners = [settings.owner_of(one.names) for one in newest_first]
    for place, one in enumerate(newest_first):
        if not window.start <= one.created_at < window.end:
            continue
        earlier = zip(newest_first[place + 1 :], owners[place + 1 :], strict=True)
        same = [other for other, owner in earlier if owner == owners[place]]
        yield _release(api, one, owners[place], result_of(one), same, result_of)


def _release(
    api: Api,
    one: Deployment,
    owner: Owner,
    result: Result,
    earlier: Sequence[Deployment],
    result_of: Callable[[Deployment], Result],
) -> Release:
    settings: ReleaseSettings = api.settings

    def before(pattern: str | None) -> str | None:
        """What was released before, when the ref is as the pattern says."""
        if pattern is None or not re.search(pattern, one.ref):
            return None
        near = (other for other in earlier if one.created_at - other.created_at <= MARGIN)
        return next((other.key for other in near if result_of(other).released_at is not None), None)

    return Release(
        source=api.name,
        release_id=one.key,
        created_at=one.created_at,
        kind=next((kind for glob, kind in settings.kinds.items() if matches(glob, one.names)), "code"),
        status=result.status,
        environment=one.environment,
        version=one.sha if settings.version == "sha" else one.ref,
        feature=owner.feature,
        team=owner.team,
        service=owner.name or one.place,
        released_at=result.released_at,
        spec_id=_found(settings.spec_pattern, one.ref, one.told),
        reverts=before(settings.revert_pattern),
        fixes=before(settings.fix_pattern),
        url=result.url,
    )


def _found(pattern: str, *texts: str) -> str | None:
    """The first match; its first group where the pattern has one."""
    hits = (re.search(pattern, text) for text in texts)
    return next(((hit[1] if hit.re.groups else hit[0]) for hit in hits if hit), None)
