"""Whatever happens in whatever order: one open alert a problem, and its state is what its events say."""

from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from alerts.base import Finding, Severity, State
from alerts.transition import OPEN, STATUS
from store.engine import Store
from tests.alerts.problems import at, containing, do, events, look, problem, transitions
from tests.alerts.support import alerts, outbox
from tests.conftest import fresh_postgres

_examples = count()

_findings = st.lists(
    st.tuples(
        st.sampled_from("ab"),
        st.sampled_from(["info", "ticket", "page"]),
        st.sampled_from(["firing", "firing", "pending", "over", "withdrawn"]),
    ),
    max_size=2,
    unique_by=lambda each: each[0],
)
_answers = st.tuples(
    st.sampled_from(["acknowledge", "useful", "not useful", "expected", "snooze", "unsnooze"]), st.integers(1, 3)
)
_steps = st.lists(st.tuples(st.booleans(), _findings) | _answers, min_size=3, max_size=10)


@pytest.fixture
def store(duckdb_store: Store) -> Store:
    return duckdb_store


@pytest.fixture(params=["duckdb", "postgresql"])
def course_store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """A store on both engines that run alone."""
    if request.param == "duckdb":
        yield request.getfixturevalue("duckdb_store")
    else:
        yield from fresh_postgres(request.getfixturevalue("postgres_url"))


@hypothesis_settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_steps)
def test_any_sequence_of_findings_and_answers_keeps_the_ledger_true(
    store: Store, steps: list[tuple[bool, list[tuple[str, Severity, State]]] | tuple[str, int]]
) -> None:
    name = f"example {next(_examples)} "
    for hour, (what, details) in enumerate(steps):
        mine = [alert for alert in alerts(store) if alert.fingerprint.startswith(name)]
        if isinstance(what, str) and isinstance(details, int):
            for alert in mine[-1:]:
                do(store, hour, alert.alert_id, what, until=at(hour + details), reason="why")
            continue
        assert isinstance(details, list)
        found: list[Finding] = [problem(name + letter, severity, 1, state) for letter, severity, state in details]
        look(store, hour, *found, *([containing(name + "top", name + "a")] if what else []))
        _is_true(store, name)
    look(store, 100)


def _is_true(store: Store, name: str) -> None:
    mine = [alert for alert in alerts(store) if alert.fingerprint.startswith(name)]
    opened = [alert.fingerprint for alert in mine if alert.status in OPEN]
    assert len(opened) == len(set(opened))
    for alert in mine:
        told = sorted((e for e in events(store) if e.alert_id == alert.alert_id), key=lambda e: e.occurred_at)
        assert told[0].transition == "opened"
        states = [STATUS[e.transition] for e in told if e.transition in STATUS]  # type: ignore[index]
        assert alert.status == states[-1]
        hushed = [e.transition for e in told if e.transition in ("silenced", "unsilenced")]
        if alert.status in OPEN:
            assert (alert.silence_id is not None) == (hushed[-1:] == ["silenced"])
        assert (alert.acknowledged_by is not None) <= (alert.status != "open")


def test_a_day_of_an_alert_on_every_server(course_store: Store) -> None:
    store = course_store
    look(store, 0, problem(), problem("leaf"))
    alert = next(alert.alert_id for alert in alerts(store) if alert.fingerprint == "f")
    assert do(store, 1, alert[:8], "acknowledge").done
    assert do(store, 2, alert, "snooze", until=at(6), reason="known").done
    assert look(store, 3, problem(level=2), containing("tree", "leaf"), problem("leaf")) != []
    assert do(store, 4, alert, "expected", until=at(8)).done
    assert look(store, 8, problem(level=2), containing("tree", "leaf"), problem("leaf"))[-2:] == [
        "f slack update unsilenced",
        "f slack reply unsilenced",
    ]
    look(store, 9, problem(state="withdrawn"))
    look(store, 10, problem())
    assert {a.fingerprint: a.status for a in alerts(store)} == {"f": "open", "leaf": "resolved", "tree": "resolved"}
    assert sorted(set(transitions(store))) == [
        "acknowledged",
        "expected",
        "grouped",
        "joined",
        "opened",
        "reopened",
        "resolved",
        "silenced",
        "unsilenced",
        "withdrawn",
        "worsened",
    ]
    assert {message.status for message in outbox(store)} == {"pending"}
