"""What a KPI should be: `>= 90%`, `<= 15`, `within 10%`, `change <= -20%`, `falling`. Pure."""

import re
from dataclasses import dataclass
from enum import StrEnum

NUMBER = re.compile(r"[-+−]?\d+(\.\d+)?%?")
COMPARED = re.compile(r"(change\s+)?(<=|>=|<|>|≤|≥)\s*(\S+)")
WITHIN = re.compile(r"within\s*(?:±|\+-)?\s*(\S+)")
SIGNS = {"≤": "<=", "≥": ">="}
TOLERANCE = 1e-9
"""8 / 10 − 1 is not −0.2 as a float; no KPI is known to nine digits."""
FIGURE = re.compile(r"[a-z][a-z0-9_]*")
LIMIT_FORM = "write a figure that stands beside the value and what it must be, as in sev1_in_quarter_count < 2"
FORM = "write one such as >= 90%, < 15, within 10%, change <= -20%, falling or rising"


class Form(StrEnum):
    """How a target is met. CHANGE is relative to the same period a year before; a TREND is to the periods before."""

    VALUE = "value"
    WITHIN = "within"
    CHANGE = "change"
    TREND = "trend"


@dataclass(frozen=True, slots=True)
class Target:
    """One target. `sign` compares with `bound`; a trend has neither, WITHIN only `bound` (on both sides of 0).

    `text` is how its owner wrote it.
    """

    form: Form
    text: str
    sign: str = ""
    bound: float = 0.0

    def is_met_by(self, value: float) -> bool:
        """True when the value (of a change: the relative change; of a trend: value minus the mean before) is right."""
        beyond, near = self.gap(value), TOLERANCE * max(1.0, abs(self.bound))
        return beyond < -near if self.sign in ("<", ">") else beyond <= near

    def compares(self, figure: str) -> str:
        """What it compares of a figure: `change of value in a year`."""
        match self.form:
            case Form.CHANGE:
                return f"change of {figure} in a year"
            case Form.TREND:
                return f"{figure} less the mean before"
            case _:
                return figure

    def gap(self, value: float) -> float:
        """How far the value is beyond what is allowed; 0 or less when it is met."""
        if self.form is Form.WITHIN:
            return abs(value) - self.bound
        return value - self.bound if self.sign in ("<", "<=") else self.bound - value


@dataclass(frozen=True, slots=True)
class Limit:
    """A second condition: a figure beside the value must keep to a bound, whatever the target is about."""

    figure: str
    target: Target

    @property
    def text(self) -> str:
        """As its owner wrote it: `sev1_in_quarter_count < 2`."""
        return f"{self.figure} {self.target.text}"

    @property
    def words(self) -> str:
        """The figure in a sentence: `sev1 in quarter`."""
        return self.figure.removesuffix("_count").replace("_", " ")


def parse_limit(text: str) -> Limit:
    """Reads `sev1_in_quarter_count < 2`. Raises ValueError that shows the form."""
    figure, _, told = text.strip().partition(" ")
    if not FIGURE.fullmatch(figure) or not told:
        raise ValueError(f"{text!r} is not a limit; {LIMIT_FORM}")
    target = parse_target(told)
    if target.form is not Form.VALUE:
        raise ValueError(f"{text!r} is not a limit; {LIMIT_FORM}")
    return Limit(figure, target)


def parse_target(text: str) -> Target:
    """Reads a target. Raises ValueError that shows the form."""
    told = " ".join(text.split())
    if told in ("falling", "rising"):
        return Target(Form.TREND, told, "<=" if told == "falling" else ">=")
    if found := WITHIN.fullmatch(told):
        return Target(Form.WITHIN, told, bound=_number(found[1], text))
    if found := COMPARED.fullmatch(told):
        form = Form.CHANGE if found[1] else Form.VALUE
        return Target(form, told, SIGNS.get(found[2], found[2]), _number(found[3], text))
    raise ValueError(f"{text!r} is not a target; {FORM}")


def _number(word: str, text: str) -> float:
    if not NUMBER.fullmatch(word):
        raise ValueError(f"{text!r} is not a target; {FORM}")
    value = float(word.replace("−", "-").rstrip("%"))
    return value / 100 if word.endswith("%") else value
