"""What sources of incidents can be told about severities and services."""

import pytest
from pydantic import ValidationError

from collectors.incident_settings import IncidentSettings
from config.settings import explain


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        ("SEV1", "sev1"),
        ("Sev 2", "sev2"),
        ("P0", "sev1"),
        ("p3 - low", "sev3"),
        ("Priority 5", "sev4"),
        ("Critical", "sev1"),
        ("major", "sev2"),
        ("none", "sev4"),
        ("maintenance", None),
        ("Pickle", None),
        (None, None),
    ],
)
def test_usual_names_of_severities_are_understood(name: str | None, severity: str | None) -> None:
    assert IncidentSettings().usual_severity(name) == severity


def test_the_operators_names_go_first() -> None:
    settings = IncidentSettings(severities={"Critical": "sev2", "Pickle": "sev3"})
    assert (settings.usual_severity("Critical"), settings.usual_severity("Pickle")) == ("sev2", "sev3")


def test_the_first_glob_that_matches_a_service_owns_it() -> None:
    settings = IncidentSettings.model_validate({"services": {"llm-gateway": {"team": "A"}, "llm-*": {"team": "B"}}})
    assert [settings.owner_of(name).team for name in ("llm-gateway", "llm-cache", "web", None)] == [
        "A",
        "B",
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"severities": {"P1": "grave"}}, "severities.P1: "),
        ({"services": {"chat": {"owner": "me"}}}, "unknown key 'services.chat.owner'"),
    ],
)
def test_a_bad_mapping_is_named(changed: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValidationError) as caught:
        IncidentSettings.model_validate(changed)
    assert explain(caught.value).startswith(sentence)
