"""What docs/people.md and docs/records.md tell an operator to write is understood, and what they list is there."""

import re
import tomllib
from pathlib import Path

import pytest

from collectors.configured import Configured, configured
from collectors.row_mapping import check_settings
from collectors.row_table import RowSettings, RowTable
from collectors.row_tables import (
    DEFECTS,
    EVALUATIONS,
    EVIDENCE,
    EXPERIMENTS,
    MEASUREMENTS,
    OPENINGS,
    RELEASES,
    SPECS,
)
from collectors.survey_counts import OPTIONAL, REQUIRED
from config.settings import Settings
from domain.measures import MEASURES

DOCS = Path(__file__).parents[2] / "docs"
PEOPLE, RECORDS = ((DOCS / name).read_text(encoding="utf-8") for name in ("people.md", "records.md"))
TABLES = {
    "specs": SPECS,
    "releases": RELEASES,
    "evaluations": EVALUATIONS,
    "experiments": EXPERIMENTS,
    "defects": DEFECTS,
    "measurements": MEASUREMENTS,
    "openings": OPENINGS,
    "evidence": EVIDENCE,
}


def examples(text: str) -> dict[str, Configured]:
    (example,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    return {one.name: one for one in configured(Settings(sources=tomllib.loads(example)["sources"]))}


def cells(text: str, first: str) -> list[list[str]]:
    """The cells of the table rows that begin with this."""
    found = [line for line in text.splitlines() if line.startswith(f"| `{first}` |")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in found]


def test_every_example_of_a_source_is_understood() -> None:
    found = examples(PEOPLE) | examples(RECORDS)
    for name, one in found.items():
        if isinstance(one.settings, RowSettings):
            check_settings({"training": MEASUREMENTS}.get(name) or _table(one), one.settings)
    assert {one.source.name for one in found.values()} == {
        "surveys_csv",
        "headcount_csv",
        "openings_csv",
        "measurements_csv",
        "greenhouse",
        "releases_csv",
        "warehouse_experiments",
    }


def _table(one: Configured) -> RowTable:
    return TABLES[one.source.name.removesuffix("_csv").removeprefix("warehouse_")]


@pytest.mark.parametrize("kind", TABLES)
def test_the_fields_of_each_kind_are_those_it_has(kind: str) -> None:
    table = TABLES[kind]
    rows = cells(RECORDS, kind)
    _, key, time, needed, others = rows[0]
    named = {cell: re.findall(r"`(\w+)`", cell) for cell in (key, time, needed, others)}
    assert (tuple(named[key]), named[time]) == (table.key, [table.time])
    assert {*named[key], *named[time], *named[needed], *named[others]} == {
        table.columns.get(name, name) for name in table.fields
    }
    assert {*named[key], *named[time], *named[needed]} - {"group_name"} == set(table.required)
    words = {field.strip("`"): tuple(known.split(", ")) for _, field, known in rows[1:]}
    assert words == dict(table.words)


def test_every_standard_metric_is_listed_with_what_it_needs() -> None:
    for name, measure in MEASURES.items():
        ((_, _, needed),) = cells(PEOPLE, name)
        assert tuple(re.findall(r"`(\w+)`", needed)) == measure.fields


def test_every_column_of_a_survey_is_named() -> None:
    columns = {"submitted_at", "respondent", *REQUIRED, *OPTIONAL}
    assert {name for name in columns if f"`{name}`" not in PEOPLE} == set()
