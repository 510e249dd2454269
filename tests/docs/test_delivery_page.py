"""What docs/delivery.md tells an operator to write is understood, and it names every source of deliveries."""

import re
import tomllib
from pathlib import Path

from burnline.init import TEMPLATE
from collectors.configured import configured
from config.settings import Settings

TEXT = (Path(__file__).parents[2] / "docs" / "delivery.md").read_text(encoding="utf-8")
SOURCES = {
    "github_issues",
    "github_releases",
    "gitlab_issues",
    "gitlab_releases",
    "jira_defects",
    "jira_evidence",
    "jira_specs",
    "linear_defects",
}


def test_every_example_of_a_source_is_understood() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    found = configured(Settings(sources=tomllib.loads(example)["sources"]))
    assert {one.source.name for one in found} == SOURCES


def test_the_lines_of_the_template_are_understood() -> None:
    (part,) = re.findall(r"# --- Delivery:.*?\n\n(.*?)\n\n# --- ", TEMPLATE, re.DOTALL)
    found = configured(Settings(sources=tomllib.loads(re.sub(r"^# ", "", part, flags=re.MULTILINE))["sources"]))
    assert {one.source.name for one in found} == {"github_releases", "jira_specs", "jira_defects"}
