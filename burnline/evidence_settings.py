"""How data are handled by these settings: names, kinds and numbers; never a secret, an address or an account."""

from collections.abc import Iterator, Mapping
from typing import Any

from alerts.retention import MESSAGES_KEPT, TRANSITIONS_KEPT
from burnline.context import Context
from collectors.configured import Configured
from config.secret_reference import SCHEMES
from config.settings import Settings
from store.schema import table_name
from store.telemetry import KEPT_MINUTES

NEVER_STORED = (
    "prompts and completions",
    "titles, texts and names of persons of specifications, releases and defects",
    "answers, comments, e-mail addresses and names of survey respondents; groups that are too small",
    "names, pay and demographic fields of employees and candidates",
    "values of secrets: settings hold references to them",
)
NOT_RECORDED = (
    "who looked at a page, a query or a file: Burnline has no login",
    "changes of burnline.toml and routes.toml",
    "acts before Burnline kept an access log",
)
"""What the access log does not tell."""


def data_handling(context: Context) -> dict[str, Any]:
    """For `data_handling.json`; the settings are those of the moment."""
    settings = context.settings
    return {
        "organization": settings.organization.model_dump(mode="json"),
        "retention": {
            "request_rows": "no limit of age: until their source is forgotten or their window is loaded again",
            "slo_minutes_days": KEPT_MINUTES.days,
            "slo_hours": "no limit of age",
            "alert_messages_days": MESSAGES_KEPT.days,
            "alert_transitions_by_burnline_days": TRANSITIONS_KEPT.days,
            "alerts_answers_and_silences": "no limit of age",
            "ledgers_and_access_log": "no limit of age",
        },
        "never_stored": list(NEVER_STORED),
        "not_in_the_access_log": list(NOT_RECORDED),
        "sources": [_source(one) for one in sorted(context.sources, key=lambda one: one.name)],
        "switched_off_sources": _switched_off(settings),
        "alerts": {
            "rules_off": sorted(settings.alerts.off),
            "secret_references": _references(settings.model_dump(include={"slack", "email"})),
        },
        "review": settings.review.model_dump(mode="json"),
    }


def _source(one: Configured) -> dict[str, Any]:
    return {
        "name": one.name,
        "kind": one.source.name,
        "role": one.source.role,
        "writes": table_name(one.source.writes),
        "every_seconds": int(one.every.total_seconds()),
        "backfill_days": one.settings.backfill_days,
        "secret_references": _references(one.settings.model_dump()),
    }


def _switched_off(settings: Settings) -> list[str]:
    return sorted(name for name, content in settings.sources.items() if not content.get("enabled", True))


def _references(content: Mapping[str, Any]) -> dict[str, str]:
    """Setting → reference, such as `env:OPENAI_ADMIN_KEY`; where a setting lies deeper, its path with dots."""
    return dict(sorted(_found("", content)))


def _found(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _found(f"{path}.{name}".lstrip("."), inner)
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from _found(f"{path}.{number}", inner)
    elif isinstance(value, str) and value.startswith(tuple(f"{scheme}:" for scheme in SCHEMES)):
        yield path, value
