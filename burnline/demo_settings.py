"""burnline.toml of the demo: every source of the fictional company, as its operator would have written it."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from config.settings import FILE_NAME
from sandbox import (
    delivery,
    delivery_tickets,
    evaluations,
    experiments,
    exports,
    gateway,
    hosting,
    jira_records,
    launchdarkly_api,
    mlflow_api,
    pagerduty_records,
)
from sandbox.catalog import FEATURES
from sandbox.demo_config import DemoConnection
from sandbox.incidents import SHOP_SERVICE

ID_SALT = "larkfield-openings"
"""Not secret: the company is fictional, and its ids should be the same in every demo."""
BACKFILL_DAYS = exports.HISTORY_DAYS
QUALITY_DAYS = evaluations.HISTORY_DAYS + 10
"""Evaluations and experiments are from a little before the first release."""
DELIVERY_DAYS = delivery.HISTORY_DAYS + 5
"""Lead times are compared with those of a year before."""

OUTCOME_COLUMN = {
    "day": "date",
    "feature": "feature",
    "outcome": "result",
    "customer_tier": "plan",
    "outcome_count": "closed",
    "accepted_count": "accepted",
    "safe_count": "safe",
    "good_count": "good",
}
"""Field of an outcome → what the company's file calls it."""
SAFETY_COLUMN = {
    "hour": "time",
    "feature": "app",
    "policy": "guardrail",
    "checked_count": "checked",
    "violation_count": "confirmed",
    "blocked_count": "stopped",
    "leaked_count": "reached_user",
}
"""Field of a safety check → what the company's file calls it."""
REQUEST_COLUMN = {
    "started_at": "time",
    "interaction_id": "contract",
    "status_code": "status",
    "duration_milliseconds": "milliseconds",
}
"""Field of a request → what the parser's log calls it."""
INCIDENT_FIELD = {
    "impact_started_at": pagerduty_records.IMPACT_FIELD,
    "cause": pagerduty_records.CAUSE_FIELD,
    "postmortem_published_at": pagerduty_records.POSTMORTEM_FIELD,
}
"""Column of an incident → the custom field that the company added to its PagerDuty."""
REQUEST_VALUE = {
    "provider": hosting.HOST,
    "account_id": hosting.HOST_ACCOUNT,
    "project_id": hosting.PARSER_PROJECT,
    "service": hosting.PARSER_SERVICE,
}
"""What the parser's log need not say: all of it is about one function at the host."""


