"""What the company specified, released, got wrong and had to prove, from 14 months before its anchor on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from hashlib import sha1
from random import Random

from sandbox.catalog import FEATURES, PRODUCTION, Feature

HISTORY_DAYS = 425
"""A month is compared with the same one a year before, and its specifications are older still."""
AHEAD_DAYS = 30
"""What a demo that is kept for a month goes on to see."""

FEATURE_REPOSITORY, PROMPT_REPOSITORY, MODEL_REPOSITORY = (
    "larkfield/assistants",
    "larkfield/prompts",
    "larkfield/models",
)
KIND_OF = {FEATURE_REPOSITORY: "feature", PROMPT_REPOSITORY: "prompt", MODEL_REPOSITORY: "model"}
REPOSITORIES = tuple(KIND_OF)
ENVIRONMENT = PRODUCTION

SPEC_PROJECT = "LARK"

_REPOSITORY_SHARES = ((0.6, FEATURE_REPOSITORY), (0.85, PROMPT_REPOSITORY), (1.0, MODEL_REPOSITORY))
_DAYS_BETWEEN = {"critical": 45, "standard": 55, "internal": 75}
_LEAD_DAYS = 24.0
_FASTER_IN_A_YEAR = 0.28
_UNAPPROVED, _FAILED, _REVERTED, _FIXED, _UNSPECIFIED = 0.05, 0.08, 0.06, 0.06, 0.10
"""Shares of the specifications that nobody approved, and of releases that failed first, went wrong or have no spec."""
_FIRST_DEPLOYMENT = 910_000_001


@dataclass(frozen=True)
class CompanySpec:
    """One specification. No `approved_at`: work began without."""

    key: str
    feature: str
    created_at: datetime
    approved_at: datetime | None
    started_at: datetime
    done_at: datetime


@dataclass(frozen=True)
class CompanyRelease:
    """One deployment to production; `spec`, `reverts` and `fixes` are named by their keys and numbers."""

    number: int
    repository: str
    feature: str
    ref: str
    sha: str
    created_at: datetime
    finished_at: datetime
    succeeds: bool = True
    spec: str | None = None
    reverts: int | None = None
    fixes: int | None = None

    @property
    def key(self) -> str:
        """What it is called outside of its repository."""
        return f"{self.repository}#{self.number}"

    def status_at(self, now: datetime) -> str:
        """released, failed or pending, as known at `now`."""
        if self.finished_at > now:
            return "pending"
        return "released" if self.succeeds else "failed"


@dataclass(frozen=True)
class Delivery:
    """Everything up to AHEAD_DAYS after the anchor, oldest first; what is later than now nobody tells."""

    specs: tuple[CompanySpec, ...]
    releases: tuple[CompanyRelease, ...]


@cache
def company_delivery(seed: int, anchor: date) -> Delivery:
    """The same for the same seed and anchor."""
    begun = [one for feature in FEATURES for one in _begun(seed, feature, anchor)]
    specs = [spec for spec, _ in begun]
    order = sorted(range(len(specs)), key=lambda place: specs[place].created_at)
    renamed = {specs[place].key: f"{SPEC_PROJECT}-{number}" for number, place in enumerate(order, 101)}
    releases = sorted((one for _, found in begun for one in found), key=lambda one: one.created_at)
    numbers = {one.number: number for number, one in enumerate(releases, _FIRST_DEPLOYMENT)}
    return Delivery(
        specs=tuple(replace(specs[place], key=renamed[specs[place].key]) for place in order),
        releases=tuple(_named(one, renamed, numbers) for one in releases),
    )


def _named(one: CompanyRelease, specs: dict[str, str], numbers: dict[int, int]) -> CompanyRelease:
    spec = specs[one.spec] if one.spec else None
    return replace(
        one,
        number=numbers[one.number],
        ref=f"{one.ref}/{spec}" if spec else f"{one.ref}/weekly",
        spec=spec,
        reverts=numbers[one.reverts] if one.reverts else None,
        fixes=numbers[one.fixes] if one.fixes else None,
    )


def _begun(seed: int, feature: Feature, anchor: date) -> list[tuple[CompanySpec, list[CompanyRelease]]]:
    """The specifications of one feature and what was released for each."""
    random = Random(f"{seed}/delivery/{feature.key}")
    maker = _Releases(random, feature.key)
    begin = datetime.combine(anchor, time(), UTC) - timedelta(days=HISTORY_DAYS)
    between = _DAYS_BETWEEN[feature.tier]
    day = random.random() * between
    found: list[tuple[CompanySpec, list[CompanyRelease]]] = []
    while day < HISTORY_DAYS + AHEAD_DAYS:
        created_at = begin + timedelta(days=int(day), hours=8 + random.random() * 9)
        spec = _spec(random, feature.key, len(found), created_at, day / HISTORY_DAYS)
        found.append((spec, maker.of(spec)))
        day += between * (0.6 + 0.8 * random.random())
    return found


def _spec(random: Random, feature: str, place: int, created_at: datetime, age: float) -> CompanySpec:
    approved_at = created_at + timedelta(days=2 + random.random() * 7)
    lead = timedelta(days=_LEAD_DAYS * (1 - _FASTER_IN_A_YEAR * age) * (0.6 + 0.9 * random.random()))
    return CompanySpec(
        key=f"{feature}/{place}",
        feature=feature,
        created_at=_whole(created_at),
        approved_at=None if random.random() < _UNAPPROVED else _whole(approved_at),
        started_at=_whole(approved_at + lead * 0.2),
        done_at=_whole(approved_at + lead),
    )


class _Releases:
    """Makes the releases of one feature; remembers what was there before, to go back to."""

    def __init__(self, random: Random, feature: str) -> None:
        self._random = random
        self._feature = feature
        self._count = 0
        self._before: dict[str, str] = {}

    def of(self, spec: CompanySpec) -> list[CompanyRelease]:
        """Those for one specification, with what went wrong and how it was put right."""
        draw = self._random.random()
        repository = next(name for share, name in _REPOSITORY_SHARES if draw <= share)
        earlier, fate = self._before.get(repository), self._random.random()
        found: list[CompanyRelease] = []
        if fate < _FAILED:
            found.append(self._one(repository, "feature", spec.done_at - timedelta(hours=5), spec, succeeds=False))
        released = self._one(repository, "feature", spec.done_at - timedelta(minutes=20), spec, spec.done_at)
        found.append(released)
        soon = spec.done_at + timedelta(days=1 + 4 * self._random.random())
        if _FAILED <= fate < _FAILED + _REVERTED and earlier:
            found.append(replace(self._one(repository, "revert", soon, spec), sha=earlier, reverts=released.number))
            return found
        self._before[repository] = released.sha
        if _FAILED + _REVERTED <= fate < _FAILED + _REVERTED + _FIXED:
            found.append(replace(self._one(repository, "hotfix", soon, spec), fixes=released.number))
        elif fate > 1 - _UNSPECIFIED:
            found.append(self._one(PROMPT_REPOSITORY, "tune", soon, None))
        return found

    def _one(
        self,
        repository: str,
        what: str,
        created_at: datetime,
        spec: CompanySpec | None,
        finished_at: datetime | None = None,
        *,
        succeeds: bool = True,
    ) -> CompanyRelease:
        self._count += 1
        name = f"{self._feature}/{self._count}"
        return CompanyRelease(
            number=int(sha1(name.encode(), usedforsecurity=False).hexdigest()[:12], 16),
            repository=repository,
            feature=self._feature,
            ref=f"{what}/{self._feature}",
            sha=sha1(f"{repository}/{name}".encode(), usedforsecurity=False).hexdigest(),
            created_at=_whole(created_at),
            finished_at=finished_at or _whole(created_at + timedelta(minutes=4 + 30 * self._random.random())),
            succeeds=succeeds,
            spec=spec.key if spec else None,
        )


def _whole(moment: datetime) -> datetime:
    """Vendors tell whole seconds."""
    return moment.replace(microsecond=0)
