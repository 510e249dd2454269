"""Where alerts lead: each page takes every parameter of the address, and says so where it cannot."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from alerts import pages, rules
from store.engine import Store
from tests.app.conftest import OpenApp
from tests.app.support import reading

SCOPES = (("organization", ""), ("team", "Discovery"), ("feature", "research-desk"), ("provider", "openai"))
OF_SCOPES = (pages.why_it_moved, pages.unit_economics, pages.failures, pages.latency)
ADDRESSES = sorted(
    {
        *(page(*scope) for page in OF_SCOPES for scope in SCOPES),
        *(pages.safety(*scope) for scope in SCOPES[:3]),
        pages.why_it_moved("model", "gpt-5.4"),
        pages.failures("model", "gpt-5.4"),
        pages.latency("model", "gpt-5.4"),
        pages.latency("service", "inference"),
        pages.unattributed(),
        *(pages.spend("team", "mtd", {} if kind == "organization" else {kind: name}) for kind, name in SCOPES),
        pages.providers("openai"),
        pages.prices("openai"),
        pages.reconciliation("openai"),
        pages.slo("slo-availability"),
        pages.source("openai_costs"),
        pages.commitments(),
        pages.incident("pagerduty", "Q1"),
    }
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_takes_all_that_an_alert_asks_of_it(full_store: Store, open_app: OpenApp, address: str) -> None:
    parts = urlsplit(address)
    given = parse_qs(parts.query, strict_parsing=bool(parts.query))
    app = open_app(parts.path.replace("-", "_"), **given)
    assert "The address asks for what is not there" not in reading.text(app)
    state = app.session_state
    assert [name for name in given if name not in state or not state[name]] == [], "the page does not know these"


def test_rules_take_their_addresses_from_one_place() -> None:
    files = [Path(path) for path in rules.__path__]
    assert not [
        path.name for folder in files for path in folder.glob("*.py") if "urlencode" in path.read_text(encoding="utf-8")
    ]
