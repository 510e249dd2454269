"""Tables of counts that somebody else makes, for files and warehouses alike: their fields, and what no row can say."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from collectors.errors import FatalError
from store.tables import Outcome, SafetyHour

LARGEST_COUNT = 10**15
"""More of anything than anybody has in a day; sums over thousands of such rows still fit a BIGINT."""


@dataclass(frozen=True, slots=True)
class CountTable:
    """One row class: its time (`day` or `hour`), its texts and its counts, the first of which every row has.

    `defaults` are values of fields that a table of one kind seldom says. `parts` are (part, whole): a part that is
    more than its whole is a mistake of the table.
    """

    row: type
    time: str
    texts: tuple[str, ...]
    counts: tuple[str, ...]
    required: tuple[str, ...]
    parts: tuple[tuple[str, str], ...]
    defaults: Mapping[str, str] = field(default_factory=dict)

    @property
    def fields(self) -> tuple[str, ...]:
        """Everything that a mapping may name."""
        return (self.time, *self.texts, *self.counts)

    def whole_mapping(
        self, mapping: Mapping[str, str], constants: Mapping[str, str]
    ) -> tuple[dict[str, str], dict[str, str]]:
        """Field → column and field → value, defaults included. Raises FatalError for a mapping that is not whole."""
        given = {name: value for name, value in self.defaults.items() if name not in mapping} | dict(constants)
        unknown = sorted((mapping.keys() | given.keys()) - set(self.fields))
        if unknown:
            raise FatalError(
                f"The mapping names the unknown field {unknown[0]!r}; there are: {', '.join(self.fields)}."
            )
        twice = sorted(mapping.keys() & given.keys())
        if twice:
            raise FatalError(f"The mapping says twice where {twice[0]} comes from; keep one.")
        absent = [name for name in self.required if name not in mapping and name not in given]
        if absent:
            raise FatalError(
                f"The mapping does not say where {absent[0]} comes from; "
                "add a column for it, or one value for all rows."
            )
        return dict(mapping), given

    def parts_of(self, fields: Collection[str]) -> list[tuple[str, str]]:
        """The (part, whole) pairs of which a table has both."""
        return [(part, whole) for part, whole in self.parts if part in fields and whole in fields]


OUTCOMES = CountTable(
    row=Outcome,
    time="day",
    texts=("feature", "outcome", "customer_tier"),
    counts=("outcome_count", "accepted_count", "within_slo_count", "safe_count", "good_count"),
    required=("day", "feature", "outcome", "outcome_count"),
    defaults={"outcome": "outcome"},
    parts=(
        ("accepted_count", "outcome_count"),
        ("within_slo_count", "outcome_count"),
        ("safe_count", "outcome_count"),
        ("good_count", "outcome_count"),
        ("good_count", "accepted_count"),
        ("good_count", "within_slo_count"),
        ("good_count", "safe_count"),
    ),
)
SAFETY = CountTable(
    row=SafetyHour,
    time="hour",
    texts=("feature", "policy", "provider", "model"),
    counts=("checked_count", "violation_count", "blocked_count", "leaked_count"),
    required=("hour", "feature", "policy", "checked_count", "violation_count"),
    defaults={"policy": "any"},
    parts=(
        ("violation_count", "checked_count"),
        ("blocked_count", "violation_count"),
        ("leaked_count", "violation_count"),
    ),
)
