"""A key that several features share is split by the gateway's log, and adds up to its bill, on every engine."""

import random
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from domain.attribution import Rule
from store.engine import Store
from store.forget import forget_source
from store.schema import table
from store.tables import AttributedCostDay, AttributedUsageDay, CostDay, KeyShare, UsageDay
from tests.support.engines import own_engines
from tests.support.shared_key import (
    FEATURES,
    GATEWAY,
    OF_LOG,
    OWN,
    RULES,
    SHARED,
    asked,
    billed,
    declare,
    expected_shares,
    november,
    per_feature,
    reported,
    take,
)

CLOSE = Decimal("0.0000000001")
"""Parts of a share are cut off at 1e-12, for each of the hours of a day and each feature."""


def rows(store: Store, row: type) -> list[dict[str, Any]]:
    with store.read() as connection:
        return sorted((dict(r) for r in connection.execute(sa.select(table(row))).mappings()), key=str)


def costs(store: Store) -> dict[str, Decimal]:
    return per_feature(store, AttributedCostDay, "billed_cost")


def split(store: Store, *loads: Sequence[Any], rules: Sequence[Rule] = RULES, last: int = 2) -> None:
    """Declares the rules and loads each list of rows."""
    declare(store, *rules)
    for given_rows in loads:
        take(store, given_rows, last, rules)


def test_each_hour_of_the_bill_goes_to_its_features_by_list_priced_tokens(duckdb_store: Store) -> None:
    """Hour 0 used three quarters of the day, hour 1 a quarter; the gateway did not see hour 1."""
    log = [asked(1, 0, "chat", 3000), asked(1, 0, "search", 1000)]
    split(duckdb_store, [billed(1, "8")], [reported(1, 0, 6000), reported(1, 1, 2000)], log)
    assert costs(duckdb_store) == {"chat": Decimal("4.5"), "search": Decimal("1.5"), OWN: Decimal(2)}
    for column, total in (("total_tokens", 8800), ("uncached_input_tokens", 8000), ("request_count", 10)):
        found = per_feature(duckdb_store, AttributedUsageDay, column)
        assert sum(found.values()) == total
        assert found["chat"] > found["search"]
    assert per_feature(duckdb_store, AttributedUsageDay, "uncached_input_tokens") == {
        "chat": 4500,
        "search": 1500,
        OWN: 2000,
    }
    assert sum(per_feature(duckdb_store, AttributedUsageDay, "estimated_cost").values()) == Decimal("0.036")


def test_a_split_takes_team_environment_and_cost_center_of_each_owner(duckdb_store: Store) -> None:
    log = [asked(1, 0, "chat", 3000), asked(1, 0, None, 1000)]
    split(duckdb_store, [billed(1, "8")], log)
    found = {
        r["feature"]: (r["team"], r["environment"], r["cost_center"], r["billed_cost"])
        for r in rows(duckdb_store, AttributedCostDay)
    }
    assert found == {
        "chat": ("Team chat", "prod", None, Decimal(6)),
        OWN: (f"Team {OWN}", "prod", "CC-1", Decimal(2)),
    }


def test_shares_equal_those_computed_in_fractions(store: Store) -> None:
    """Two days of two models, hours that the log misses, requests of nobody; one line of the bill names no model."""
    chance = random.Random(11)
    used = [
        reported(day, hour, chance.randrange(1, 10**7), model)
        for day in (1, 2)
        for hour in range(24)
        for model in ("m-large", "m-small")
    ]
    log = [
        asked(day, hour, feature, chance.randrange(1, 10**6), chance.choice(["m-large", "m-small"]))
        for day in (1, 2)
        for hour in range(0, 24, 2)
        for feature in ("chat", "search", None, "chat")
    ]
    models = ("m-large", "m-small", None)
    bills = [billed(day, str(chance.randrange(10**15) / 10**9), model) for day in (1, 2) for model in models]
    split(store, bills, used, log, last=3)
    for model in models:
        expected = expected_shares(log, used, model)
        found = {(r["day"], r["feature"]): r["share"] for r in _shares(store, model)}
        assert found.keys() == expected.keys()
        for owner, share in expected.items():
            assert abs(Decimal(found[owner]) - Decimal(share.numerator) / share.denominator) < CLOSE
    for bill in bills:
        c = table(AttributedCostDay).c
        with store.read() as connection:
            parts = connection.execute(
                sa.select(c.billed_cost).where(c.day == bill.charge_period_start.date(), c.model.is_(bill.model))
                if bill.model is None
                else sa.select(c.billed_cost).where(c.day == bill.charge_period_start.date(), c.model == bill.model)
            ).scalars()
            assert sum(map(Decimal, parts)) == bill.billed_cost


