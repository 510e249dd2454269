"""How the columns of a file become those of a row class, and the pieces of SQL that say so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from domain.attribution import OPEN_FROM, OPEN_TO

EARLIEST, LATEST = OPEN_FROM.isoformat(), OPEN_TO.isoformat()
"""The time that attribution covers: a row outside would belong to no feature, not even to `unattributed`."""

DECIMALS = 12
"""The scale of `store.schema.MONEY`."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What becomes of a file's columns, as SQL by name. Columns of the row class that nothing names stay NULL.

    `read` is made of the file's columns, each computed once; its names that are no column of the row class are for
    the others to use. `made` is made of the names in `read`. `reason` is too, and null for a row that can be loaded;
    `rounded` is true for one whose money has more decimals than the store.
    """

    read: Mapping[str, str]
    reason: str
    made: Mapping[str, str] = field(default_factory=dict)
    rounded: str = "false"

    def of(self, reader: str, columns: Sequence[str]) -> str:
        """The statement that gives these columns, `reason` and `rounded`."""
        read = ", ".join(f"{value} as {name}" for name, value in self.read.items())
        given = ", ".join(f"{self.made.get(name, name)} as {name}" for name in columns)
        told = f"{self.reason} as reason, {self.rounded} as rounded"
        return f"select {given}, {told} from (select {read} from {reader})"  # noqa: S608


def quoted(text: str) -> str:
    """An SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def column(name: str) -> str:
    """A file's column as text, whatever its type: a double keeps the digits its file shows."""
    return f"cast({_identifier(name)} as varchar)"


def json_column(name: str) -> str:
    """A file's column as JSON text: Parquet may hold a map or a struct where a CSV file holds the text."""
    plain = _identifier(name)
    nested = f"cast(to_json({plain}) as varchar)"
    return f"case when typeof({plain}) = 'VARCHAR' then {column(name)} when {plain} is not null then {nested} end"


def decimal(text: str) -> str:
    """SQL for money from text, null for what is no number.

    DuckDB reads a DECIMAL(18,12) five times as fast as the wider one, which amounts of a million and more need. So do
    long ones with an exponent: of their digits DuckDB drops those after the twelfth before it moves the point.
    """
    short = f"strlen({text}) < 16 or not (contains({text}, 'e') or contains({text}, 'E'))"
    narrow = f"case when {short} then cast(try_cast({text} as decimal(18, 12)) as decimal(38, 12)) end"
    return f"coalesce({narrow}, try_cast({text} as decimal(38, 12)))"


def written_text(name: str) -> str:
    """A file's column as text, NULL where the file holds floats: their last digits are no one's amount."""
    return f"case when typeof({_identifier(name)}) not in ('DOUBLE', 'FLOAT') then {column(name)} end"


def has_more_decimals(text: str) -> str:
    """SQL that is true for the text of a number that a DECIMAL(38,12) would round.

    A shorter text without exponent cannot be one, and spares nearly every row the rest.
    """
    small = f"contains({text}, 'e-') or contains({text}, 'E-')"
    plain = f"instr({text}, '.') > 0 and strlen(rtrim({text}, ' 0')) - instr({text}, '.') > {DECIMALS}"
    mantissa, exponent = (f"string_split(lower(trim({text})), 'e')[{part}]" for part in (1, 2))
    digits = f"ltrim(replace({mantissa}, '.', ''), '+-0')"
    after_point = f"case when contains({mantissa}, '.') then strlen({mantissa}) - instr({mantissa}, '.') else 0 end"
    zeros = f"(strlen({digits}) - strlen(rtrim({digits}, '0')))"
    scaled = f"{digits} <> '' and {after_point} - {zeros} - try_cast({exponent} as integer) > {DECIMALS}"
    return (
        f"(strlen({text}) > {DECIMALS + 1} or {small}) "
        f"and case when contains(lower({text}), 'e') then {scaled} else {plain} end"
    )


def attribution_key(names: Sequence[str | None]) -> str:
    """SQL for the key of `domain.attribution.Dimensions`: its dimensions in order, None for one that no row has."""
    joined = ", '|', ".join(name or "''" for name in names)
    return f"md5(concat({joined}))"  # to `concat` NULL is empty text


def utc_timestamp(text: str) -> str:
    """SQL for a UTC timestamp from text; without an offset it is UTC already.

    Only text with an offset pays for the zone-aware cast; the plain one would drop it.
    """
    whole = (  # the cheapest test first: a file of a million rows has four million times
        f"(strlen({text}) = 19 and {text}[17] = ':') or suffix({text}, 'Z') or strlen({text}) = 10"
    )
    return (
        f"case when {whole} then try_cast({text} as timestamp) "
        f"else cast(try_cast({text} as timestamptz) as timestamp) end"
    )


def out_of_range(timestamp: str) -> str:
    """SQL that is true for a time that no bill or request of an AI system can have."""
    return f"{timestamp} < timestamp '{EARLIEST}' or {timestamp} >= timestamp '{LATEST}'"


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
