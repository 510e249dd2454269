"""Budgets as people read them: names, verdicts, one table, one sentence. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from app import format as fmt
from domain.outlook import GRAVEST_FIRST, Outlook, Scope, Verdict
from queries.outlook import Budgets, scope_of

VERDICTS: Mapping[Verdict, str] = {
    "exceeded": "✕ Exceeded",
    "will not hold": "! Will not hold",
    "at risk": "! At risk",
    "on track": "✓ On track",
    "held": "✓ Held",
    "unknown": "– No forecast",
}
"""A sign and a word, for who cannot tell colours apart."""


@dataclass(frozen=True)
class Line:
    """One budget with its outlook; `row` is one of cost/budget_status."""

    row: Mapping[str, Any]
    outlook: Outlook

    @property
    def key(self) -> str:
        """What names it in a link."""
        return key_of(self.row)

    @property
    def scope(self) -> Scope:
        """Kind and name of what is paid for."""
        return scope_of(self.row)

    @property
    def name(self) -> str:
        """What people call it."""
        return name_of(self.row)

    @property
    def kind(self) -> str:
        """The kind of scope as a word."""
        return kind_of(self.row)

    @property
    def span(self) -> str:
        """Its month or quarter."""
        return fmt.span(self.row["period"], self.row["period_start"])

    @property
    def name_in_month(self) -> str:
        """What people call it among the budgets of a month, where one of a quarter says so."""
        return f"{self.name}, {self.span}" if self.row["period"] == "quarter" else self.name

    @property
    def label(self) -> str:
        """Unlike that of every other budget of a month."""
        return label_of(self.row)


def key_of(row: Mapping[str, Any]) -> str:
    """`team:Discovery:month`: one scope's monthly or quarterly budgets."""
    return f"{row['scope_type']}:{row['scope']}:{row['period']}"


def name_of(row: Mapping[str, Any]) -> str:
    """`Organisation`, `OpenAI`, `Shopping guide`."""
    match row["scope_type"]:
        case "organization":
            return "Organisation"
        case "provider":
            return fmt.provider(row["scope"])
        case _:
            return str(row["name"])


def kind_of(row: Mapping[str, Any]) -> str:
    """The kind of scope as a word."""
    return "Organisation" if row["scope_type"] == "organization" else str(row["scope_type"]).capitalize()


def label_of(row: Mapping[str, Any]) -> str:
    """`Team Discovery`, and `Team Discovery by quarter`."""
    name = name_of(row) if row["scope_type"] == "organization" else f"{kind_of(row)} {name_of(row)}"
    return f"{name} by quarter" if row["period"] == "quarter" else name


def lines_of(found: Budgets, month: date) -> list[Line]:
    """The budgets whose period covers the day, riskiest first."""
    covering = [
        Line(row, outlook)
        for row, outlook in zip(found.rows, found.outlooks, strict=True)
        if row["period_start"] <= month < row["period_end"]
    ]
    return sorted(covering, key=_risk)


def _risk(line: Line) -> tuple[int, float, float]:
    outlook = line.outlook
    over = outlook.overrun_ratio
    return (
        GRAVEST_FIRST.index(outlook.verdict),
        -(outlook.chance_over or 0.0),
        -float(over) if over is not None else 0.0,
    )


def table(lines: Sequence[Line], currency: str, *, seasonal: bool) -> pa.Table:
    """One line per budget, money rounded for reading."""
    outlooks = [line.outlook for line in lines]
    forecasts = [outlook.forecast for outlook in outlooks]
    return pa.table(
        {
            "status": [VERDICTS[outlook.verdict] for outlook in outlooks],
            "scope": [line.name for line in lines],
            "name_in_month": [line.name_in_month for line in lines],
            "kind": [line.kind for line in lines],
            "span": [line.span for line in lines],
            "budget": [fmt.money_compact(o.pace.amount, currency) for o in outlooks],
            "spent": [fmt.money_compact(o.pace.actual, currency) for o in outlooks],
            "used": pa.array([_float(o.pace.spent_ratio) for o in outlooks], pa.float64()),
            "variance": [fmt.signed_percent(o.variance(seasonal=seasonal)) for o in outlooks],
            "forecast": [fmt.money_compact(f.total if f else None, currency) for f in forecasts],
            "range": [_range(f.low_80, f.high_80, currency) if f else fmt.UNKNOWN for f in forecasts],
            "chance": [fmt.chance(o.chance_over) if not o.is_settled else fmt.UNKNOWN for o in outlooks],
        }
    )


def _range(low: float | None, high: float | None, currency: str) -> str:
    if low is None or high is None:
        return fmt.UNKNOWN
    return f"{fmt.money_compact(low, currency)} – {fmt.money_compact(high, currency)}"


def range_80(outlook: Outlook, currency: str) -> str | None:
    """`$16.2K – $17.1K`; None where there is no range or nothing is to come."""
    forecast = outlook.forecast
    if forecast is None or forecast.low_80 is None or outlook.is_settled:
        return None
    return _range(forecast.low_80, forecast.high_80, currency)


def headline(lines: Sequence[Line], currency: str) -> str:
    """Which budgets will not hold, the gravest by name."""
    broken = [line for line in lines if line.outlook.verdict in ("exceeded", "will not hold")]
    risky = [line for line in lines if line.outlook.verdict == "at risk"]
    if broken:
        others = len(broken) - 1
        tail = f"; {fmt.plural(others, 'other budget')} will not hold either" if others else ""
        return f"{verdict(broken[0], currency)}{tail}."
    if risky:
        return f"{verdict(risky[0], currency)}; no other budget is more at risk."
    if all(line.outlook.verdict == "unknown" for line in lines):
        return "There is no forecast yet: too little of the costs is known."
    return "Every budget is on track."


def verdict(line: Line, currency: str) -> str:
    """One budget's state as the beginning of a sentence."""
    outlook = line.outlook
    budget = f"its {line.span} budget of {fmt.money_compact(outlook.pace.amount, currency)}"
    over = fmt.percent(abs(outlook.overrun_ratio)) if outlook.overrun_ratio is not None else "far"
    total = fmt.money_compact(outlook.forecast.total if outlook.forecast else None, currency)
    match outlook.verdict:
        case "exceeded" if outlook.is_settled:
            return f"{line.name} ended {over} over {budget}"
        case "exceeded":
            return f"{line.name} has exceeded {budget} and heads for {total}, {over} over it"
        case "will not hold":
            return f"{line.name} heads for {total}, {over} over {budget}"
        case "at risk":
            return f"{line.name} heads for {total} and is {fmt.chance(outlook.chance_over)} likely to go over {budget}"
        case "on track":
            return f"{line.name} heads for {total}, {over} under {budget}"
        case "held":
            return f"{line.name} ended {over} under {budget}"
        case "unknown":
            return f"{line.name} has no forecast to compare {budget} with"


def _float(value: Any) -> float | None:
    return None if value is None else float(value)