def _shares(store: Store, model: str | None) -> list[dict[str, Any]]:
    keys = {r["attribution_key"] for r in rows(store, CostDay) if r["model"] == model}
    return [
        {**r, "share": r["share_to"] - r["share_from"]} for r in rows(store, KeyShare) if r["attribution_key"] in keys
    ]


def test_bill_usage_and_log_come_in_any_order(duckdb_store: Store) -> None:
    log = [asked(1, 0, "chat", 3000), asked(1, 5, "search", 1000, "m-small"), asked(1, 5, "chat", 10, "m-small")]
    loads = (
        [billed(1, "7.77"), billed(1, "-0.5", "m-small"), billed(1, "1", None)],
        [reported(1, 0, 6000), reported(1, 5, 7001, "m-small"), reported(1, 6, 30)],
        log,
    )
    declare(duckdb_store, *RULES)
    found = []
    for order in permutations(loads):
        for part in order:
            take(duckdb_store, part)
        found.append([rows(duckdb_store, row) for row in (KeyShare, AttributedCostDay, AttributedUsageDay)])
        for source in ("openai_costs", "openai_usage", GATEWAY):
            forget_source(duckdb_store, source)
        assert rows(duckdb_store, KeyShare) == []
    assert found[0][0]
    assert all(other == found[0] for other in found[1:])


def test_a_log_that_is_loaded_again_takes_the_place_of_the_one_before(duckdb_store: Store) -> None:
    split(duckdb_store, [billed(1, "8")], [asked(1, 0, "chat", 3000)])
    assert costs(duckdb_store) == {"chat": 8}
    take(duckdb_store, [asked(1, 0, "chat", 3000), asked(1, 0, "search", 3000)])
    assert costs(duckdb_store) == {"chat": 4, "search": 4}


@own_engines
def test_without_the_providers_usage_the_log_weighs_the_hours_and_is_the_usage(store: Store) -> None:
    split(store, [billed(1, "8")], [asked(1, 0, "chat", 2000), asked(1, 1, "search", 5000), asked(1, 1, "chat", 1000)])
    assert costs(store) == {"chat": 3, "search": 5}
    assert per_feature(store, AttributedUsageDay, "uncached_input_tokens") == {"chat": 3000, "search": 5000}
    assert {r["hours_by"] for r in rows(store, KeyShare)} == {"log"}


def test_usage_by_the_day_does_not_weigh_hours_but_is_divided(duckdb_store: Store) -> None:
    whole = reported(1, 0, 8000)
    whole.ended_at = whole.started_at + timedelta(days=1)
    split(duckdb_store, [billed(1, "8")], [whole], [asked(1, 0, "chat", 1000), asked(1, 9, "search", 3000)])
    assert costs(duckdb_store) == {"chat": 2, "search": 6}
    assert per_feature(duckdb_store, AttributedUsageDay, "uncached_input_tokens") == {"chat": 2000, "search": 6000}


def test_one_row_without_a_price_makes_its_hour_count_tokens(duckdb_store: Store) -> None:
    log = [
        asked(1, 0, "chat", 3000, "unknown"),
        asked(1, 0, "search", 1000),
        asked(1, 1, "chat", 1200, "m-small"),
        asked(1, 1, "search", 100),
    ]
    split(duckdb_store, [billed(1, "8", None)], [reported(1, 0, 500), reported(1, 1, 500)], log)
    assert costs(duckdb_store) == {"chat": Decimal(5), "search": Decimal(3)}
    assert {r["weighed_by"] for r in _shares(duckdb_store, None)} == {"mixed"}


