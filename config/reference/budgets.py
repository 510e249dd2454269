"""The budget file: finance's own columns, any scope, a month or a quarter, and every version of each budget."""

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any, get_args

from pydantic import BeforeValidator, Field, model_validator

from config.reference.problem import Problems
from config.reference.reading import Entry, csv_columns, csv_entries, csv_rows
from config.settings import BudgetColumn, Budgets

SCOPES = ("organization", "team", "feature", "provider", "model", "environment")
PERIODS = {"month": 1, "quarter": 3}
"""Words for a period → its months."""
COLUMNS: tuple[BudgetColumn, ...] = get_args(BudgetColumn)
NEEDED: tuple[BudgetColumn, ...] = ("scope_type", "period_start", "amount", "currency")

_MONTH = re.compile(r"(\d{4})-(\d{2})")
_QUARTER = re.compile(r"(\d{4})-?Q([1-4])", re.IGNORECASE)
_THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")


def _word(value: Any) -> Any:
    """Finance writes Team and Month; 'Organisation' is one too."""
    return value.lower().replace("organisation", "organization") if isinstance(value, str) else value


def _plain_number(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if _THOUSANDS.fullmatch(value):
        return value.replace(",", "")
    if not re.fullmatch(r"[-+]?[\d.]+(e[-+]?\d+)?", value, re.IGNORECASE):
        raise ValueError(f"{value!r} is not an amount such as 12500 or 12,500.00")
    return value


def _absent(value: Any) -> Any:
    return None if value == "" else value


class BudgetEntry(Entry):
    """One line of the budget file; `period_start` is the first day of a month or of a calendar quarter.

    In the file it may also be 2026-11 or 2026-Q4; these say the period as well. `version` names a revision.
    """

    scope_type: Annotated[str, BeforeValidator(_word)]
    scope: str = ""
    period: Annotated[str, BeforeValidator(_word)] = "month"
    period_start: date = Field(ge=date(2000, 1, 1), lt=date(2900, 1, 1))
    amount: Annotated[Decimal, BeforeValidator(_plain_number)] = Field(ge=0, max_digits=26)
    currency: str = Field(pattern=r"^[A-Z][A-Z0-9_]{2,19}$")
    version: str = ""
    approved_on: Annotated[date | None, BeforeValidator(_absent)] = None

    @model_validator(mode="before")
    @classmethod
    def _spelled_out(cls, given: Any) -> Any:
        if not isinstance(given, dict) or not isinstance(given.get("period_start"), str):
            return given
        period, start = _period_of(given["period_start"])
        return {**given, "period_start": start, "period": given.get("period") or period}

    @property
    def period_end(self) -> date:
        """The first day after the period."""
        return (self.period_start.replace(day=1) + timedelta(days=31 * PERIODS[self.period] + 1)).replace(day=1)

    @property
    def span(self) -> str:
        """`2026-11` or `2026-Q4`."""
        start = self.period_start
        return f"{start:%Y}-Q{(start.month + 2) // 3}" if self.period == "quarter" else f"{start:%Y-%m}"

    @property
    def what(self) -> str:
        """`team Discovery 2026-11 USD`: what may have one amount only in each version."""
        return " ".join(filter(None, [self.scope_type, self.scope, self.span, self.currency]))


def _period_of(text: str) -> tuple[str, str]:
    """Period and first day of `2026-11`, `2026-Q4` or a date."""
    if quarter := _QUARTER.fullmatch(text):
        return "quarter", f"{quarter[1]}-{3 * int(quarter[2]) - 2:02}-01"
    return "month", f"{text}-01" if _MONTH.fullmatch(text) else text


@dataclass(frozen=True, slots=True)
class Known:
    """What a scope may name; providers and models are whatever the bills say."""

    features: Set[str]
    teams: Set[str]
    environments: Set[str]


def read_budgets(problems: Problems, settings: Budgets, known: Known) -> tuple[BudgetEntry, ...]:
    """Every version of every budget, in the order of the file: of one scope and period the last line counts."""
    columns = {name: settings.columns.get(name, name) for name in COLUMNS}
    if not _has_columns(problems, columns, settings):
        return ()
    rows = ((line, {**_renamed(row, columns), **settings.set}) for line, row in csv_rows(problems))
    budgets: list[BudgetEntry] = []
    lines: dict[tuple[str, str], int] = {}
    for line, budget in csv_entries(BudgetEntry, rows, problems):
        named = (budget.what, budget.version)
        wrong = _wrong(budget, known) or _repeated(budget, lines.get(named))
        if wrong:
            problems.add(line, wrong)
            continue
        lines[named] = line
        budgets.append(budget)
    return tuple(budgets)


def _renamed(row: Mapping[str, str], columns: Mapping[BudgetColumn, str]) -> dict[str, str]:
    return {ours: row[theirs] for ours, theirs in columns.items() if theirs in row}


def _has_columns(problems: Problems, columns: Mapping[BudgetColumn, str], settings: Budgets) -> bool:
    there = csv_columns(problems.path)
    if not problems.path.exists():
        return False
    needed = [name for name in columns if name in settings.columns or (name in NEEDED and name not in settings.set)]
    missing = [columns[name] for name in needed if columns[name] not in there]
    if missing:
        problems.add(
            1,
            f"the column {missing[0]!r} is missing; "
            "name finance's own columns in burnline.toml under [budgets.columns]",
        )
    return not missing


def _wrong(budget: BudgetEntry, known: Known) -> str | None:
    """A budget of something that no cost can belong to would look untouched for ever."""
    if budget.scope_type not in SCOPES:
        return f"scope_type {budget.scope_type!r} is unknown; use {', '.join(SCOPES)}"
    if budget.period not in PERIODS:
        return f"the period {budget.period!r} is unknown; use {' or '.join(PERIODS)}"
    if budget.period_start.day != 1 or (budget.period == "quarter" and budget.period_start.month % 3 != 1):
        return f"a {budget.period} does not begin on {budget.period_start}; write its first day"
    if budget.scope_type == "organization" and budget.scope:
        return f"leave the scope of an organization empty instead of {budget.scope!r}"
    if budget.scope_type != "organization" and not budget.scope:
        return f"the scope is empty; name the {budget.scope_type}"
    declared = {
        "feature": (known.features, "features.toml"),
        "team": (known.teams, "features.toml"),
        "environment": (known.environments, "attribution.toml"),
    }.get(budget.scope_type)
    if declared and budget.scope not in declared[0]:
        choices = ", ".join(sorted(declared[0])) or "none so far"
        return (
            f"the {budget.scope_type} {budget.scope!r} is not in {declared[1]}; "
            f"declare it there, or use one of {choices}"
        )
    return None


def _repeated(budget: BudgetEntry, before: int | None) -> str | None:
    if before is None:
        return None
    version = f" in version {budget.version!r}" if budget.version else ""
    return (
        f"the budget {budget.what!r}{version} stands in line {before} already; "
        "keep one, or name revisions in the column version"
    )
