"""Bad input on the weekly review: the row says so in one sentence, and every other row stays as it is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from app import data
from app.memo import Memo
from config.settings import Organization
from queries.runner import Result, run
from store.calendar import sync_calendar
from store.engine import Store
from store.tables import CollectorRun, Incident, Measurement, Quarantine, SourceState
from tests.app.conftest import CONFIG, NOW, OpenApp, clear_caches
from tests.app.support import reading
from tests.app.support.seed import insert

QUARTER = datetime(2026, 7, 1, tzinfo=UTC)
ANOTHER = "the same person answered again; the newest answer counts"
JUDGED = ["status", "value", "target", "known"]

Damage = Callable[[Store, Path, pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Bad:
    """What is wrong, the KPIs that it is about, and what their rows must say."""

    damage: Damage
    rows: tuple[str, ...]
    says: str
    status: str = ""


def failing_query(store: Store, config: Path, patch: pytest.MonkeyPatch) -> None:
    def broken(of: Store, name: str, **given: Any) -> Result:
        if name == "kpi/mttd":
            raise duckdb.BinderException('(duckdb.duckdb.BinderException) no column "detected_at"\nLINE 4: secret')
        return run(of, name, **given)

    patch.setattr(data, "run", broken)


def query_of_nothing(store: Store, config: Path, patch: pytest.MonkeyPatch) -> None:
    def empty(of: Store, name: str, **given: Any) -> Result:
        found = run(of, name, **given)
        return Result(found.query, found.params, found.table[:0], 0.0) if name == "kpi/rollback_rate" else found

    patch.setattr(data, "run", empty)


def stopped_source(store: Store, config: Path, patch: pytest.MonkeyPatch) -> None:
    at = datetime(2026, 11, 18, 12, tzinfo=UTC)
    state = SourceState(source="statsig", kind="statsig", title="", role="delivery", every_seconds=60)
    state.writes = "incident"
    insert(store, SourceState, [state])
    insert(store, CollectorRun, [loaded("statsig", "refresh", at - timedelta(days=1), at, watermark_at=at)])


def duplicated_answers(store: Store, config: Path, patch: pytest.MonkeyPatch) -> None:
    insert(store, CollectorRun, [loaded("openings", "file", QUARTER, QUARTER + timedelta(days=40), detail="a.csv")])
    again = [
        Quarantine(run_id="openings", source="openings", file_name="a.csv", row_number=number, reason=ANOTHER)
        for number in (3, 8)
    ]
    insert(store, Quarantine, again)


def answers_off_scale(store: Store, config: Path, patch: pytest.MonkeyPatch) -> None:
    given = {"metric": "stakeholder_satisfaction", "period_start": QUARTER, "period_end": QUARTER + timedelta(days=90)}
    insert(store, Measurement, [Measurement(source="surveys", value=42.0, answer_count=9, **given)])


def release_without_approval(store: Store, config: Path, patch: pytest.MonkeyPatch) -> None:
    with store.write() as connection:
        connection.exec_driver_sql("update spec set approved_at = null where spec_id = 'AI-108'")


def unreadable_target(store: Store, config: Path, patch: pytest.MonkeyPatch) -> None:
    (config / "kpis.toml").write_text('[kpi.mttd]\ntarget = "fast"\n', encoding="utf-8")


CASES = {
    "a query that fails": Bad(
        failing_query, ("Time to detect",), 'Its query failed: no column "detected_at".', "– No data"
    ),
    "a query of nothing": Bad(query_of_nothing, ("Rollback rate",), "✓ Fresh", "– No data"),
    "a source that stopped": Bad(
        stopped_source,
        ("Grave AI incidents", "Time to detect", "Time to restore"),
        "statsig is late: known to 18 Nov 12:00 UTC.",
    ),
    "a duplicated answer": Bad(duplicated_answers, ("Time to hire",), f"Set aside: {ANOTHER} (2 rows of openings)."),
    "answers off their scale": Bad(
        answers_off_scale,
        ("Stakeholder satisfaction",),
        "Left out: answers that do not fit their scale or their number (1).",
    ),
    "no approval date": Bad(
        release_without_approval, ("Feature lead time",), "Left out: released without an approval date (4)."
    ),
    "a target that is none": Bad(
        unreadable_target, ("Time to detect",), "Its target cannot be read: kpis.toml", "◌ Not enough data"
    ),
}


@pytest.fixture(scope="module")
def sound() -> dict[str, pd.DataFrame]:
    """The rows without anything wrong; read once."""
    return {}


def loaded(source: str, kind: str, start: datetime, end: datetime, **more: Any) -> CollectorRun:
    given = {"run_id": source, "status": "ok", "started_at": NOW, "finished_at": NOW, **more}
    return CollectorRun(source=source, kind=kind, window_start_at=start, window_end_at=end, **given)


def rows_of(open_app: OpenApp) -> pd.DataFrame:
    table = reading.table_with(open_app(), "kpi").set_index("kpi")
    return table[JUDGED]


@pytest.mark.parametrize("name", CASES)
def test_a_row_says_what_is_wrong_and_all_others_stay(
    name: str,
    full_store: Store,
    environment: Path,
    open_app: OpenApp,
    monkeypatch: pytest.MonkeyPatch,
    sound: dict[str, pd.DataFrame],
) -> None:
    if not sound:
        sound["rows"] = rows_of(open_app)
        clear_caches()
    bad, before = CASES[name], sound["rows"]
    bad.damage(full_store, environment.parent / "config", monkeypatch)
    monkeypatch.setattr(data, "_REFERENCE", Memo(60))
    after = rows_of(open_app)
    for kpi in bad.rows:
        assert bad.says in after.loc[kpi, "known"]
        assert bad.says not in before.loc[kpi, "known"] or bad.status
        assert after.loc[kpi, "status"] == (bad.status or before.loc[kpi, "status"])
    untouched = [kpi for kpi in before.index if kpi not in bad.rows]
    pd.testing.assert_frame_equal(after.loc[untouched], before.loc[untouched])


@pytest.mark.parametrize(
    ("zone", "week", "hours", "end"),
    [
        ("Europe/Berlin", "2026-W13", 167, datetime(2026, 3, 29, 22, tzinfo=UTC)),
        ("Europe/Berlin", "2026-W43", 169, datetime(2026, 10, 25, 23, tzinfo=UTC)),
        ("UTC", "2026-W53", 168, datetime(2027, 1, 4, tzinfo=UTC)),
    ],
)
def test_a_week_has_the_hours_that_it_has(
    zone: str,
    week: str,
    hours: int,
    end: datetime,
    full_store: Store,
    environment: Path,
    open_app: OpenApp,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name = f'name = "Larkfield"\ntimezone = "{zone}"'
    config = environment.parent / "config" / "burnline.toml"
    config.write_text(CONFIG.replace('name = "Larkfield"', name), encoding="utf-8")
    monkeypatch.setattr(data, "now", lambda: datetime(2027, 1, 6, 9, tzinfo=UTC))
    sync_calendar(full_store, Organization(timezone=zone), (), NOW.date())
    with full_store.write() as connection:
        connection.exec_driver_sql("delete from incident")
    edges = [end - timedelta(hours=hours, seconds=1), end - timedelta(hours=hours), end - timedelta(seconds=1), end]
    insert(full_store, Incident, [grave(number, at) for number, at in enumerate(edges)])
    app = open_app(week=week)
    assert f", {hours} hours in {zone};" in reading.text(app)
    row = reading.table_with(app, "kpi").set_index("kpi").loc["Grave AI incidents"]
    assert (row["period"], row["value"]) == (week, "2")


def grave(number: int, at: datetime) -> Incident:
    given = {"source": "pagerduty", "status": "resolved", "severity": "sev1", "ai_related": True}
    return Incident(incident_id=str(number), title="", declared_at=at, **given)


@pytest.mark.parametrize("view", ["weekly", "delivery", "quality"])
def test_filters_without_a_feature_in_common_show_no_number(view: str, full_store: Store, open_app: OpenApp) -> None:
    app = open_app(view, tier="critical", team="Workplace Tools")
    told = "Nothing is in this filter: no feature has tier critical and team Workplace Tools."
    assert app.info[-1].value.replace("\\", "").startswith(told)
    assert not app.metric
    assert not app.dataframe
