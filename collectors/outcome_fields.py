"""What a table of outcomes may hold, for files and warehouses alike: its fields and what no row can say."""

from collections.abc import Collection, Mapping

from collectors.errors import FatalError

TEXTS = ("feature", "outcome", "customer_tier")
COUNTS = ("outcome_count", "accepted_count", "within_slo_count", "safe_count", "good_count")
FIELDS = ("day", *TEXTS, *COUNTS)
REQUIRED = ("day", "feature", "outcome", "outcome_count")

DEFAULTS = {"outcome": "outcome"}
"""A table of one kind of outcome seldom says which."""

PARTS = (
    ("accepted_count", "outcome_count"),
    ("within_slo_count", "outcome_count"),
    ("safe_count", "outcome_count"),
    ("good_count", "outcome_count"),
    ("good_count", "accepted_count"),
    ("good_count", "within_slo_count"),
    ("good_count", "safe_count"),
)
"""(part, whole): a part that is more than its whole is a mistake of the table."""

LARGEST_COUNT = 10**15
"""More outcomes than anybody has in a day; sums over thousands of such rows still fit a BIGINT."""


def whole_mapping(mapping: Mapping[str, str], constants: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Field → column and field → value, defaults included. Raises FatalError for a mapping that is not whole."""
    given = {field: value for field, value in DEFAULTS.items() if field not in mapping} | dict(constants)
    unknown = sorted((mapping.keys() | given.keys()) - set(FIELDS))
    if unknown:
        raise FatalError(f"The mapping names the unknown field {unknown[0]!r}; there are: {', '.join(FIELDS)}.")
    twice = sorted(mapping.keys() & given.keys())
    if twice:
        raise FatalError(f"The mapping says twice where {twice[0]} comes from; keep one.")
    absent = [field for field in REQUIRED if field not in mapping and field not in given]
    if absent:
        raise FatalError(
            f"The mapping does not say where {absent[0]} comes from; add a column for it, or one value for all rows."
        )
    return dict(mapping), given


def parts_of(fields: Collection[str]) -> list[tuple[str, str]]:
    """The (part, whole) pairs of which a table has both."""
    return [(part, whole) for part, whole in PARTS if part in fields and whole in fields]