def test_a_log_without_tokens_shares_by_requests(duckdb_store: Store) -> None:
    log = [asked(1, 0, "chat", None), asked(1, 0, "chat", None), asked(1, 0, "chat", None), asked(1, 0, "search", None)]
    split(duckdb_store, [billed(1, "8")], log)
    assert costs(duckdb_store) == {"chat": 6, "search": 2}
    assert {r["weighed_by"] for r in rows(duckdb_store, KeyShare)} == {"requests"}


def test_requests_without_tokens_do_not_take_the_price_from_the_others(duckdb_store: Store) -> None:
    log = [asked(1, 0, "chat", 3000), asked(1, 0, "search", 1000), asked(1, 0, None, None)]
    split(duckdb_store, [billed(1, "8")], log)
    assert costs(duckdb_store) == {"chat": 6, "search": 2}
    assert {r["weighed_by"] for r in rows(duckdb_store, KeyShare)} == {"list price"}


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"provider": "anthropic"},
        {"model": "m-small"},
        {"project_id": "proj-other"},
        {"account_id": "org-2"},
    ],
    ids=lambda names: next(iter(names)),
)
def test_what_the_log_says_of_another_key_shares_nothing(duckdb_store: Store, elsewhere: dict[str, str]) -> None:
    log = [asked(1, 0, "chat", 1000), asked(1, 0, "search", 9000, **elsewhere)]
    split(duckdb_store, [billed(1, "8")], [reported(1, 0, 500)], log)
    assert costs(duckdb_store) == {"chat": 8}


def test_a_log_that_names_the_key_shares_it(duckdb_store: Store) -> None:
    names = {"project_id": KEY_PROJECT, "account_id": "org-1", "api_key_id": "key-9"}
    log = [asked(1, 0, "chat", 1000, **names), asked(1, 0, "search", 3000, **names)]
    split(duckdb_store, [billed(1, "8")], [reported(1, 0, 500)], log)
    assert costs(duckdb_store) == {"chat": 2, "search": 6}


KEY_PROJECT = SHARED.match["project_id"]


def test_the_log_still_counts_the_requests_that_the_provider_does_not_report(duckdb_store: Store) -> None:
    log = [asked(1, 0, "chat", 3000), asked(1, 0, "search", 1000), asked(1, 0, "chat", 50, provider="anthropic")]
    split(duckdb_store, [reported(1, 0, 8000, request_count=None)], log)
    tokens = per_feature(duckdb_store, AttributedUsageDay, "uncached_input_tokens")
    assert tokens == {"chat": 6050, "search": 2000}
    assert per_feature(duckdb_store, AttributedUsageDay, "request_count") == {"chat": 2, "search": 1}


def test_the_log_of_an_account_that_nobody_reports_stays_usage(duckdb_store: Store) -> None:
    log = [asked(1, 0, "chat", 3000, account_id="org-1"), asked(1, 0, "search", 1000, account_id="org-2")]
    split(duckdb_store, [reported(1, 0, 8000)], log)
    assert per_feature(duckdb_store, AttributedUsageDay, "uncached_input_tokens") == {"chat": 8000, "search": 1000}


def test_another_log_is_no_report_of_the_provider(duckdb_store: Store) -> None:
    """A second gateway neither weighs the hours nor takes the place of the first one's usage."""
    log = [asked(1, 0, "chat", 1000), asked(1, 1, "search", 1000)]
    other = [asked(1, 1, "search", 9000, source="other", project_id=KEY_PROJECT, service="other")]
    split(duckdb_store, [billed(1, "8")], log, other)
    assert costs(duckdb_store) == {"chat": 4, "search": 4}
    assert per_feature(duckdb_store, AttributedUsageDay, "uncached_input_tokens") == {
        "chat": 1000,
        "search": 1000,
        OWN: 9000,
    }


