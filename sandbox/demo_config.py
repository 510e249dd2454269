"""The operator's config files for this company: what a person would have written about it."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sandbox import (
    anthropic_api,
    github_api,
    jira_api,
    langfuse_api,
    launchdarkly_api,
    litellm_api,
    mlflow_api,
    openai_api,
    pagerduty_api,
    prometheus_api,
    slack_api,
    statuspage_api,
)
from sandbox.catalog import (
    ANTHROPIC_ORG_ID,
    FEATURES,
    IMAGE,
    OPENAI,
    OPENAI_ORG_ID,
    PRODUCTION,
    SHARED_FEATURE,
    TEAMS,
)
from sandbox.company import Company
from sandbox.demo_budgets import BUDGET_COLUMNS, budget_rows
from sandbox.demo_commitments import COMMITMENT_COLUMNS, commitment_rows
from sandbox.demo_kpis import KPIS_TOML
from sandbox.demo_slos import write_slos
from sandbox.events import LAUNCH_DAYS_BEFORE, LAUNCH_FEATURE, PRICE_CHANGE_DAYS_BEFORE
from sandbox.exchange import RATE_COLUMNS, rate_rows
from sandbox.exports import HISTORY_DAYS
from sandbox.gateway import SERVICES
from sandbox.hosting import HOST, PROJECT_FEATURES
from sandbox.keys import (
    ADMIN_KEY_ANTHROPIC,
    ADMIN_KEY_OPENAI,
    API_KEY_PAGERDUTY,
    KEYS_LANGFUSE,
    MASTER_KEY_LITELLM,
    SLACK_APP_TOKEN,
    SLACK_TOKEN,
    TOKEN_GITHUB,
    TOKEN_LAUNCHDARKLY,
    TOKEN_MLFLOW,
    USER_AND_TOKEN_JIRA,
)
from sandbox.prices import PRICES_BEFORE_CHANGE, TIER_FACTORS, UNIT_PRICES
from sandbox.slack_store import AI_ALERTS_CHANNEL, FINOPS_CHANNEL
from sandbox.traffic import Measure
from sandbox.truth import Truth

__all__ = ["ANTHROPIC_ORG_ID", "OPENAI_ORG_ID", "DemoConnection", "write_demo_config"]

_RULE_DATE_MARGIN_DAYS = 60
PROVIDERS_TOML = """\
# What the fictional contracts promise.

[[sla]]
provider = "openai"
availability = 0.999
p95_seconds = 15
note = "Fictional order form, section 4"

[[sla]]
provider = "anthropic"
availability = 0.995
throttled = "invalid"
note = "Fictional enterprise agreement, annex B"
"""


@dataclass(frozen=True)
class DemoConnection:
    """What `burnline.toml` needs to reach the sandbox."""

    openai_base_url: str
    openai_org_id: str
    openai_admin_key: str
    anthropic_base_url: str
    anthropic_org_id: str
    anthropic_admin_key: str
    pagerduty_base_url: str
    pagerduty_api_key: str
    status_base_urls: dict[str, str]
    """By provider."""
    litellm_base_url: str
    litellm_api_key: str
    prometheus_base_url: str
    mlflow_base_url: str
    mlflow_token: str
    langfuse_base_url: str
    langfuse_keys: str
    launchdarkly_base_url: str
    launchdarkly_token: str
    github_base_url: str
    github_token: str
    jira_base_url: str
    jira_user_and_token: str
    slack_base_url: str
    slack_token: str
    slack_app_token: str
    alerts_channel: str
    finops_channel: str


def write_demo_config(company: Company, folder: Path, base_url: str, today: date) -> DemoConnection:
    """Write the reference files (features, owners, budgets, prices, rates, …) into `folder`.

    Rates are known up to `today`. `base_url` is the sandbox's own address; the answer says where each vendor is found
    under it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "features.toml").write_text(_features_toml(), encoding="utf-8")
    (folder / "attribution.toml").write_text(_attribution_toml(company), encoding="utf-8")
    (folder / "allocation.toml").write_text(_allocation_toml(), encoding="utf-8")
    (folder / "prices.toml").write_text(_prices_toml(company), encoding="utf-8")
    truth = Truth(company)
    _write_csv(folder / "budgets.csv", BUDGET_COLUMNS, budget_rows(truth))
    _write_csv(folder / "commitments.csv", COMMITMENT_COLUMNS, commitment_rows(truth))
    first_rate = company.anchor - timedelta(days=HISTORY_DAYS)
    _write_csv(folder / "fx_rates.csv", RATE_COLUMNS, rate_rows(company.seed, first_rate, today + timedelta(days=1)))
    _write_csv(folder / "annotations.csv", _ANNOTATION_COLUMNS, _annotation_rows(company))
    write_slos(folder)
    (folder / "providers.toml").write_text(PROVIDERS_TOML, encoding="utf-8")
    (folder / "kpis.toml").write_text(KPIS_TOML, encoding="utf-8")
    return demo_connection(base_url)


