"""A metric's name chooses its detector."""

import pytest

from domain.anomaly.kind import Kind, kind_of


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (("cost", "billed_cost", "Effective Cost", "spend", "totalCost", "cost_per_day"), Kind.COST),
        (("requests", "request_count", "requests per minute", "Number of calls"), Kind.REQUESTS),
        (("cost per request", "cost_per_1k_tokens", "unit_cost", "tokens_per_request", "costPerRequest"), Kind.RATIO),
        (("latency/p95", "p95", "latency_seconds", "ttft", "p95_latency_ms"), Kind.LATENCY),
        (("error_rate", "safety_rate", "safety", "violation share", "pct_blocked"), Kind.RATE),
        (("tokens", "usage", "errors", "failed_requests", "gpu hours", "", "日"), Kind.AMOUNT),
    ],
)
def test_the_words_of_a_name_say_how_a_series_is_judged(names: tuple[str, ...], kind: Kind) -> None:
    assert {kind_of(name) for name in names} == {kind}


def test_bad_events_with_a_total_are_a_rate() -> None:
    assert kind_of("errors", has_total=True) is Kind.RATE
    assert kind_of("tokens", has_total=True) is Kind.AMOUNT
    assert [kind for kind in Kind if kind.adds_up] == [Kind.AMOUNT, Kind.COST, Kind.REQUESTS]