def write_settings(
    config: Path, connection: DemoConnection, files: Path, *, backfill_days: int = BACKFILL_DAYS
) -> None:
    """Writes burnline.toml and its secrets; at every start, since the sandbox listens on a new port each time.

    `files` is the folder of what the company gets as files.
    """
    secrets = {
        "openai": connection.openai_admin_key,
        "anthropic": connection.anthropic_admin_key,
        "pagerduty": connection.pagerduty_api_key,
        "litellm": connection.litellm_api_key,
        "mlflow": connection.mlflow_token,
        "langfuse": connection.langfuse_keys,
        "launchdarkly": connection.launchdarkly_token,
        "github": connection.github_token,
        "jira": connection.jira_user_and_token,
        "slack": connection.slack_token,
        "slack-app": connection.slack_app_token,
        "ids": ID_SALT,
    }
    for name, value in secrets.items():
        (config / f"{name}.secret").write_text(value)
    parts = [
        "# Written by the demo at every start.",
        "demo = true",
        '[organization]\nname = "Larkfield (fictional)"\ncurrency = "USD"',
        _section("alerts", budget_thresholds=[80, 100]),
        _section("alerts.owners", cost="FinOps", usage="FinOps", incident="AI platform", safety="AI safety"),
        _section("review", close="Mon 00:00", wait="1m", to="slack"),  # so that any first start has a closed week
        _section(
            "slack",
            bot_token=f"file:{config / 'slack.secret'}",
            app_token=f"file:{config / 'slack-app.secret'}",
            channel=connection.alerts_channel,
            base_url=connection.slack_base_url,
        ),
    ]
    vendors = (
        ("openai", connection.openai_org_id, connection.openai_base_url),
        ("anthropic", connection.anthropic_org_id, connection.anthropic_base_url),
    )
    for kind in ("costs", "usage"):
        for vendor, account, base_url in vendors:
            parts.append(
                _section(
                    f"sources.{vendor}_{kind}",
                    account=account,
                    admin_key=f"file:{config / f'{vendor}.secret'}",
                    base_url=base_url,
                    backfill_days=backfill_days,
                    max_requests_per_second=1000,
                )
            )
    parts += _incident_sources(config, connection, backfill_days)
    parts += _delivery_sources(config, connection)
    parts += _telemetry_sources(config, connection, min(backfill_days, gateway.GATEWAY_DAYS))
    parts += _quality_sources(config, connection)
    parts += _file_sources(files)
    parts += _people_sources(config, files)
    (config / FILE_NAME).write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _incident_sources(config: Path, connection: DemoConnection, backfill_days: int) -> list[str]:
    return [
        _section(
            "sources.pagerduty",
            api_key=f"file:{config / 'pagerduty.secret'}",
            base_url=connection.pagerduty_base_url,
            backfill_days=backfill_days,
            max_requests_per_second=1000,
        ),
        _section("sources.pagerduty.fields", **INCIDENT_FIELD),
        *(
            _section(f"sources.pagerduty.services.{feature.key}", feature=feature.key, ai_related=True)
            for feature in FEATURES
        ),
        _section(f"sources.pagerduty.services.{SHOP_SERVICE}", ai_related=False),
        *(
            _section(
                f"sources.{provider}_status",
                kind="statuspage",
                provider=provider,
                base_url=base_url,
                every="15s",
                backfill_days=backfill_days,
                max_requests_per_second=1000,
            )
            for provider, base_url in connection.status_base_urls.items()
        ),
    ]


def _delivery_sources(config: Path, connection: DemoConnection) -> list[str]:
    jira: dict[str, Any] = {
        "api_key": f"file:{config / 'jira.secret'}",
        "base_url": connection.jira_base_url,
        "backfill_days": DELIVERY_DAYS,
        "max_requests_per_second": 1000,
    }
    tickets = delivery_tickets
    return [
        _section(
            "sources.github_releases",
            api_key=f"file:{config / 'github.secret'}",
            base_url=connection.github_base_url,
            repositories=list(delivery.REPOSITORIES),
            revert_pattern="^revert/",
            fix_pattern="^hotfix/",
            backfill_days=DELIVERY_DAYS,
            max_requests_per_second=1000,
        ),
        _section("sources.github_releases.kinds", **delivery.KIND_OF),
        *(_section(f'sources.github_releases.owners."*/{one.key}/*"', feature=one.key) for one in FEATURES),
        _section(
            "sources.jira_specs",
            projects=[delivery.SPEC_PROJECT],
            approved_statuses=[jira_records.APPROVED],
            **jira,
        ),
        *(_section(f"sources.jira_specs.owners.{one.key}", feature=one.key) for one in FEATURES),
        _section(
            "sources.jira_defects",
            projects=[tickets.DEFECT_PROJECT],
            customer=[tickets.CUSTOMER_LABEL],
            internal=[tickets.INTERNAL_LABEL],
            ai_related=False,
            **jira,
        ),
        _section("sources.jira_defects.ai", **{label: [label] for label in tickets.AI_LABELS}),
        *(_section(f"sources.jira_defects.owners.{one.key}", feature=one.key) for one in FEATURES),
        _section("sources.jira_evidence", projects=[tickets.EVIDENCE_PROJECT], **jira),
        _section("sources.jira_evidence.frameworks", **tickets.FRAMEWORKS),
    ]


def _telemetry_sources(config: Path, connection: DemoConnection, backfill_days: int) -> list[str]:
    return [
        _section(
            "sources.litellm",
            api_key=f"file:{config / 'litellm.secret'}",
            base_url=connection.litellm_base_url,
            service_tag="app",
            backfill_days=backfill_days,
        ),
        _section("sources.prometheus", base_url=connection.prometheus_base_url, backfill_days=backfill_days),
    ]


