"""The runner with sources that do what a test says: plans, failures, the ledger, replays."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from collectors.base import Api, Endpoint, FileSource, Source, SourceSettings
from collectors.configured import Configured, configured
from collectors.discovery import sources
from collectors.errors import CollectorError, DataError, FatalError, RetriableError
from collectors.run import Runner, Step
from config.settings import Settings, SettingsError
from domain.window import Window
from store import ledger
from store.books import Books
from store.engine import Store
from store.price_book import PriceBook
from store.tables import Charge, CollectorRun, Restatement
from tests.collectors.delivering import rows
from tests.support.facts import charge

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@dataclass
class Vendor:
    """Bills one dollar a day, until it is told to fail."""

    asked: list[Window] = field(default_factory=list)
    fails: Callable[[Window], Exception | None] = lambda _: None
    cost: str = "1"

    def collect(self, window: Window, api: Api) -> Iterator[Charge]:
        self.asked.append(window)
        for part in window.split(timedelta(days=1)):
            yield charge(part.start.day, self.cost, source=api.name)
        if error := self.fails(window):
            raise error


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def made(vendor: Vendor, name: str = "vendor", **settings: Any) -> Configured:
    source = Source(
        name="fake",
        title="Fake",
        role="billing",
        writes=Charge,
        settings=SourceSettings,
        collect=vendor.collect,
        check=lambda _: None,
        endpoint=lambda _: Endpoint("https://api.example.com", "env:NONE", {}),
        every="1h",
        lookback="2d",
        chunk="5d",
    )
    return Configured(name, source, SourceSettings(backfill_days=15, **settings))


def runner(store: Store, clock: Clock | None = None) -> Runner:
    return Runner(store, Books(PriceBook()), clock=clock or Clock())


def days(windows: list[Window]) -> list[tuple[int, int]]:
    return [(window.start.day, window.end.day) for window in windows]


def test_a_first_run_is_a_back_fill_and_the_next_a_refresh(duckdb_store: Store) -> None:
    vendor, clock = Vendor(), Clock()
    outcomes = runner(duckdb_store, clock).run(made(vendor))
    assert days(vendor.asked) == [(5, 10), (10, 15), (15, 20), (20, 20)]
    assert sum(outcome.row_count for outcome in outcomes) == 16
    vendor.asked.clear()
    runner(duckdb_store, clock).run(made(vendor))
    assert days(vendor.asked) == [(18, 20)]
    kinds = [row["kind"] for row in rows(duckdb_store, CollectorRun)]
    assert (kinds.count("backfill"), kinds.count("refresh")) == (4, 1)
    assert len(rows(duckdb_store, Charge)) == 16
    assert rows(duckdb_store, Restatement) == []


def test_progress_counts_the_windows_and_stops_where_one_fails(duckdb_store: Store) -> None:
    steps: list[Step] = []
    running = Runner(duckdb_store, Books(PriceBook()), clock=Clock(), progress=steps.append)
    running.run(made(Vendor(fails=lambda window: FatalError("No.") if window.start.day == 10 else None)))
    running.run(made(Vendor()))
    assert [(step.words, step.done, step.total) for step in steps] == [
        ("from 05 Nov 2026", 0, 4),
        ("from 10 Nov 2026", 1, 4),
        ("failed", 1, 4),
        ("from 08 Nov 2026", 0, 3),
        ("from 13 Nov 2026", 1, 3),
        ("from 18 Nov 2026", 2, 3),
        ("done", 3, 3),
    ]


def test_progress_of_files_has_no_total_before_the_last_is_read(duckdb_store: Store, tmp_path: Path) -> None:
    steps: list[Step] = []
    running = Runner(duckdb_store, Books(PriceBook()), clock=Clock(), progress=steps.append)
    (missing,) = configured(Settings(sources={"bill": {"kind": "focus", "path": str(tmp_path / "none.csv")}}))
    assert [outcome.status for outcome in running.run(missing)] == ["failed"]
    assert [(step.words, step.done, step.total) for step in steps] == [("reading", 0, None), ("failed", 0, 1)]


def test_the_watermark_never_passes_now(duckdb_store: Store) -> None:
    clock = Clock()
    runner(duckdb_store, clock).run(made(Vendor()), Window(NOW, NOW + timedelta(days=3)))
    ((_, watermark),) = ledger.loaded_spans(duckdb_store, "vendor")
    assert watermark <= clock.now.replace(tzinfo=None)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (FatalError("The key is refused; renew it."), "fatal"),
        (RetriableError("The vendor is busy."), "retriable"),
        (DataError("The page is not as its contract says."), "data"),
    ],
)
def test_a_failure_keeps_what_came_before_and_is_tried_again_next_time(
    duckdb_store: Store, error: CollectorError, kind: str
) -> None:
    vendor, clock = Vendor(), Clock()
    vendor.fails = lambda window: error if window.start.day == 10 else None
    outcomes = runner(duckdb_store, clock).run(made(vendor))
    assert [outcome.status for outcome in outcomes] == ["ok", "failed"]
    assert str(error) in outcomes[-1].sentence()
    assert len(rows(duckdb_store, Charge)) == 5
    (failed,) = [row for row in rows(duckdb_store, CollectorRun) if row["status"] == "failed"]
    assert (failed["error_kind"], failed["error_message"]) == (kind, str(error))
    assert failed["watermark_at"] is None
    vendor.fails = lambda _: None
    vendor.asked.clear()
    runner(duckdb_store, clock).run(made(vendor))
    assert days(vendor.asked)[0] == (8, 13)
    assert len(rows(duckdb_store, Charge)) == 16


def test_a_defect_of_one_source_is_a_failed_run_and_the_next_source_still_runs(duckdb_store: Store) -> None:
    vendor = Vendor(fails=lambda _: KeyError("secret-looking detail"))
    running = runner(duckdb_store)
    (outcome,) = running.run(made(vendor))
    assert outcome.error == "Burnline hit a defect (KeyError); run again with BURNLINE_LOG=debug for the details."
    (failed,) = rows(duckdb_store, CollectorRun)
    assert (failed["status"], failed["error_kind"]) == ("failed", "defect")
    assert rows(duckdb_store, Charge) == []
    assert [outcome.status for outcome in running.run(made(Vendor(), "second"))] == ["ok"] * 4


def test_a_run_that_a_person_stops_is_marked_at_once(duckdb_store: Store) -> None:
    def interrupt(window: Window, api: Api) -> Iterator[Charge]:
        raise KeyboardInterrupt
        yield

    vendor = Vendor()
    vendor.collect = interrupt  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        runner(duckdb_store).run(made(vendor))
    (stopped,) = rows(duckdb_store, CollectorRun)
    assert (stopped["status"], stopped["error_kind"]) == ("failed", "interrupted")


def test_runs_of_a_dead_process_are_marked_as_interrupted(duckdb_store: Store) -> None:
    ledger.begin(duckdb_store, "vendor", "refresh", Window(NOW - timedelta(days=1), NOW), NOW)
    assert ledger.abandon_running(duckdb_store, NOW) == 1
    (dead,) = rows(duckdb_store, CollectorRun)
    assert (dead["status"], dead["error_kind"]) == ("failed", "interrupted")
    assert ledger.loaded_spans(duckdb_store, "vendor") == []
    assert ledger.abandon_running(duckdb_store, NOW) == 0


def test_replaying_a_range_changes_nothing_and_a_change_is_restated(duckdb_store: Store) -> None:
    vendor, clock = Vendor(), Clock()
    window = Window(NOW.replace(day=6, hour=0), NOW.replace(day=8, hour=0))
    running = runner(duckdb_store, clock)
    running.run(made(vendor), window)
    before = rows(duckdb_store, Charge)
    running.run(made(vendor), window)
    assert rows(duckdb_store, Charge) == before
    assert rows(duckdb_store, Restatement) == []
    vendor.cost = "1.5"
    (outcome,) = running.run(made(vendor), window)
    assert outcome.restated_days == 2
    assert {row["after_value"] for row in rows(duckdb_store, Restatement)} == {Decimal("1.5")}


def test_a_value_that_fits_no_column_is_a_data_error(duckdb_store: Store) -> None:
    (outcome,) = runner(duckdb_store).run(made(Vendor(cost="1e30")))
    assert outcome.error is not None
    assert outcome.error.startswith("A value does not fit its column in Charge")


def both(first: str, second: str, **second_settings: Any) -> Settings:
    keys = {"account": "org-1", "admin_key": "env:KEY"}
    return Settings(sources={"one": {"kind": first, **keys}, "two": {"kind": second, **keys, **second_settings}})


@pytest.mark.parametrize(
    ("kind", "provider", "role"),
    [
        ("openai_costs", "openai", "billing"),
        ("anthropic_costs", "anthropic", "billing"),
        ("openai_usage", "openai", "usage"),
    ],
)
def test_two_sources_with_one_role_for_one_account_are_refused_at_start(kind: str, provider: str, role: str) -> None:
    with pytest.raises(SettingsError) as caught:
        configured(both(kind, kind))
    assert str(caught.value) == (
        f"burnline.toml: {provider} account org-1 has two sources with the role {role}: one and two; "
        "keep one and set enabled = false on the other."
    )


@pytest.mark.parametrize(
    "settings",
    [
        both("openai_costs", "openai_usage"),
        both("openai_costs", "anthropic_costs"),
        both("openai_costs", "openai_costs", account="org-2"),
        both("openai_costs", "openai_costs", enabled=False),
    ],
    ids=["bill and usage", "two vendors", "two accounts", "one disabled"],
)
def test_sources_that_share_no_role_and_account_go_together(settings: Settings) -> None:
    assert configured(settings)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({"kind": "opanai"}, "[sources.mine] has the unknown kind 'opanai'; use one of "),
        ({}, "[sources.mine] has the unknown kind 'mine'; use one of "),
        ({"kind": "focus"}, "[sources.mine]: the key 'path' is missing"),
        ({"kind": "focus", "path": "x", "pth": "y"}, "[sources.mine]: unknown key 'pth'; check its spelling"),
        ({"kind": "focus", "path": 3}, "[sources.mine]: path: Input should be a valid string"),
        ({"kind": "focus", "path": "x", "every": "hourly"}, "[sources.mine]: every: 'hourly' is not a duration"),
        ({"kind": "focus", "path": "x", "every": "999999999d"}, "[sources.mine]: every: '999999999d' is longer"),
        ({"kind": "focus", "path": "x", "backfill_days": 0}, "[sources.mine]: backfill_days: Input should be greater"),
        ({"kind": "request_log", "path": "x", "map": ["a"]}, "[sources.mine]: map: Input should be a valid dictionary"),
        (
            {"kind": "openai_costs", "account": "org-1", "admin_key": "sk-admin-abcdef123456"},
            "[sources.mine]: admin_key: must be a reference such as env:OPENAI_ADMIN_KEY, not the secret itself",
        ),
    ],
)
def test_a_source_that_is_set_up_wrongly_is_told_by_its_name(content: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        configured(Settings(sources={"mine": content}))
    assert str(caught.value).startswith(f"burnline.toml: {told}")
    assert "abcdef" not in str(caught.value)


FILE_KINDS = [kind for kind, source in sources().items() if isinstance(source, FileSource)]


@pytest.mark.parametrize("kind", FILE_KINDS)
def test_every_file_source_answers_for_a_path_that_is_not_there(duckdb_store: Store, kind: str) -> None:
    given = {
        "path": "/nowhere",
        "map": {"started_at": "t"},
        "set": {"provider": "x"},
        "questions": {"q": "trust"},
        "feature": "chat",
    }
    known = {key: value for key, value in given.items() if key in sources()[kind].settings.model_fields}
    (item,) = configured(Settings(sources={kind: known}))
    with pytest.raises(FatalError, match="There is no file or folder /nowhere; check the path"):
        runner(duckdb_store).check(item)
    (outcome,) = runner(duckdb_store).run(item)
    assert outcome.error == "There is no file or folder /nowhere; check the path."
