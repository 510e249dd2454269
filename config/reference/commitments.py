"""commitments.csv: prepaid credits and spend commitments."""

from datetime import date
from decimal import Decimal

from pydantic import Field

from config.reference.problem import Problems
from config.reference.reading import Entry, csv_entries, csv_rows
from domain.currency import ISO_4217

KINDS = ("credit", "commitment")


class CommitmentEntry(Entry):
    """One line of commitments.csv; the term is `[starts_on, ends_on)`, `provider` what the costs of it burn."""

    name: str
    kind: str
    provider: str
    amount: Decimal = Field(gt=0, max_digits=26)
    currency: str
    starts_on: date
    ends_on: date


def read_commitments(problems: Problems) -> tuple[CommitmentEntry, ...]:
    """The credits and commitments, without lines that cannot be used."""
    found: dict[str, CommitmentEntry] = {}
    lines: dict[str, int] = {}
    for line, entry in csv_entries(CommitmentEntry, csv_rows(problems), problems):
        wrong = _wrong(entry, lines.get(entry.name))
        if wrong:
            problems.add(line, wrong)
            continue
        found[entry.name], lines[entry.name] = entry, line
    return tuple(found.values())


def _wrong(entry: CommitmentEntry, before: int | None) -> str | None:
    if before is not None:
        return f"{entry.name!r} stands in line {before} already; keep one"
    if entry.kind not in KINDS:
        return f"the kind {entry.kind!r} is unknown; use {' or '.join(KINDS)}"
    if entry.currency not in ISO_4217:
        return f"{entry.currency!r} is no currency code of ISO 4217, such as USD"
    if entry.ends_on <= entry.starts_on:
        return f"{entry.name!r} ends before it begins; swap starts_on and ends_on"
    return None
