"""The page a vendor review is held on: what each provider promised, how it answered us, and what it was paid."""

from decimal import Decimal
from typing import Any

import streamlit as st

from app import data, provider_tables, providers, vendor_review
from app import format as fmt
from app.components import chooser, columns, empty, filters, head, metrics, problems, provider_detail, table
from app.components.filters import Options
from app.components.markdown import plain
from app.components.metrics import Card
from app.components.section import section
from app.components.sql import show_sql
from app.providers import Score
from app.vendor_review import Asked
from domain.slo.attainment import State

PAGE = {"title": "Providers", "url": "providers", "icon": ":material/handshake:", "order": 56}

FILE = "providers.toml"
CHOICE = "look"
"""The parameter of the URL; `provider` filters other pages."""
DECLARE = (
    "No SLA is declared, so nothing can be held against one. Write what the contracts say into `providers.toml` "
    "beside `burnline.toml`; docs/ownership.md shows how."
)
NO_LOG = (
    "No request log is connected, so availability, latency, errors and throttling are unknown (–), not perfect. "
    "docs/sources.md lists the logs and gateways that can be."
)


def render() -> None:
    """The page."""
    filters.accept_keys(Options())
    head.draw("Providers")
    problems.note([sentence for name, sentence in data.reference_problems() if name in ("", FILE)])
    period = filters.choose_period(data.horizon())
    at = data.now().replace(second=0, microsecond=0)
    given = vendor_review.asked(period, data.currency(), data.slas(), at)
    found = vendor_review.scores(given)
    if not found:
        st.info(f"No provider is known. {empty.CONNECT}", icon=":material/handshake:")
        show_sql(*_all(given))
        return
    _summary(given)
    _providers(given, found)
    _models(given, found)
    by_provider = {score.provider: score for score in found}
    if provider := chooser.box(
        {score.provider: score.name for score in found}, CHOICE, "Click a provider above or choose one"
    ):
        provider_detail.draw(given, by_provider[provider])


@section
def _summary(given: Asked) -> None:
    found = vendor_review.scores(given)
    st.markdown(f"## {plain(providers.headline(found))}")
    st.caption(
        f"{fmt.days(given.start, given.end)}, whole UTC days, beside {fmt.days(given.before, given.before_end)}. "
        "Available: answered of all requests but those we got wrong (4xx); throttled ones (429) count as not "
        "answered, unless the SLA says otherwise. Kept and broken are said when chance alone does not explain it."
    )
    metrics.draw(_cards(given, found), metrics.WIDE)
    if not given.slas:
        st.info(DECLARE, icon=":material/contract:")
    if not any(score.has_answers for score in found):
        st.info(NO_LOG, icon=":material/monitoring:")
    show_sql(*_all(given))


def _cards(given: Asked, found: list[Score]) -> list[Card]:
    promised = [score for score in found if score.state is not None]
    kept, broken = (sum(score.state is state for score in promised) for state in (State.MET, State.MISSED))
    unsaid = len(promised) - kept - broken
    billed = sum((score.spent.billed for score in found if score.spent.billed is not None), Decimal())
    before = sum((score.spent.before for score in found if score.spent.before is not None), Decimal())
    answers = [score.now.fates for score in found if score.now.fates]
    fates = sum(answers[1:], answers[0]) if answers else None
    troubles = [score.trouble for score in found if score.trouble]
    change = fmt.change(billed, before)
    hurt = fmt.clock(sum(one.seconds for one in troubles)) if troubles else None
    return [
        Card(
            "SLAs kept",
            f"{kept} of {len(promised)}" if promised else fmt.UNKNOWN,
            note=f"{broken} broken, {unsaid} cannot be said" if promised else "none is declared",
        ),
        Card("Requests", fmt.compact(fates.request_count if fates else None), note="in our own request log"),
        Card(
            "Failed",
            fmt.percent(_float(fates.error_ratio) if fates else None, 2),
            note=f"{fmt.percent(_float(fates.throttle_ratio), 2)} throttled" if fates else None,
        ),
        Card(
            "Incidents",
            fmt.count(sum(one.count for one in troubles)) if troubles else fmt.UNKNOWN,
            note=f"{hurt} of impact" if hurt else "no status page is connected",
            help="As status pages tell; the impact of each provider added up.",
        ),
        Card(
            f"Billed ({given.currency})",
            fmt.money(billed, given.currency),
            delta=None if change is None else fmt.signed_percent(change),
            note="than before",
            rise_is_bad=True,
            help="Bills only; what usage would have cost at list price stands apart.",
        ),
    ]


def _providers(given: Asked, found: list[Score]) -> None:
    """Not cached as a section: its rows can be clicked."""
    st.markdown("## By provider")
    shown = {
        "status": columns.text("SLA"),
        "provider": columns.text("Provider", pinned=True),
        **_answer_columns(),
        "incidents": columns.number("Incidents", "As its status page tells."),
        "impact": columns.text("Impact", "How long its incidents hurt in all; time of two at once counts once."),
        **_spend_columns(given),
    }
    chooser.rows(
        provider_tables.drawn(found),
        shown,
        [score.provider for score in found],
        CHOICE,
        alt=f"{fmt.plural(len(found), 'provider')}, broken promises first. {providers.headline(found)}.",
    )
    table.toolbar(*_all(given), name="providers", made=lambda: provider_tables.exact(found))


def _models(given: Asked, found: list[Score]) -> None:
    models = providers.listed_models(found)
    st.markdown("## By model")
    if not models:
        empty.nothing("No model has requests, usage or costs in this period.")
        return
    table.draw(
        provider_tables.drawn(models),
        {
            "status": columns.text("SLA"),
            "provider": columns.text("Provider"),
            "model": columns.text("Model", pinned=True),
            **_answer_columns(),
            **_spend_columns(given),
        },
        alt=f"{fmt.plural(len(models), 'model')}, by provider, the dearest first.",
    )
    table.toolbar(*_all(given), name="provider-models", made=lambda: provider_tables.exact(models))


def _answer_columns() -> dict[str, Any]:
    return {
        "available": columns.text("Available", "Cut off after three decimals, never rounded up."),
        "availability_promised": columns.text("Promised"),
        "available_before": columns.text("Before"),
        "p95": columns.text("P95", "95% were answered whole within this time: from merged bucket counts."),
        "p95_promised": columns.text("P95 promised"),
        "p95_before": columns.text("P95 before"),
        "first_token_p95": columns.text("First token, P95"),
        "error_ratio": columns.percent("Failed", "5xx, timeouts and other errors, of all but our own mistakes."),
        "throttle_ratio": columns.percent("Throttled", "429, of all but our own mistakes."),
        "requests": columns.compact("Requests", "In our own request log."),
    }


def _spend_columns(given: Asked) -> dict[str, Any]:
    return {
        "billed": columns.cost("Billed", given.currency),
        "change": columns.percent("Change", "Of the bill, against the period before."),
        "estimated": columns.cost("At list price", "USD", "Usage × published or own prices: an estimate, no bill."),
        "reported": columns.compact("Requests reported", "In the provider's own usage report."),
    }


def _all(given: Asked) -> list[Any]:
    return [
        vendor_review.requests(given),
        vendor_review.latency(given),
        vendor_review.spend(given),
        vendor_review.incident_rows(given),
    ]


def _float(ratio: Any) -> float | None:
    return None if ratio is None else float(ratio)


if __name__ == "__main__":
    render()