def demo_connection(base_url: str) -> DemoConnection:
    """Addresses, ids, keys and channels of a sandbox that answers at `base_url`."""
    root = base_url.rstrip("/")
    return DemoConnection(
        openai_base_url=root + openai_api.BASE_PATH,
        openai_org_id=OPENAI_ORG_ID,
        openai_admin_key=ADMIN_KEY_OPENAI,
        anthropic_base_url=root + anthropic_api.BASE_PATH,
        anthropic_org_id=ANTHROPIC_ORG_ID,
        anthropic_admin_key=ADMIN_KEY_ANTHROPIC,
        pagerduty_base_url=root + pagerduty_api.BASE_PATH,
        pagerduty_api_key=API_KEY_PAGERDUTY,
        status_base_urls={name: f"{root}{statuspage_api.BASE_PATH}/{name}" for name in statuspage_api.NAMES},
        litellm_base_url=root + litellm_api.BASE_PATH,
        litellm_api_key=MASTER_KEY_LITELLM,
        prometheus_base_url=root + prometheus_api.BASE_PATH,
        mlflow_base_url=root + mlflow_api.BASE_PATH,
        mlflow_token=TOKEN_MLFLOW,
        langfuse_base_url=root + langfuse_api.BASE_PATH,
        langfuse_keys=KEYS_LANGFUSE,
        launchdarkly_base_url=root + launchdarkly_api.BASE_PATH,
        launchdarkly_token=TOKEN_LAUNCHDARKLY,
        github_base_url=root + github_api.BASE_PATH,
        github_token=TOKEN_GITHUB,
        jira_base_url=root + jira_api.BASE_PATH,
        jira_user_and_token=USER_AND_TOKEN_JIRA,
        slack_base_url=root + slack_api.BASE_PATH,
        slack_token=SLACK_TOKEN,
        slack_app_token=SLACK_APP_TOKEN,
        alerts_channel=AI_ALERTS_CHANNEL,
        finops_channel=FINOPS_CHANNEL,
    )


def _table(name: str, values: dict[str, str | date]) -> str:
    lines = [f"[[{name}]]"]
    for key, value in values.items():
        lines.append(f"{key} = {value}" if isinstance(value, date) else f'{key} = "{value}"')
    return "\n".join(lines) + "\n"


def _features_toml() -> str:
    team_names = {team.key: team.name for team in TEAMS}
    tables = [
        _table(
            "feature",
            {
                "key": feature.key,
                "name": feature.name,
                "team": team_names[feature.team],
                "tier": feature.tier,
                "owner": feature.owner,
                "status": feature.status,
            },
        )
        + _links(feature.key)
        for feature in FEATURES
    ]
    return "# The AI features of the company and who answers for them.\n\n" + "\n".join(tables)


