"""What every source must be, whoever wrote it: runs over whatever discovery finds."""

import sys
from typing import Any

import pytest
from pydantic import ValidationError

from collectors import sources as package
from collectors.base import ROLES, AnySource, Source
from collectors.discovery import sources
from config.settings import explain
from domain.duration import parse_duration
from store.schema import column_names
from store.tables import FACTS, Charge, TokenUsage
from store.told_counts import TIME

EVERY = [pytest.param(name, source, id=name) for name, source in sorted(sources().items())]
APIS = [
    pytest.param(name, source, id=name)
    for name, source in sorted(sources().items())
    if isinstance(source, Source) and source.endpoint
]


def required(source: AnySource) -> list[str]:
    """The settings a source cannot do without, in the order they are declared."""
    return [key for key, field in source.settings.model_fields.items() if field.is_required()]


def test_sources_are_found() -> None:
    assert {"openai_usage", "openai_costs", "anthropic_usage", "anthropic_costs"} <= sources().keys()


@pytest.mark.parametrize(("name", "source"), EVERY)
def test_a_source_is_named_like_its_file(name: str, source: AnySource) -> None:
    module = sys.modules[f"{package.__name__}.{name}"]
    assert vars(module)["SOURCE"] is source
    assert source.title


@pytest.mark.parametrize(("name", "source"), EVERY)
def test_a_source_states_its_grain(name: str, source: AnySource) -> None:
    assert "Grain: " in (sys.modules[f"{package.__name__}.{name}"].__doc__ or "")


@pytest.mark.parametrize(("name", "source"), EVERY)
def test_a_source_writes_a_fact_table_its_role_allows(name: str, source: AnySource) -> None:
    assert source.role in ROLES
    assert source.writes in (*FACTS, *TIME)
    assert (source.role == "billing") == (source.writes is Charge)
    assert source.role == "usage" or source.writes is not TokenUsage
    assert "source" in column_names(source.writes)


@pytest.mark.parametrize(("name", "source"), EVERY)
def test_durations_can_be_read(name: str, source: AnySource) -> None:
    assert parse_duration(source.every)
    if isinstance(source, Source):
        assert parse_duration(source.lookback) >= parse_duration(source.every)
        assert parse_duration(source.chunk) >= parse_duration(source.every)


@pytest.mark.parametrize(("name", "source"), EVERY)
def test_an_unknown_setting_is_refused_by_name(name: str, source: AnySource) -> None:
    with pytest.raises(ValidationError) as caught:
        source.settings.model_validate({"surprise": 1})
    assert ("surprise",) in [error["loc"] for error in caught.value.errors() if error["type"] == "extra_forbidden"]


@pytest.mark.parametrize(("name", "source"), EVERY)
def test_the_first_missing_setting_gets_a_sentence(name: str, source: AnySource) -> None:
    missing = required(source)
    if not missing:
        source.settings.model_validate({})
        return
    with pytest.raises(ValidationError) as caught:
        source.settings.model_validate({})
    assert explain(caught.value) == f"the key {missing[0]!r} is missing"


def needed(source: Source) -> dict[str, Any]:
    """A value for each setting a source cannot do without."""
    known: dict[str, Any] = {
        "base_url": "https://api.example.com",
        "recipe": "vllm",
        "experiments": ["evals"],
        "policies": {"leak": {"policy": "pii"}},
        "repositories": ["acme/chat"],
        "projects": ["AI"],
        "approved_statuses": ["Approved"],
    }
    return {key: known.get(key, "env:DEMO_KEY") for key in required(source)}


@pytest.mark.parametrize(("name", "source"), APIS)
def test_an_endpoint_holds_a_reference_and_no_secret(
    name: str, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEMO_KEY", "sk-admin-abcdef123456")
    assert source.endpoint
    endpoint = source.endpoint(source.settings.model_validate(needed(source)))
    takes_a_key = bool({"api_key", "admin_key"} & set(required(source)))
    assert endpoint.secret == ("env:DEMO_KEY" if takes_a_key else "")
    assert endpoint.base_url.startswith("https://")
    assert any("{secret" in form for form in endpoint.headers.values()) == takes_a_key
    assert "abcdef" not in repr(endpoint)