def test_a_rule_splits_on_its_days_only(duckdb_store: Store) -> None:
    later = Rule("later", {"project_id": KEY_PROJECT}, {}, OWN, split_by=GATEWAY, valid_from=november(2))
    before = Rule("before", {"project_id": KEY_PROJECT}, {}, OWN)
    log = [asked(day, 0, "chat", 1000) for day in (1, 2)]
    split(duckdb_store, [billed(1, "3"), billed(2, "5")], log, rules=(*OF_LOG, later, before), last=3)
    assert costs(duckdb_store) == {OWN: 3, "chat": 5}


@own_engines
def test_a_rule_that_no_longer_splits_gives_the_key_back(store: Store) -> None:
    split(store, [billed(1, "8")], [reported(1, 0, 500)], [asked(1, 0, "chat", 1000)])
    assert costs(store) == {"chat": 8}
    declare(store, *OF_LOG, Rule("shared key", SHARED.match, {}, OWN))
    assert costs(store) == {OWN: 8}
    assert rows(store, KeyShare) == []
    assert sum(per_feature(store, AttributedUsageDay, "uncached_input_tokens").values()) == 1500


def test_a_key_of_which_nothing_is_known_stays_with_its_rule(duckdb_store: Store) -> None:
    split(duckdb_store, [billed(1, "8")])
    (share,) = rows(duckdb_store, KeyShare)
    assert (share["feature"], share["share_from"], share["share_to"], share["unseen_share"]) == (OWN, 0, 1, 1)
    assert (share["hours_by"], share["weighed_by"]) == (None, None)
    assert costs(duckdb_store) == {OWN: 8}


def test_a_store_whose_rules_do_not_split_runs_no_statement_for_it(duckdb_store: Store) -> None:
    declare(duckdb_store, *OF_LOG)
    told: list[str] = []
    event.listen(duckdb_store.engine, "before_cursor_execute", lambda *call: told.append(call[2]))
    take(duckdb_store, [billed(1, "8")], rules=OF_LOG)
    assert any("attributed_cost_day" in statement for statement in told)
    assert not [statement for statement in told if "key_share" in statement]
    assert len([statement for statement in told if "split_by" in statement and "insert" not in statement]) == 1


AMOUNTS = st.integers(-(10**22), 10**22).map(lambda n: Decimal(n).scaleb(-12))
HOURS = st.integers(0, 23)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    amounts=st.lists(AMOUNTS, min_size=1, max_size=3),
    used=st.dictionaries(HOURS, st.integers(0, 10**12), max_size=4),
    seen=st.dictionaries(st.tuples(HOURS, st.sampled_from([*FEATURES, None])), st.integers(0, 10**9), max_size=8),
)
def test_parts_add_up_to_the_whole(
    duckdb_store: Store,
    amounts: list[Decimal],
    used: dict[int, int],
    seen: dict[tuple[int, str | None], int],
) -> None:
    for source in ("openai_costs", "openai_usage", GATEWAY):
        forget_source(duckdb_store, source)
    loads = (
        [billed(1, str(amount), service_name=f"service {number}") for number, amount in enumerate(amounts)],
        [reported(1, hour, tokens) for hour, tokens in used.items()],
        [asked(1, hour, feature, tokens) for (hour, feature), tokens in seen.items()],
    )
    split(duckdb_store, *filter(None, loads))
    for column in ("billed_cost", "effective_cost"):
        parts = [r[column] for r in rows(duckdb_store, AttributedCostDay)]
        assert sum(parts) == sum(amounts)
    whole = [r for r in rows(duckdb_store, UsageDay) if r["source"] != GATEWAY or not used]
    for column in ("uncached_input_tokens", "output_tokens", "request_count", "estimated_cost", "unpriced_tokens"):
        found = [r[column] for r in rows(duckdb_store, AttributedUsageDay) if r[column] is not None]
        assert sum(found) == sum(r[column] for r in whole if r[column] is not None)
    for r in rows(duckdb_store, AttributedUsageDay):
        assert (r["total_tokens"] or 0) == (r["uncached_input_tokens"] or 0) + (r["output_tokens"] or 0)
