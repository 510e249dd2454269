"""What docs/routes.md and the file that `init` writes tell an operator is understood, and what they list is there."""

import re
from pathlib import Path

import pytest

from alerts.configured import MATCHED, routing_of
from alerts.discovery import sinks
from burnline.init import ROUTES_TEMPLATE
from config.loader import load_reference
from config.settings import Email, Settings, Slack

TEXT = (Path(__file__).parents[2] / "docs" / "routes.md").read_text(encoding="utf-8")
EXAMPLE = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)[0]
UNCOMMENTED = re.sub(r"^# (?=[\w\[])(?!Where|\"slack\"|---)", "", ROUTES_TEMPLATE, flags=re.MULTILINE)
SETTINGS = Settings(slack=Slack(bot_token="env:T", channel="C1"))


@pytest.mark.parametrize("content", [EXAMPLE, UNCOMMENTED], ids=["docs/routes.md", "init"])
def test_the_example_is_understood(tmp_path: Path, content: str) -> None:
    (tmp_path / "routes.toml").write_text(content)
    reference = load_reference(tmp_path)
    routing, problems = routing_of(reference.routes, SETTINGS)
    assert (reference.problems, problems) == ((), ())
    assert {destination.kind.name for destination in routing.destinations.values()} == sinks().keys()
    assert len(routing.routes) >= 4


def test_every_sink_with_its_keys_and_every_key_of_a_route_is_named() -> None:
    for kind in sinks().values():
        (row,) = [line for line in TEXT.splitlines() if line.startswith(f"| `{kind.name}` |")]
        assert all(f"`{key}`" in row for key in kind.options.model_fields)
    assert all(f"`{key}`" in TEXT for key in (*MATCHED, "min_impact", "to", "continue", "after"))
    assert all(f"`{key}`" in TEXT for key in Email.model_fields)