def _quality_sources(config: Path, connection: DemoConnection) -> list[str]:
    """These go back further than bills: the review compares with a year ago."""
    return [
        _section(
            "sources.mlflow",
            api_key=f"file:{config / 'mlflow.secret'}",
            base_url=connection.mlflow_base_url,
            experiments=[mlflow_api.EXPERIMENT_NAME],
            backfill_days=QUALITY_DAYS,
        ),
        _section("sources.mlflow.fields", kind="suite", sample_count=evaluations.ITEMS),
        _section(
            f'sources.mlflow.metrics."{evaluations.METRIC}"',
            task="task success",
            minimum=0,
            maximum=1,
            variance=evaluations.VARIANCE,
        ),
        _section(
            "sources.langfuse_scores",
            api_key=f"file:{config / 'langfuse.secret'}",
            base_url=connection.langfuse_base_url,
            feature=evaluations.SCORED_FEATURE,
            backfill_days=QUALITY_DAYS,
            max_requests_per_second=1000,
        ),
        _section(
            f"sources.langfuse_scores.metrics.{evaluations.HELPFULNESS}",
            minimum=evaluations.SCALE[0],
            maximum=evaluations.SCALE[1],
        ),
        _section(f"sources.langfuse_scores.metrics.{evaluations.RESOLVED}", task="resolution"),
        _section(
            "sources.launchdarkly",
            api_key=f"file:{config / 'launchdarkly.secret'}",
            base_url=connection.launchdarkly_base_url,
            project=launchdarkly_api.PROJECT,
            environment=launchdarkly_api.ENVIRONMENT,
            is_ai=False,
            backfill_days=QUALITY_DAYS,
            max_requests_per_second=1000,
        ),
        *(
            _section(f'sources.launchdarkly.experiments."{feature}-x*"', feature=feature, is_ai=True)
            for feature in experiments.FEATURES
        ),
    ]


def _file_sources(files: Path) -> list[str]:
    return [
        _section("sources.gpu_host", kind="focus", path=str(files / exports.HOST_BILL)),
        _section("sources.contract_parser", kind="request_log", path=str(files / exports.PARSER_LOG)),
        _section("sources.contract_parser.map", **REQUEST_COLUMN),
        _section("sources.contract_parser.set", **REQUEST_VALUE),
        _section("sources.outcomes", kind="outcomes_csv", path=str(files / exports.OUTCOMES)),
        _section("sources.outcomes.map", **OUTCOME_COLUMN),
        _section("sources.guardrails", kind="safety_csv", path=str(files / exports.SAFETY)),
        _section("sources.guardrails.map", **SAFETY_COLUMN),
        _section("sources.incident_actions", kind="incident_actions_csv", path=str(files / exports.INCIDENT_ACTIONS)),
    ]


def _people_sources(config: Path, files: Path) -> list[str]:
    return [
        _section("sources.engagement", kind="surveys_csv", path=str(files / exports.ENGAGEMENT), groups_are_teams=True),
        _section("sources.engagement.questions", recommend="engagement_enps"),
        _section("sources.engagement.columns", respondent="member"),
        _section("sources.stakeholders", kind="surveys_csv", path=str(files / exports.STAKEHOLDERS)),
        _section("sources.stakeholders.questions", satisfaction="stakeholder_satisfaction"),
        _section("sources.stakeholders.columns", group="department", respondent="person"),
        _section("sources.headcount", kind="headcount_csv", path=str(files / exports.HEADCOUNT)),
        _section(
            "sources.hiring",
            kind="openings_csv",
            path=str(files / exports.OPENINGS),
            salt=f"file:{config / 'ids.secret'}",
        ),
        _section("sources.people_measures", kind="measurements_csv", path=str(files / exports.MEASUREMENTS)),
    ]


def _section(name: str, **values: str | int | bool | Sequence[str | int]) -> str:
    lines = (f"{_key(key)} = {json.dumps(value)}" for key, value in values.items())
    return "\n".join([f"[{name}]", *lines])


def _key(name: str) -> str:
    """A TOML key, quoted where it holds more than a bare one may."""
    return name if re.fullmatch(r"[\w-]+", name) else json.dumps(name)
