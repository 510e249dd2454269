"""What docs/incidents.md tells an operator to write is understood, and what it lists is what there is."""

import re
import tomllib
from pathlib import Path

from collectors.configured import configured
from collectors.incident_fields import COLUMNS
from collectors.sources import incident_actions_csv, incidents_csv
from config.settings import Settings

TEXT = (Path(__file__).parents[2] / "docs" / "incidents.md").read_text(encoding="utf-8")


def test_every_example_of_a_source_is_understood() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    found = configured(Settings(sources=tomllib.loads(example)["sources"]))
    assert {one.source.name for one in found} == {
        "pagerduty",
        "incident_io",
        "servicenow",
        "statuspage",
        "incidents_csv",
    }


def test_every_column_of_the_files_is_named() -> None:
    assert {
        name for name in (*incidents_csv.READERS, *incident_actions_csv.READERS) if f"`{name}`" not in TEXT
    } == set()


def test_every_column_that_an_own_field_may_fill_is_named() -> None:
    (line,) = [line for line in TEXT.splitlines() if line.startswith("- **`fields`**")]
    listed = line.split("own: ")[1].split(". ")[0]
    assert set(re.findall(r"`(\w+)`", listed)) == set(COLUMNS)


def test_the_columns_that_a_source_names_in_its_own_words_are_those_it_reads() -> None:
    for module in (incidents_csv, incident_actions_csv):
        words = set(re.findall(r"\w+", module.__doc__ or ""))
        assert set(module.READERS) <= words
