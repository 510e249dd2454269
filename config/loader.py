"""Reads the reference files beside burnline.toml: features, attribution rules, budgets, prices, annotations."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from config.settings import SettingsError, explain, read_toml
from domain.attribution import OPEN_FROM, OPEN_TO, Rule
from domain.price import TOKEN_UNITS

FILES = ("features.toml", "attribution.toml", "budgets.csv", "prices.toml", "annotations.csv")
TIERS = ("critical", "standard", "internal")
SCOPES = ("organization", "team", "feature", "provider")
MATCHABLE = {
    "provider": "provider",
    "account": "account_id",
    "project": "project_id",
    "api_key": "api_key_id",
    "user": "user_id",
    "model": "model",
    "service": "service",
}
"""Key in attribution.toml → dimension of a row."""


def as_utc(moment: datetime) -> datetime:
    """A time without a zone is UTC, as everywhere in the config files. Raises ValueError for what UTC has not."""
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError("lies outside the years 1 to 9999 in UTC") from None


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FeatureEntry(_Entry):
    """`[[feature]]` of features.toml."""

    key: str
    name: str
    team: str
    tier: str = "standard"
    owner: str = ""
    status: str = "live"


class BudgetEntry(_Entry):
    """One line of budgets.csv; `period_start` is the first day of the month."""

    scope_type: str
    scope: str
    period: str
    period_start: date = Field(ge=date(2000, 1, 1), lt=date(2900, 1, 1))
    amount: Decimal = Field(ge=0, max_digits=26)
    currency: str = Field(pattern=r"^[A-Z][A-Z0-9_]{2,19}$")

    @property
    def period_end(self) -> date:
        """The first day after the period."""
        return (self.period_start.replace(day=1) + timedelta(days=32)).replace(day=1)


class PriceEntry(_Entry):
    """`[[price]]` of prices.toml: USD per million units; a negotiated price wins over the published one."""

    provider: str
    model: str
    service_tier: str = "standard"
    unit: str
    price_per_million: Decimal = Field(ge=0, max_digits=26)
    valid_from: date = OPEN_FROM
    valid_to: date = OPEN_TO


class AnnotationEntry(_Entry):
    """One line of annotations.csv."""

    occurred_at: Annotated[datetime, AfterValidator(as_utc)]
    kind: str
    title: str
    feature: str = ""


class _RuleEntry(_Entry):
    name: str
    provider: str | None = None
    account: str | None = None
    project: str | None = None
    api_key: str | None = None
    user: str | None = None
    model: str | None = None
    service: str | None = None
    tags: dict[str, str] = {}
    feature: str
    environment: str | None = None
    cost_center: str | None = None
    valid_from: date = OPEN_FROM
    valid_to: date = OPEN_TO


@dataclass(frozen=True, slots=True)
class Reference:
    """Everything the operator declares about the organisation.

    `declared` names the files that are there: an absent file says nothing, an empty one says "none".
    """

    features: tuple[FeatureEntry, ...] = ()
    rules: tuple[Rule, ...] = ()
    budgets: tuple[BudgetEntry, ...] = ()
    prices: tuple[PriceEntry, ...] = ()
    annotations: tuple[AnnotationEntry, ...] = ()
    declared: frozenset[str] = frozenset()


def load_reference(folder: Path) -> Reference:
    """Reads what is there of the five files. Raises SettingsError that names file, entry and fix."""
    features = tuple(_toml_entries(folder / "features.toml", "feature", FeatureEntry))
    _refuse_repeats(folder / "features.toml", "key", [f.key for f in features])
    for entry in features:
        if entry.tier not in TIERS:
            raise SettingsError(f"features.toml: {entry.key} has the tier {entry.tier!r}; use {', '.join(TIERS)}")
    rules = tuple(_rule(entry) for entry in _toml_entries(folder / "attribution.toml", "rule", _RuleEntry))
    known = {f.key for f in features}
    for rule in rules:
        if rule.feature not in known:
            raise SettingsError(
                f"attribution.toml: the rule {rule.name!r} names the feature {rule.feature!r}, "
                "which features.toml does not declare"
            )
    budgets = tuple(_csv_entries(folder / "budgets.csv", BudgetEntry))
    for line in budgets:
        if line.scope_type not in SCOPES:
            raise SettingsError(f"budgets.csv: scope_type {line.scope_type!r} is unknown; use {', '.join(SCOPES)}")
        _check_scope(line, {f.key for f in features}, {f.team for f in features})
        if line.period != "month" or line.period_start.day != 1:
            raise SettingsError(
                f"budgets.csv: {line.scope or 'organization'} {line.period_start}: "
                "write period month and the first day of it"
            )
    _refuse_repeats(
        folder / "budgets.csv",
        "budget",
        [f"{b.scope_type} {b.scope} {b.period_start:%Y-%m} {b.currency}".replace("  ", " ") for b in budgets],
    )
    prices = tuple(_toml_entries(folder / "prices.toml", "price", PriceEntry))
    for price in prices:
        if price.unit not in TOKEN_UNITS:
            raise SettingsError(
                f"prices.toml: {price.model} has a price for the unknown unit {price.unit!r}; "
                f"use {', '.join(TOKEN_UNITS)}"
            )
        if price.valid_to <= price.valid_from:
            raise SettingsError(f"prices.toml: the price of {price.model} {price.unit} ends before it begins")
    return Reference(
        features=features,
        rules=rules,
        budgets=budgets,
        prices=prices,
        annotations=tuple(_csv_entries(folder / "annotations.csv", AnnotationEntry)),
        declared=frozenset(name for name in FILES if (folder / name).exists()),
    )


def _check_scope(line: BudgetEntry, features: set[str], teams: set[str]) -> None:
    """A budget of something that no cost can belong to would look untouched for ever."""
    if line.scope_type == "organization" and line.scope:
        raise SettingsError(f"budgets.csv: leave the scope of an organization empty instead of {line.scope!r}")
    known = {"feature": features, "team": teams}.get(line.scope_type)
    if known is not None and line.scope not in known:
        raise SettingsError(
            f"budgets.csv: the {line.scope_type} {line.scope!r} is not in features.toml; "
            f"declare it there, or use one of {', '.join(sorted(known)) or 'none so far'}"
        )


def _rule(entry: _RuleEntry) -> Rule:
    match = {dimension: getattr(entry, key) for key, dimension in MATCHABLE.items() if getattr(entry, key) is not None}
    if not match and not entry.tags:
        raise SettingsError(
            f"attribution.toml: the rule {entry.name!r} matches nothing in particular; "
            f"name at least one of {', '.join(MATCHABLE)}, tags"
        )
    if entry.valid_to <= entry.valid_from:
        raise SettingsError(f"attribution.toml: the rule {entry.name!r} ends before it begins")
    return Rule(
        name=entry.name,
        match=match,
        tags=entry.tags,
        feature=entry.feature,
        environment=entry.environment,
        cost_center=entry.cost_center,
        valid_from=entry.valid_from,
        valid_to=entry.valid_to,
    )


def _toml_entries(path: Path, key: str, model: type[Any]) -> Iterator[Any]:
    if not path.exists():
        return
    content = read_toml(path)
    unknown = content.keys() - {key}
    if unknown:
        raise SettingsError(f"{path}: unknown key {min(unknown)!r}; this file holds [[{key}]] tables only")
    entries = content.get(key, [])
    if not isinstance(entries, list):
        raise SettingsError(f"{path}: write [[{key}]] with two brackets, one table for each")
    for number, entry in enumerate(entries, start=1):
        try:
            yield model.model_validate(entry)
        except ValidationError as error:
            raise SettingsError(f"{path}: [[{key}]] number {number}: {explain(error)}") from None


def _csv_entries(path: Path, model: type[Any]) -> Iterator[Any]:
    if not path.exists():
        return
    for number, line in _csv_lines(path):
        if None in line:
            raise SettingsError(f"{path}: line {number} has more fields than the first line names")
        try:
            yield model.model_validate({name: value for name, value in line.items() if value is not None})
        except ValidationError as error:
            raise SettingsError(f"{path}: line {number}: {explain(error)}") from None


def _csv_lines(path: Path) -> list[tuple[int, dict[Any, Any]]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, strict=True)
            return [(reader.line_num, line) for line in reader]
    except (csv.Error, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not a CSV file in UTF-8: {error}") from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from None


def _refuse_repeats(path: Path, what: str, keys: list[str]) -> None:
    repeated = sorted({key for key in keys if keys.count(key) > 1})
    if repeated:
        raise SettingsError(f"{path}: the {what} {repeated[0]!r} stands twice; keep one")
