"""One line a claim: what was measured, what is allowed, and their ratio."""

from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Measure:
    """`value` and `limit` in `unit`; `at_least` turns the comparison around (rows a second)."""

    claim: str
    value: float
    limit: float
    unit: str
    at_least: bool = False

    @property
    def ratio(self) -> float:
        """1.0 is the limit; below is better, either way round."""
        return self.limit / self.value if self.at_least else self.value / self.limit


def show(measures: list[Measure]) -> None:
    """Prints the table; a ratio above 1 is a claim that does not hold on this machine now."""
    table = Table(title="Burnline bench (ratio to the limit: 1.00 is the limit, smaller is better)")
    for name in ("claim", "measured", "limit", "ratio", ""):
        table.add_column(name, justify="left" if name in ("claim", "") else "right")
    for m in measures:
        sign = "≥" if m.at_least else "≤"
        table.add_row(
            m.claim,
            f"{m.value:,.2f} {m.unit}",
            f"{sign} {m.limit:,.2f}",
            f"{m.ratio:.2f}",
            "✓ holds" if m.ratio <= 1 else "✕ missed",
        )
    Console(width=150).print(table)
