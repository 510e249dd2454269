"""What the target of a KPI compared, in words, where that is not simply its value. Pure."""

from app import format as fmt
from app import review
from domain.kpi.definition import Kpi
from domain.kpi.target import Form, Target

NOT_KEPT = "not kept"
"""Of weeks that were closed before it was."""


def judged(kpi: Kpi, target: Target | None, number: float | None, currency: str) -> str:
    """`Sev1 1 h 35 min`, `-17.2% in a year`, `-2 against the mean before`; empty where it is the value, or nothing."""
    if target is None or number is None:
        return ""
    is_value = kpi.judged == "value"
    name = "" if is_value else f"{review.label(kpi.judged)} "
    match target.form:
        case Form.CHANGE:
            return f"{name}{fmt.signed_percent(number)} in a year"
        case Form.TREND:
            told = review.difference(kpi, number, currency) if is_value else fmt.decimal(number, 2, signed=True)
            return f"{name}{told} against the mean before"
        case _:
            return "" if is_value else f"{name}{review.figure(kpi.beside[kpi.judged], number, currency)}"
