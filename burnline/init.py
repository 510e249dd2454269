"""Writes a commented burnline.toml and an SLO to start from; asks nothing, overwrites nothing."""

from pathlib import Path

from config.settings import FILE_NAME, SettingsError
from config.slo_files.loading import FOLDER

TEMPLATE = """\
# Burnline's settings. Lines that begin with '#' are examples; remove the '#' to use them.
# Secrets are never written here: give a reference such as env:NAME, file:/path or vault:mount/path#key.

[organization]
name = "My organisation"
timezone = "UTC"
currency = "USD"

[store]
# DuckDB needs no server. For a team: "postgresql://burnline@db.example.com/burnline".
url = "duckdb:///var/burnline.duckdb"

[server]
host = "127.0.0.1"   # loopback only, until Burnline knows who is asking
port = 8501
# public_url = "https://burnline.example.com"   # for links in Slack messages

# --- Sources: one table each. `python -m burnline doctor` tries every one of them. -------------------------------

# [sources.openai_costs]
# account = "org-…"                       # your OpenAI organisation
# admin_key = "env:OPENAI_ADMIN_KEY"      # an admin key; a project key does not work

# [sources.openai_usage]
# account = "org-…"
# admin_key = "env:OPENAI_ADMIN_KEY"

# [sources.anthropic_costs]
# account = "…"                           # your Anthropic organisation id
# admin_key = "env:ANTHROPIC_ADMIN_KEY"

# [sources.anthropic_usage]
# account = "…"
# admin_key = "env:ANTHROPIC_ADMIN_KEY"

# [sources.focus]
# path = "/data/focus"                    # a FOCUS file (CSV, CSV.gz, Parquet), or a folder of them

# [sources.gateway_log]
# kind = "request_log"
# path = "/data/requests"                 # CSV, JSONL or Parquet
# map = { started_at = "time", input_tokens = "prompt_tokens", output_tokens = "completion_tokens", model = "model" }
# set = { provider = "openai" }

# --- Incidents: docs/incidents.md says how their clocks are read ------------------------------------------------

# [sources.pagerduty]                     # or incident_io, servicenow, incidents_csv
# api_key = "env:PAGERDUTY_API_KEY"       # read-only is enough
# fields = { impact_started_at = "impact_started" }   # your custom field; without it nobody knows the start

# [sources.pagerduty.services."llm-*"]    # a service's name there: whose it is
# feature = "support-assistant"
# ai_related = true

# [sources.openai_status]
# kind = "statuspage"
# provider = "openai"
# base_url = "https://status.openai.com"  # Anthropic: https://status.claude.com

# --- Budgets: budgets.csv beside this file, or finance's own file and columns ----------------------------------

# [budgets]
# path = "/data/finance/plan-2026.csv"
# columns = { scope_type = "Level", scope = "Unit", period_start = "Month", amount = "Plan", version = "Revision" }
# set = { currency = "USD" }              # what the file does not say, alike for all lines

# --- Slack ----------------------------------------------------------------------------------------------------

# [slack]
# bot_token = "env:SLACK_BOT_TOKEN"       # scope chat:write; files:write for the pictures
# channel = "C0123ABCD"                   # a channel ID, not a name
# app_token = "env:SLACK_APP_TOKEN"       # Socket Mode, scope connections:write: then messages have buttons

# [alerts]
# budget_thresholds = [50, 80, 100]       # percent of a budget that is worth a message
# stale_after = "6h"                      # a source without complete data for so long is worth one
"""

SLO_FILE_NAME = "example.yaml"
SLO_TEMPLATE = """\
# A promise as OpenSLO v1. Remove the '#' to use it, then: python -m burnline slo lint
# Every key, and what is done with it: docs/slos.md

# apiVersion: openslo/v1
# kind: SLO
# metadata:
#   name: chat-answers
#   displayName: Chat answers
#   labels:
#     tier: critical                  # critical, standard or internal
#     owner: conversational-ai
# spec:
#   service: chat
#   indicator:
#     spec:
#       thresholdMetric:
#         metricSource:
#           type: burnline            # our own request log; or prometheus, or series
#           spec:
#             indicator: latency      # or time_to_first_token; availability is a ratioMetric
#             service: chat*          # globs; also feature, provider, model
#   timeWindow:
#     - duration: 28d
#       isRolling: true
#   budgetingMethod: Occurrences
#   objectives:
#     - displayName: within 2 seconds
#       op: lte
#       value: 2
#       targetPercent: 95
"""


def write_template(folder: Path) -> Path:
    """Writes both files. Raises SettingsError when there are settings already; an SLO that is there stays."""
    path = folder / FILE_NAME
    example = folder / FOLDER / SLO_FILE_NAME
    if path.exists():
        raise SettingsError(f"{path} is there already; nothing was written.")
    try:
        example.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(TEMPLATE, encoding="utf-8")
        if not example.exists():
            example.write_text(SLO_TEMPLATE, encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror}; choose another folder.") from None
    return path
