"""The selection that turns one file's columns into those of a table of counts by the operator's mapping."""

from collections.abc import Collection, Mapping, Sequence

from collectors.count_table import LARGEST_COUNT, CountTable
from collectors.errors import DataError
from collectors.selection import EARLIEST, LATEST, Selection, column, out_of_range, quoted, utc_timestamp


def selection(
    table: CountTable,
    header: Sequence[str],
    file_name: str,
    source: str,
    mapping: Mapping[str, str],
    constants: Mapping[str, str],
) -> Selection:
    """The columns that a file fills. Raises DataError for a column the file lacks."""
    missing = sorted(set(mapping.values()) - set(header))
    if missing:
        raise DataError(
            f"{file_name} has no column {missing[0]!r}, which the mapping names; it has: {', '.join(header)}."
        )
    text = {field: column(name) for field, name in mapping.items()}
    text |= {field: quoted(value) for field, value in constants.items()}
    values = {field: _value(table, field, given) for field, given in text.items()}
    given = {f"given_{field}": value for field, value in text.items() if field in table.counts}
    return Selection(values | given | {"source": quoted(source)}, _reason(table, text.keys()))


def _value(table: CountTable, field: str, text: str) -> str:
    if field == "day":
        return f"cast({utc_timestamp(text)} as date)"
    if field == "hour":
        return f"date_trunc('hour', {utc_timestamp(text)})"
    if field in table.counts:
        return f"try_cast({text} as bigint)"
    return f"nullif(trim({text}), '')"


def _reason(table: CountTable, fields: Collection[str]) -> str:
    required = [name for name in table.required if name not in table.counts]
    cases = [(f"{name} is null", f"{name} is empty or not of its kind") for name in required]
    cases.append((out_of_range(table.time), f"{table.time} is not between {EARLIEST} and {LATEST}"))
    for field in (name for name in table.counts if name in fields):
        given = f"given_{field}"
        strange = f"{given} is not null and ({field} is null or {field} <> try_cast({given} as double))"
        cases.append((strange, f"{field} is not a whole number"))
        cases.append((f"{field} < 0", f"{field} is negative"))
        cases.append((f"{field} > {LARGEST_COUNT}", f"{field} is more than anybody has in a day"))
    cases += [(f"{name} is null", f"{name} is empty") for name in table.required if name in table.counts]
    cases += [(f"{part} > {whole}", f"{part} is more than {whole}") for part, whole in table.parts_of(fields)]
    return "case " + " ".join(f"when {test} then {quoted(reason)}" for test, reason in cases) + " end"
