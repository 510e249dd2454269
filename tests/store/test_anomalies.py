"""Judged days on every engine: replaced, kept, forgotten; and a whole evaluation where SQL and types differ."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import sqlalchemy as sa

from alerts.detection.evaluate import detect, detect_if_new
from config.settings import Settings
from store.anomalies import finish_run, replace_hours
from store.engine import Store
from store.schema import table
from store.tables import AnomalyDay, AnomalyHour, AnomalyRun, AttributedCostDay, BillDay, ScopeCostDay, SourceState
from tests.alerts.support import collected, insert

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
DAYS = 40


def costs(last: float) -> list[ScopeCostDay]:
    rng = np.random.default_rng(5)
    values = 100 * np.exp(0.04 * rng.standard_normal(DAYS))
    values[-1] *= last
    return [
        ScopeCostDay(
            day=NOW.date() - timedelta(days=DAYS - number),
            currency="USD",
            scope_type="feature",
            scope="desk",
            billed_cost=Decimal(f"{value:.6f}"),
            effective_cost=Decimal(0),
        )
        for number, value in enumerate(values)
    ]


def bill(store: Store, provider: str = "openai", days_ago: int = 1) -> None:
    """The last bill of a provider, complete up to the end of its day."""
    day = NOW.date() - timedelta(days=days_ago)
    billed = BillDay(
        day=day, source=f"{provider}_costs", provider=provider, model=None, service_tier=None, token_type=None,
        unit=None, charge_category="Usage", billing_currency="USD", billed_cost=Decimal(1), effective_cost=Decimal(1),
        billed_quantity=None,
    )  # fmt: skip
    owned = AttributedCostDay(
        day=day, provider=provider, account_id="org", project_id=None, api_key_id=None, service="API", model="m",
        token_type=None, feature="desk", team="Support", environment="production", cost_center=None, currency="USD",
        billing_currency="USD", allocation=None, billed_cost=Decimal(1), effective_cost=Decimal(1), request_cost=None,
        token_cost=None,
    )  # fmt: skip
    insert(store, BillDay, [billed])
    insert(store, AttributedCostDay, [owned])
    collected(store, f"{provider}_costs", NOW - timedelta(days=days_ago - 1))


def stored(store: Store) -> list[tuple[date, bool, bool]]:
    c = table(AnomalyDay).c
    with store.read() as connection:
        rows = connection.execute(sa.select(c.day, c.is_alerting, c.withdrawn_at).order_by(c.day)).tuples().all()
    return [(day, bool(alerts), at is not None) for day, alerts, at in rows]


def test_an_evaluation_is_kept_and_corrected_on_every_engine(store: Store) -> None:
    bill(store)
    insert(store, ScopeCostDay, costs(last=3))
    found = detect(store, Settings(), NOW)
    assert (found.series_count, found.opened_count) == (1, 1)
    first = stored(store)
    assert len(first) == DAYS
    assert first[-1] == (NOW.date() - timedelta(days=1), True, False)
    assert detect_if_new(store, Settings(), NOW) is None
    with store.write() as connection:
        connection.execute(sa.delete(table(ScopeCostDay)))
    insert(store, ScopeCostDay, costs(last=1))
    assert detect(store, Settings(), NOW + timedelta(hours=1)).withdrawn_count == 1
    again = stored(store)
    assert again[:-1] == first[:-1]
    assert again[-1] == (NOW.date() - timedelta(days=1), False, True)


def test_a_source_that_stopped_is_waited_for_while_it_is_configured(duckdb_store: Store) -> None:
    bill(duckdb_store)
    bill(duckdb_store, "anthropic", days_ago=20)
    insert(duckdb_store, ScopeCostDay, costs(last=1))
    state = SourceState(source="anthropic_costs", kind="anthropic_costs", title="", role="billing", every_seconds=60)
    insert(duckdb_store, SourceState, [state])
    detect(duckdb_store, Settings(), NOW)
    assert stored(duckdb_store)[-1][0] == NOW.date() - timedelta(days=20)
    with duckdb_store.write() as connection:
        connection.execute(sa.delete(table(SourceState)))
    detect(duckdb_store, Settings(), NOW)
    assert len(stored(duckdb_store)) == DAYS


def day_row(day: date, incident_on: date | None = None) -> AnomalyDay:
    return AnomalyDay(
        metric="cost", scope_type="team", scope="Shop", unit="USD", day=day, state="scored", score=1.0, threshold=5.0,
        actual=1.0, expected=1.0, base_count=None, is_alerting=incident_on is not None, incident_on=incident_on,
        first_scored_at=NOW, scored_at=NOW, withdrawn_at=None, error=0.0, shift=0.0, moved=0.0,
    )  # fmt: skip


def test_old_days_are_forgotten_but_for_alerts_and_days_with_habits(store: Store) -> None:
    alerted = date(2025, 11, 7)
    kept = [date(2026, 8, 14), date(2026, 6, 15), date(2026, 6, 30), date(2026, 7, 2)]
    gone = [date(2026, 8, 12), date(2026, 6, 14), date(2026, 6, 29), date(2026, 3, 1)]
    insert(store, AnomalyDay, [*(day_row(day) for day in (*kept, *gone)), day_row(alerted, alerted)])
    run = AnomalyRun(
        run_id="r", started_at=NOW, digest="d", series_count=0, scored_count=0, opened_count=0, withdrawn_count=0
    )
    finish_run(store, run)
    assert [day for day, _, _ in stored(store)] == sorted([alerted, *kept])


def test_warnings_are_replaced_from_a_moment_on_withdrawn_by_late_data_and_forgotten_after_a_week(store: Store) -> None:
    def hour(days_ago: int) -> AnomalyHour:
        at = NOW - timedelta(days=days_ago)
        return AnomalyHour(
            metric="cost", scope_type="team", scope="Shop", unit="USD", hour=at, score=9.0, actual=2.0, expected=None
        )

    insert(store, AnomalyHour, [hour(9), hour(3), hour(1)])
    columns, now = table(AnomalyHour).c, NOW.replace(tzinfo=None)

    def left() -> list[tuple[int, datetime | None]]:
        chosen = sa.select(columns.hour, columns.withdrawn_at).order_by(columns.hour)
        with store.read() as connection:
            return [((now - at).days, withdrawn) for at, withdrawn in connection.execute(chosen).tuples()]

    replace_hours(store, NOW - timedelta(days=1), [hour(0)], NOW)
    assert left() == [(3, None), (1, now), (0, None)]
    replace_hours(store, NOW - timedelta(days=1), [hour(1)], NOW + timedelta(hours=1))
    assert left() == [(3, None), (1, None), (0, now + timedelta(hours=1))]
