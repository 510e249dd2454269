"""Runs configured sources: plans windows, collects, loads, and keeps the ledger."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from itertools import islice
from typing import Any

import pyarrow as pa

from collectors.base import Api, Delivery, FileApi, FileSource, Http, NoHttp, Source, Undeliverable
from collectors.configured import Configured
from collectors.errors import CollectorError, DataError
from collectors.http import HttpClient
from collectors.plan import plan
from domain.duration import parse_duration
from domain.slo.counting import Counting
from domain.window import Window, floor_day
from store import ledger
from store.books import Books
from store.engine import Store
from store.errors import StoreError
from store.load import Loaded, replace_window
from store.schema import to_batch
from store.tables import CollectorRun, SliMinute, TokenUsage
from store.unfinished import unfinished_days

log = logging.getLogger(__name__)

BATCH_ROWS = 50_000


@dataclass(frozen=True, slots=True)
class Step:
    """Where the run of one source is: `done` windows or files of `total`, None while nobody can know how many."""

    source: str
    words: str
    done: int
    total: int | None


Progress = Callable[[Step], None]
"""Called before each window or file, and once when a run of a source has ended."""


def untold(_: Step) -> None:
    """The progress of a run that nobody watches."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one window or file of one source ended."""

    source: str
    what: str
    status: str
    row_count: int = 0
    quarantined_count: int = 0
    replaced_count: int = 0
    restated_days: int = 0
    error: str | None = None
    rounded_count: int = 0

    def sentence(self) -> str:
        """How it went, for a person."""
        if self.error:
            told = self.error.removeprefix(f"{self.source}: ")
            return f"{self.source}: {self.what}: {told}"
        bad = f", {self.quarantined_count:,} bad rows set aside" if self.quarantined_count else ""
        instead = f" in place of {self.replaced_count:,} loaded before" if self.replaced_count else ""
        digits = f", {self.rounded_count:,} with more than 12 decimals rounded" if self.rounded_count else ""
        changed = f", {self.restated_days} earlier days restated" if self.restated_days else ""
        return f"{self.source}: {self.what}: {self.row_count:,} rows loaded{instead}{bad}{digits}{changed}."


