"""Who owns a charge: ordered rules over the dimensions of a bill or usage row. Pure."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from fnmatch import fnmatchcase
from functools import cache
from hashlib import md5
from itertools import pairwise

OPEN_FROM = date(1970, 1, 1)
"""`valid_from` of a rule without one: before any bill of an AI system."""
OPEN_TO = date(2999, 1, 1)
"""`valid_to` of a rule without one."""

NO_ACCOUNT = "default"
"""The account of a request log that names none."""


@dataclass(frozen=True, slots=True)
class Dimensions:
    """What a row says of its origin; None where the source does not say. `tags` is canonical JSON text."""

    provider: str | None = None
    account_id: str | None = None
    project_id: str | None = None
    api_key_id: str | None = None
    user_id: str | None = None
    model: str | None = None
    service: str | None = None
    tags: str | None = None

    def key(self) -> str:
        """32 hex digits that name this combination, alike in Python and in SQL (`md5` over `|`-joined text)."""
        joined = "|".join(getattr(self, field.name) or "" for field in fields(self))
        return md5(joined.encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class Rule:
    """The first rule that matches owns the row. `match` maps a dimension to a glob (case-sensitive).

    `team` is named only where it is another than the feature's. `split_by` names a request log whose features share
    what the rule owns; `feature` keeps what that log did not see.
    """

    name: str
    match: dict[str, str]
    tags: dict[str, str]
    feature: str
    environment: str | None = None
    cost_center: str | None = None
    valid_from: date = OPEN_FROM
    valid_to: date = OPEN_TO
    team: str | None = None
    split_by: str | None = None

    def matches(self, dimensions: Dimensions, tags: dict[str, str]) -> bool:
        """True when every named dimension and every named tag fits its glob; dates are not looked at."""
        return all(_fits(getattr(dimensions, name) or "", glob) for name, glob in self.match.items()) and all(
            name in tags and _fits(tags[name], glob) for name, glob in self.tags.items()
        )


@cache
def is_plain(glob: str) -> bool:
    """True when the glob matches nothing but itself."""
    return not any(sign in glob for sign in "*?[")


def _fits(value: str, glob: str) -> bool:
    """fnmatch keeps 256 patterns; a company has more rules, and most name one project."""
    return value == glob if is_plain(glob) else fnmatchcase(value, glob)


@dataclass(frozen=True, slots=True)
class Ownership:
    """Who owns a key during `[valid_from, valid_to)`; `rule` is None where nobody does."""

    valid_from: date
    valid_to: date
    rule: Rule | None


def ownership(rules: Sequence[Rule], dimensions: Dimensions, tags: dict[str, str]) -> list[Ownership]:
    """Consecutive spans that cover all time without gap or overlap, each with the first rule valid then."""
    matching = [rule for rule in rules if rule.matches(dimensions, tags)]
    cuts = sorted({OPEN_FROM, OPEN_TO, *(_clamp(cut) for r in matching for cut in (r.valid_from, r.valid_to))})
    spans = [
        Ownership(start, end, next((r for r in matching if r.valid_from <= start < r.valid_to), None))
        for start, end in pairwise(cuts)
    ]
    return list(_merged(spans))


def tags_of(text: str | None) -> dict[str, str]:
    """Tags as rules see them: a value that is no text as JSON spells it. Text that is no object has none."""
    try:
        content = json.loads(text) if text else {}
    except ValueError:
        return {}
    if not isinstance(content, dict):
        return {}
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in content.items()}


def _clamp(moment: date) -> date:
    return min(max(moment, OPEN_FROM), OPEN_TO)


def _merged(spans: Sequence[Ownership]) -> Iterator[Ownership]:
    pending: Ownership | None = None
    for span in spans:
        if pending and pending.rule is span.rule:
            pending = Ownership(pending.valid_from, span.valid_to, span.rule)
            continue
        if pending:
            yield pending
        pending = span
    if pending:
        yield pending
