"""What docs/telemetry.md tells an operator to write is understood."""

import re
import tomllib
from pathlib import Path

from collectors.configured import configured
from collectors.sources.warehouse_requests import whole_mapping
from config.settings import Settings
from domain.slo.recipes import RECIPES
from tests.config.slo_files.written import load

TEXT = (Path(__file__).parents[2] / "docs" / "telemetry.md").read_text(encoding="utf-8")


def test_every_example_of_a_source_is_understood() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    found = {one.name: one for one in configured(Settings(sources=tomllib.loads(example)["sources"]))}
    assert {one.source.name for one in found.values()} == {
        "litellm",
        "prometheus",
        "prometheus_latency",
        "otel_spans",
        "warehouse_requests",
    }
    assert whole_mapping(found["spans"].settings.map, found["spans"].settings.set)


def test_the_example_of_a_promise_is_understood(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    found = load(tmp_path, example=example)
    assert found.problems == ()
    assert [definition.name for definition in found.definitions] == ["chat-answers"]


def test_every_recipe_is_named() -> None:
    assert {name for name in RECIPES if f"| `{name}` |" not in TEXT} == set()