@dataclass(slots=True)
class Runner:
    """Runs sources against one store. `clock` is the only place that reads the time."""

    store: Store
    books: Books
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    progress: Progress = untold

    def run(self, item: Configured, window: Window | None = None) -> list[Outcome]:
        """Runs one source: a given window, or what its plan says. A failure ends the source, never the process."""
        if isinstance(item.source, FileSource):
            return self._run_files(item, item.source)
        return self._run_windows(item, item.source, window)

    def check(self, item: Configured) -> None:
        """One cheap call. Raises CollectorError with what to fix."""
        if isinstance(item.source, FileSource):
            item.source.check(FileApi(item.name, item.settings))
            return
        with _http(item, item.source) as http:
            item.source.check(self._api(item, item.source, http))

    def _run_windows(self, item: Configured, source: Source, window: Window | None) -> list[Outcome]:
        asked = _asked(self._objectives(item, source))
        kind, windows = self._due(item, source, asked) if window is None else ("range", [window])
        parts = [part for whole in windows for part in whole.split(parse_duration(source.chunk))]
        outcomes: list[Outcome] = []
        for number, part in enumerate(parts):
            self.progress(Step(item.name, f"from {part.start:%d %b %Y}", number, len(parts)))
            outcomes.append(self._attempt(item, kind, part, partial(self._load, item, source, part), asked))
            if outcomes[-1].status == "failed":
                self.progress(Step(item.name, "failed", number, len(parts)))
                return outcomes
        self.progress(Step(item.name, "done", len(parts), len(parts)))
        return outcomes

    def _due(self, item: Configured, source: Source, asked: str | None) -> tuple[str, list[Window]]:
        loaded = ledger.loaded_spans(self.store, item.name, asked)
        windows = plan(
            loaded,
            now=self.clock(),
            backfill=timedelta(days=item.settings.backfill_days),
            lookback=parse_duration(source.lookback),
            chunk=parse_duration(source.chunk),
            grain=parse_duration(source.grain),
        )
        if windows and not source.lists_newest_only:
            windows = unfinished_days(self.store, source.writes, item.name, windows[0]) + windows
        return ("refresh" if loaded else "backfill"), windows

    def _load(self, item: Configured, source: Source, window: Window, run: CollectorRun) -> Loaded:
        with _http(item, source) as http:
            api = self._api(item, source, http)
            try:
                found = self._by_class(source, source.collect(window, api))
            finally:
                run.request_count, run.retry_count = http.requests, http.retries
        run.quarantined_count = ledger.quarantine_new(self.store, run, api.rejected)
        return replace_window(
            self.store,
            source.writes,
            item.name,
            window,
            found.pop(source.writes),
            run=run,
            books=self.books,
            now=self.clock(),
            usage_of=getattr(item.settings, "usage_of", None),
            complete_to=api.complete_to,
            also=found,
            keeps_unlisted=source.lists_newest_only,
        )

    def _api(self, item: Configured, source: Source, http: Http) -> Api:
        return Api(item.name, item.settings, self.clock(), http, self._objectives(item, source))

    def _objectives(self, item: Configured, source: Source) -> Sequence[Counting]:
        """The objectives that name this source, or none where only it can be meant."""
        if source.writes is not SliMinute:
            return ()
        wanted = (item.name, None) if item.is_only else (item.name,)
        return [counting for counting in self.books.asked if counting.indicator.source in wanted]

    def _run_files(self, item: Configured, source: FileSource) -> list[Outcome]:
        outcomes: list[Outcome] = []
        history = ledger.loaded_files(self.store, item.name)
        deliveries = source.deliver(FileApi(item.name, item.settings), history)
        while True:
            self.progress(Step(item.name, "reading", len(outcomes), None))
            try:
                delivery = next(deliveries, None)
            except CollectorError as error:
                self.progress(Step(item.name, "failed", len(outcomes), len(outcomes) + 1))
                outcomes.append(self._attempt(item, "file", self._today(), _raise(error)))
                return outcomes
            if delivery is None:
                self.progress(Step(item.name, "done", len(outcomes), len(outcomes)))
                return outcomes
            self.progress(Step(item.name, delivery.detail, len(outcomes), None))
            if isinstance(delivery, Undeliverable):
                outcomes.append(self._attempt(item, "file", self._today(), _raise(delivery.error)))
                continue
            outcomes.append(self._deliver(item, source, delivery))

    def _today(self) -> Window:
        today = floor_day(self.clock())
        return Window(today, today + timedelta(days=1))

    def _deliver(self, item: Configured, source: FileSource, delivery: Delivery) -> Outcome:
        def load(run: CollectorRun) -> Loaded:
            for row in delivery.rejected:
                row.run_id = run.run_id
            run.quarantined_count = len(delivery.rejected)
            ledger.quarantine(self.store, delivery.rejected)
            return replace_window(
                self.store,
                source.writes,
                item.name,
                delivery.window,
                delivery.batches,
                run=run,
                books=self.books,
                now=self.clock(),
                periods=delivery.periods,
                complete_to=delivery.complete_to,
                usage_of=getattr(item.settings, "usage_of", None),
                also=delivery.also,
            )

        outcome = self._attempt(item, "file", delivery.window, load, delivery.detail)
        return replace(outcome, rounded_count=delivery.rounded_count) if outcome.status == "ok" else outcome

    def _attempt(
        self,
        item: Configured,
        kind: str,
        window: Window,
        load: Callable[[CollectorRun], Loaded],
        detail: str | None = None,
    ) -> Outcome:
        run = ledger.begin(self.store, item.name, kind, window, self.clock(), detail)
        what = detail if detail and kind == "file" else str(window)
        try:
            loaded = load(run)
        except (CollectorError, StoreError) as error:
            error_kind = error.kind if isinstance(error, CollectorError) else "store"
            log.info("%s failed: %s", item.name, error)
            ledger.finish_failed(self.store, run, kind=error_kind, message=str(error), now=self.clock())
            return Outcome(item.name, what, "failed", error=str(error))
        except Exception as error:
            log.debug("%s ended by a defect", item.name, exc_info=True)
            told = f"Burnline hit a defect ({type(error).__name__}); run again with BURNLINE_LOG=debug for the details."
            ledger.finish_failed(self.store, run, kind="defect", message=told, now=self.clock())
            return Outcome(item.name, what, "failed", error=told)
        except BaseException:
            told = "The process was stopped during this run; the next run loads the window again."
            ledger.finish_failed(self.store, run, kind="interrupted", message=told, now=self.clock())
            raise
        return Outcome(
            item.name,
            what,
            "ok",
            loaded.row_count,
            run.quarantined_count or 0,
            loaded.replaced_count,
            loaded.restated_days,
        )

    def _by_class(self, source: Source, rows: Iterator[Any]) -> dict[type, list[pa.RecordBatch]]:
        if not source.also:
            return {source.writes: list(self._batches(source.writes, rows))}
        found: dict[type, list[Any]] = {row: [] for row in (source.writes, *source.also)}
        for row in rows:
            found[type(row)].append(row)
        return {row: list(self._batches(row, iter(of_class))) for row, of_class in found.items()}

    def _batches(self, row: type, rows: Iterator[Any]) -> Iterator[pa.RecordBatch]:
        while part := list(islice(rows, BATCH_ROWS)):
            if row is TokenUsage:
                for usage in part:
                    self.books.prices.estimate(usage)
            try:
                yield to_batch(row, part)
            except (pa.ArrowInvalid, pa.ArrowTypeError, TypeError, ArithmeticError) as error:
                raise DataError(f"A value does not fit its column in {row.__name__}: {error}") from None


def _http(item: Configured, source: Source) -> AbstractContextManager[HttpClient | NoHttp]:
    return nullcontext(NoHttp()) if source.endpoint is None else HttpClient(item.name, source.endpoint(item.settings))


def _asked(objectives: Sequence[Counting]) -> str | None:
    """What a source that counts objectives is asked: another question begins anew. None for every other source."""
    if not objectives:
        return None
    content = repr(sorted((one.slo, repr(one.indicator), repr(one.exclusions)) for one in objectives))
    return f"{len(objectives)} objectives sha256:{sha256(content.encode()).hexdigest()[:16]}"


def _raise(error: CollectorError) -> Callable[[CollectorRun], Loaded]:
    def load(_: CollectorRun) -> Loaded:
        raise error

    return load
