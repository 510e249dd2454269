"""Writes a commented burnline.toml, routes.toml and an SLO to start from; asks nothing, overwrites nothing."""

from pathlib import Path

from config.reference.routes import FILE_NAME as ROUTES_FILE
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

# --- Delivery: docs/delivery.md says what counts, and how to connect GitLab and Linear --------------------------

# [sources.github_releases]
# api_key = "env:GITHUB_TOKEN"            # read-only: Deployments
# repositories = ["acme/assistants"]

# [sources.jira_specs]
# base_url = "https://acme.atlassian.net"
# api_key = "env:JIRA_USER_AND_TOKEN"     # user:token
# projects = ["LARK"]
# approved_statuses = ["Approved"]

# [sources.jira_defects]
# base_url = "https://acme.atlassian.net"
# api_key = "env:JIRA_USER_AND_TOKEN"
# projects = ["BUG"]
# customer = ["customer-reported"]        # labels that say who reported it
# ai = { answers = ["ai-*"] }             # rule: labels that make it an AI defect

# --- Budgets: budgets.csv beside this file, or finance's own file and columns ----------------------------------

# [budgets]
# path = "/data/finance/plan-2026.csv"
# columns = { scope_type = "Level", scope = "Unit", period_start = "Month", amount = "Plan", version = "Revision" }
# set = { currency = "USD" }              # what the file does not say, alike for all lines

# --- Slack and mail: routes.toml beside this file says what goes where -------------------------------------------

# [slack]
# bot_token = "env:SLACK_BOT_TOKEN"       # scope chat:write; files:write for the pictures
# channel = "C0123ABCD"                   # a channel ID, not a name; routes.toml names others
# app_token = "env:SLACK_APP_TOKEN"       # Socket Mode, scope connections:write: then messages have buttons

# [email]                                 # the mail server, for routes to people
# host = "smtp.example.com"
# port = 587
# encryption = "starttls"                 # or "tls" (port 465)
# user = "burnline"
# password = "file:/run/secrets/smtp"
# sender = "burnline@example.com"

# [alerts]
# budget_thresholds = [50, 80, 100]       # percent of a budget that is worth a message
# stale_after = "6h"                      # a source without complete data for so long is worth one
# rule_limit = "1m"                       # a rule that asks the store for longer is given up; the others go on

# [alerts.owners]                         # whose alerts are that touch no feature and no team
# cost = "FinOps"                         # as well: usage, promise, incident, safety, source

# --- The weekly review: docs/weekly-review.md ---------------------------------------------------------------------

# [review]
# close = "Mon 12:00"                     # when the week before is put on record
# to = "leadership"                       # a [to.leadership] of routes.toml is told of each closed week
# folder = "/srv/reviews"                 # gets each closed week as HTML and PDF
"""

ROUTES_TEMPLATE = """\
# Where alerts go. Without this file all go to the channel of [slack] in burnline.toml, which is the destination
# "slack" here. Every key: docs/routes.md. Try it: python -m burnline alerts route --rule slo_burn

# --- Destinations: a name of yours, and a sink ------------------------------------------------------------------

# [to.oncall]
# sink = "slack"                          # the bot of [slack]
# channel = "C0123ABCD"

# [to.pager]
# sink = "pagerduty"
# routing_key = "env:PAGERDUTY_ROUTING_KEY"

# [to.leadership]
# sink = "teams"
# url = "env:TEAMS_WORKFLOW_URL"

# [to.finops]
# sink = "email"                          # the mail server of [email] in burnline.toml
# to = ["finops@example.com", "sponsor@example.com"]

# [to.privacy]
# sink = "slack_webhook"
# url = "env:PRIVACY_WEBHOOK_URL"

# [to.archive]
# sink = "webhook"
# url = "env:ARCHIVE_URL"
# secrets = ["env:ARCHIVE_SECRET"]

# --- Routes: the first that fits takes the alert, unless it says continue ---------------------------------------

# [[route]]                               # what burns goes to on-call …
# kind = ["promise", "incident"]
# severity = "page"
# to = ["oncall", "pager"]

# [[route]]                               # … and to leadership, when nobody acknowledges it
# severity = "page"
# after = "15m"
# to = ["leadership"]

# [[route]]                               # material cost goes to FinOps and the sponsor
# kind = "cost"
# min_impact = 1000
# to = ["finops"]

# [[route]]
# kind = "safety"
# to = ["privacy"]

# [default]
# to = ["slack"]
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
    """Writes the files. Raises SettingsError when there are settings already; others that are there stay."""
    path = folder / FILE_NAME
    example = folder / FOLDER / SLO_FILE_NAME
    routes = folder / ROUTES_FILE
    if path.exists():
        raise SettingsError(f"{path} is there already; nothing was written.")
    try:
        example.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(TEMPLATE, encoding="utf-8")
        if not example.exists():
            example.write_text(SLO_TEMPLATE, encoding="utf-8")
        if not routes.exists():
            routes.write_text(ROUTES_TEMPLATE, encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror}; choose another folder.") from None
    return path