def _links(feature: str) -> str:
    """Where its code and its dashboard are, in a company that nobody can visit."""
    code, board = f"https://git.larkfield.example/ai/{feature}", f"https://grafana.larkfield.example/d/{feature}"
    return f'links = {{ repo = "{code}", dashboard = "{board}" }}\n'


def _allocation_toml() -> str:
    rule: dict[str, str | date] = {
        "name": "Evaluation & guardrails by direct cost",
        "from": SHARED_FEATURE,
        "method": "direct_cost",
    }
    return "# Who bears shared costs. Each day's are split by the direct costs of that day.\n\n" + _table("rule", rule)


def _attribution_toml(company: Company) -> str:
    teams = {team.key: team for team in TEAMS}
    features = {feature.key: feature for feature in FEATURES}
    rules: dict[tuple[str, str], str] = {}
    for stream in company.streams:
        if stream.feature is None:
            continue
        rule: dict[str, str | date] = {
            "name": f"{stream.feature} {stream.environment} on {stream.provider}",
            "provider": stream.provider,
            "project": stream.project_id,
            "feature": stream.feature,
            "environment": stream.environment,
            "cost_center": teams[features[stream.feature].team].cost_center,
        }
        if stream.feature == LAUNCH_FEATURE:
            margin = LAUNCH_DAYS_BEFORE + _RULE_DATE_MARGIN_DAYS
            rule["valid_from"] = company.anchor - timedelta(days=margin)
        rules.setdefault((stream.provider, stream.project_id), _table("rule", rule))
    for project, key in PROJECT_FEATURES.items():
        host_rule: dict[str, str | date] = {
            "name": f"{key} {PRODUCTION} on {HOST}",
            "provider": HOST,
            "project": project,
            "feature": key,
            "environment": PRODUCTION,
            "cost_center": teams[features[key].team].cost_center,
        }
        rules[HOST, project] = _table("rule", host_rule)
    for service in SERVICES:
        through: dict[str, str | date] = {
            "name": f"{service.name} {PRODUCTION} through the gateway",
            "service": service.name,
            "feature": service.name,
            "environment": PRODUCTION,
        }
        rules["litellm", service.name] = _table("rule", through)
    head = "# Whose spend is whose. The first rule that matches wins; what none matches stays unattributed.\n\n"
    return head + "\n".join(rules.values())


_PRICE_UNITS = {
    Measure.UNCACHED: "uncached_input_tokens",
    Measure.CACHE_READ: "cache_read_input_tokens",
    Measure.OUTPUT: "output_tokens",
}


def _prices_toml(company: Company) -> str:
    """What no public list knows: prices before the vendor lowered them, and the price of a picture."""
    changed = company.anchor - timedelta(days=PRICE_CHANGE_DAYS_BEFORE)
    tables = []
    for model, prices in PRICES_BEFORE_CHANGE.items():
        for (provider, tier), factor in TIER_FACTORS.items():
            if provider != OPENAI:
                continue
            amounts = ", ".join(f"{unit} = {prices[measure] * factor}" for measure, unit in _PRICE_UNITS.items())
            tables.append(
                _table("price", {"provider": provider, "model": model, "service_tier": tier, "valid_to": changed})
                + f"per_million = {{ {amounts} }}\n"
            )
    image = _table("price", {"provider": OPENAI, "model": IMAGE, "unit": "images"})
    tables.append(f"{image}price_per_million = {UNIT_PRICES[IMAGE]}\n")
    return "# What the company pays and no public price list says.\n\n" + "\n".join(tables)


_ANNOTATION_COLUMNS = ("occurred_at", "kind", "title", "feature")


def _write_csv(path: Path, columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def _annotation_rows(company: Company) -> list[tuple[str, ...]]:
    return [
        (event.occurred_at.strftime("%Y-%m-%dT%H:%M:%SZ"), event.kind, event.title, event.feature or "")
        for event in company.events
    ]
