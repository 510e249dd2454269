"""The sections of unit economics about what the costs led to: outcomes, customer tiers, failures."""

import streamlit as st

from app import data, outcomes
from app.components import columns, empty, table
from app.components.filters import Chosen
from app.components.section import section
from queries.runner import Result

FILTERS = ("provider", "team", "environment")


def draw(chosen: Chosen) -> None:
    """Outcomes, or how to connect them; tiers and failures only where facts tell of them. Holds widgets."""
    found = _ask("outcomes_by_feature", chosen)
    st.markdown("## Outcomes")
    if found.row_count:
        _outcomes(chosen)
        table.toolbar(found, name="outcomes")
    else:
        empty.nothing(outcomes.CONNECT)
    failures = _ask("failure_by_feature", chosen)
    if found.row_count or failures.row_count:
        _tiers_if_told(chosen)
    if failures.row_count:
        _failures(chosen)
        table.toolbar(failures, name="failures")


def _tiers_if_told(chosen: Chosen) -> None:
    tiers = _ask("cost_by_customer_tier", chosen)
    if any(row["customer_tier"] for row in tiers.rows()):
        _tiers(chosen)
        table.toolbar(tiers, name="customer-tiers")


@section
def _outcomes(chosen: Chosen) -> None:
    rows = _ask("outcomes_by_feature", chosen).rows()
    currency = chosen.currency
    scope = "Direct cost of days with outcomes."
    part = any(chosen.params("provider", "environment").get(name) for name in ("provider", "environment"))
    st.caption(outcomes.outcome_note(rows, part=part))
    shown = {
        "outcome_feature": columns.text("Feature", pinned=True),
        "outcome": columns.text("Outcome"),
        "cost_per_outcome": columns.unit_cost("Per outcome", currency, scope),
        "cost_per_good_outcome": columns.unit_cost(
            "Per good outcome", currency, "The same cost over good outcomes, where all of a day's are known."
        ),
        "good_ratio": columns.percent("Good", "Good outcomes of all whose good ones are known."),
        "outcome_count": columns.compact("Outcomes"),
        "good_count": columns.compact("Good outcomes", "Empty: the source does not say."),
        "accepted_count": columns.compact("Accepted"),
        "within_slo_count": columns.compact("Within SLO"),
        "safe_count": columns.compact("Safe"),
        "outcome_cost": columns.cost("Cost", currency, scope),
    }
    table.draw(outcomes.outcome_table(rows), shown, alt="Cost per outcome of features, dearest first.")


@section
def _tiers(chosen: Chosen) -> None:
    rows = _ask("cost_by_customer_tier", chosen).rows()
    st.markdown("## Customer tiers")
    st.caption("Costs split by the tokens or requests that logs tell the tier of, else by outcomes; they add up.")
    shown = {
        "customer_tier": columns.text("Customer tier", pinned=True),
        "billed_cost": columns.cost("Billed", chosen.currency),
        "share": columns.percent("Share"),
        "request_count": columns.compact("Requests", "Logged requests."),
        "total_tokens": columns.compact("Tokens", "Logged tokens."),
        "outcome_count": columns.compact("Outcomes"),
        "basis": columns.text("Split by"),
    }
    table.draw(outcomes.tier_table(rows), shown, alt="Cost by customer tier, dearest first.")


@section
def _failures(chosen: Chosen) -> None:
    rows = _ask("failure_by_feature", chosen).rows()
    currency = chosen.currency
    st.markdown("## Cost of failure")
    st.caption(outcomes.failure_headline(rows, currency))
    shown = {
        "failure_feature": columns.text("Feature", pinned=True),
        "lost_cost": columns.cost("Lost", currency, "Failed or retried, counted once: a part of the direct cost."),
        "share": columns.percent("Share", "Of the direct cost of days and providers with a request log."),
        "failed_cost": columns.cost("Failed", currency, "Requests with an error or a status from 400 on."),
        "retried_cost": columns.cost("Retried", currency, "Requests of an interaction that had one before."),
        "request_count": columns.compact("Requests", "Logged requests."),
        "failed_count": columns.compact("Failed requests"),
        "retried_count": columns.compact("Retried requests"),
        "lost_tokens": columns.compact("Tokens lost"),
        "basis": columns.text("Split by", "What the part of the cost is measured in."),
    }
    table.draw(outcomes.failure_table(rows), shown, alt="Cost of failed and retried requests, dearest first.")


def _ask(query: str, chosen: Chosen) -> Result:
    return data.ask(f"cost/{query}", **chosen.params(*FILTERS))
