"""Large organisations as their operators would declare them: teams, features, a rule per project, budgets."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from domain.attribution import Dimensions

TODAY = date(2026, 11, 20)
"""The company's clock stands still, so that a store built once stays fresh."""
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAYS = 400
FIRST_DAY = TODAY - timedelta(days=DAYS)

TEAMS = 20
BUDGETED_FEATURES = 20
API_KEYS = ("prod-a", "prod-b", "dev")
COSTS, USAGE = "costs", "usage"


@dataclass(frozen=True, slots=True)
class Company:
    """How large one is: its features, and the rows of its usage and its bills."""

    name: str
    features: int
    usage_rows: int
    charge_rows: int

    @property
    def owned_features(self) -> int:
        """The projects of the others, one in twenty, have no rule: nobody owns them."""
        return self.features * 19 // 20


SMALL = Company("small", 20, 500_000, 100_000)
BIG = Company("big", 200, 5_000_000, 2_000_000)
HUGE = Company("huge", 2_000, 20_000_000, 5_000_000)


@dataclass(frozen=True, slots=True)
class Provider:
    """`shares`: which of ten features use it."""

    name: str
    account: str
    currency: str
    models: int
    shares: range

    @property
    def sources(self) -> tuple[str, str]:
        """The source of its bill and the one of its usage."""
        return f"{self.name}_costs", f"{self.name}_usage"


PROVIDERS = (
    Provider("openai", "org-bench", "USD", 20, range(6)),
    Provider("anthropic", "bench", "USD", 14, range(6, 9)),
    Provider("microsoft", "ea-1001", "EUR", 6, range(9, 10)),
)


@dataclass(frozen=True, slots=True)
class Key:
    """One combination that is billed or used, as an attribution key names it."""

    fact: str
    feature: int
    provider: Provider
    dimensions: Dimensions


def keys(company: Company) -> Iterator[Key]:
    """Six keys of usage (api key × model) and two of the bill (project × model) for each feature."""
    for number in range(company.features):
        provider = next(p for p in PROVIDERS if number % 10 in p.shares)
        models = [f"{provider.name}-model-{(number * 7 + step) % provider.models:02d}" for step in (0, 3)]
        prod, dev = f"proj-{number:03d}-prod", f"proj-{number:03d}-dev"
        for api_key in API_KEYS:
            for model in models:
                project = dev if api_key == "dev" else prod
                named = Dimensions(
                    provider.name, provider.account, project, f"key-{number:03d}-{api_key}", None, model, "completions"
                )
                yield Key(USAGE, number, provider, named)
        for model, project in ((models[0], prod), (models[1], dev)):
            named = Dimensions(provider.name, provider.account, project, None, None, model, "Chat API", '{"env":"x"}')
            yield Key(COSTS, number, provider, named)


def write_config(folder: Path, company: Company) -> None:
    """burnline.toml without any source, and the reference files."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "burnline.toml").write_text('[organization]\nname = "Big company"\n')
    (folder / "features.toml").write_text("\n".join(_features(company)))
    (folder / "attribution.toml").write_text("\n".join(_rules(company)))
    budgets = ("scope_type", "scope", "period", "period_start", "amount", "currency")
    _write_csv(folder / "budgets.csv", budgets, _budgets())
    _write_csv(folder / "annotations.csv", ("occurred_at", "kind", "title", "feature"), _annotations(company))


def _features(company: Company) -> Iterator[str]:
    for number in range(company.features):
        tier = ("critical", "standard", "internal")[number % 3]
        yield f'[[feature]]\nkey = "feature-{number:03d}"\nname = "Feature {number:03d}"'
        yield f'team = "Team {number % TEAMS:02d}"\ntier = "{tier}"\nowner = "owner-{number % 50}"\n'


def _rules(company: Company) -> Iterator[str]:
    for number in range(company.owned_features):
        for environment in ("prod", "dev"):
            yield f'[[rule]]\nname = "feature {number:03d} {environment}"\nproject = "proj-{number:03d}-{environment}"'
            yield f'feature = "feature-{number:03d}"\nenvironment = "{environment}"\n'


def _budgets() -> Iterator[tuple[str, ...]]:
    scopes = [("organization", "", 120_000)]
    scopes += [("team", f"Team {number:02d}", 6_000) for number in range(TEAMS)]
    scopes += [("provider", provider.name, 80_000) for provider in PROVIDERS]
    scopes += [("feature", f"feature-{number:03d}", 750) for number in range(BUDGETED_FEATURES)]
    for month in _months():
        for kind, scope, amount in scopes:
            yield kind, scope, "month", month.isoformat(), str(amount), "USD"


def _months() -> Iterator[date]:
    month = FIRST_DAY.replace(day=1)
    while month <= TODAY:
        yield month
        month = (month + timedelta(days=32)).replace(day=1)


def _annotations(company: Company) -> Iterator[tuple[str, ...]]:
    for number in range(0, DAYS, 4):
        at = datetime.combine(FIRST_DAY + timedelta(days=number), datetime.min.time(), UTC)
        kind = ("launch", "price_change", "incident", "note")[number // 4 % 4]
        yield at.isoformat(), kind, f"Event {number}", f"feature-{number % company.features:03d}" if number % 3 else ""


def _write_csv(path: Path, head: tuple[str, ...], lines: Iterable[tuple[str, ...]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head, *lines])
