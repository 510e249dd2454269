"""Runs sources when they are due, what people ask for at once, and after that the rules and the record of weeks."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from alerts.offers import pressing
from alerts.retention import forget_old
from alerts.slack_socket import slack_socket
from burnline.alert_answers import do_asked_actions
from burnline.alert_history import judge_pasts
from burnline.alerting import check_and_deliver, deliver_waiting, failure_log, stop_log
from burnline.closing import record_closed_weeks
from burnline.context import Context, utc_now
from burnline.digest import tell_if_due
from burnline.review import close_if_due
from burnline.review_post import report_if_due
from collectors.configured import Configured
from collectors.run import Progress, Runner, untold
from domain.duration import parse_duration
from domain.window import Window
from store import ledger, telemetry
from store.errors import StoreError
from store.schema import table_name
from store.tables import CollectionRequest, SourceState

log = logging.getLogger(__name__)

POLL_SECONDS = 2
"""How long a click on "Run now" waits at most before the worker sees it."""
DELIVER_SECONDS = 10
"""A message that could not be sent is tried again after 5 s at first, so looking every 10 s loses little."""
FORGET_SECONDS = 6 * 3600
"""Minutes of SLOs that are past their 35 days, and what else is kept for a time, may stay this much longer."""
UNLOADED = timedelta(minutes=5)
"""So long the rules wait for the first run of every source; half of the data would alert of the other half."""
RECORD_SECONDS = 3600
"""Every bill asks for the record of closed weeks; between loads weeks close only by the clock."""
JUDGE_SECONDS = 900
"""Between two looks whether a week is over since what rules would have done was judged."""
JUDGE_AFTER = timedelta(minutes=5)
"""After the start, when pages are open and sources have run: it takes up to minutes."""
DIGEST_SECONDS = 60
"""How long after its minute the weekly digest is told at most."""
CLOSE_SECONDS = 300
"""Between two looks whether the week before is to be put on record."""
CLOSE_AFTER = timedelta(seconds=20)
"""After the first load: pages that are open are drawn anew and rules are asked before."""
ROLE_ORDER = ("billing", "usage", "metrics")
"""Bills are small and answer the first question, so a first run loads them first."""


class Worker:
    """One scheduler for one store. Start it once per deployment, never in a page.

    `progress` hears of every run; `on_loaded` is called when each source has run once.
    """

    def __init__(
        self, context: Context, *, progress: Progress = untold, on_loaded: Callable[[], None] = lambda: None
    ) -> None:
        self.context = context
        self.runner: Runner = context.runner(progress)
        self._on_loaded = on_loaded
        self.sources = {source.name: source for source in context.sources}
        self._not_yet_run = set(self.sources)
        self._stops, self._failures = stop_log(), failure_log()
        self._is_loaded = False
        """True once every source has run."""
        self._checked_at: datetime | None = None
        """When rules were asked last; None asks all of them, due or not."""
        self._buttons = slack_socket(
            context.settings.slack, pressing(context.store, context.settings, context.routing), self._deliver, utc_now
        )
        self._review_told: list[str] = []
        """What was said of the review last: a folder that cannot be written is said once."""
        self._lock = Lock()
        self._turns = {name: Lock() for name in self.sources}
        self._scheduler = BackgroundScheduler(
            timezone="UTC",
            executors={"default": ThreadPoolExecutor(2), "collect": ThreadPoolExecutor(2)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._scheduler.add_listener(_log_crash, EVENT_JOB_ERROR)

    def start(self) -> None:
        """Ends what a dead process left open, then schedules everything; sources run at once, bills first."""
        now = utc_now()
        ledger.abandon_running(self.context.store, now)
        ledger.register_sources(self.context.store, [_state(source, now) for source in self.context.sources])
        for source in sorted(self.context.sources, key=lambda s: ROLE_ORDER.index(s.source.role)):
            self._scheduler.add_job(
                self._run_source,
                "interval",
                args=[source.name],
                id=source.name,
                executor="collect",
                seconds=source.every.total_seconds(),
                next_run_time=now,
            )
        every = parse_duration(self.context.settings.alerts.every)
        first = now if not self.sources else now + UNLOADED
        self._scheduler.add_job(
            self._alerts, "interval", id="alerts", seconds=every.total_seconds(), next_run_time=first
        )
        self._scheduler.add_job(
            self._record,
            "interval",
            id="closed-weeks",
            seconds=RECORD_SECONDS,
            next_run_time=None if self.sources else now,  # None: not before every source has run once
            max_instances=2,  # the second waits for the first to write, so it sees every load before it
        )
        self._scheduler.add_job(self._forget, "interval", id="old-rows", seconds=FORGET_SECONDS)
        self._scheduler.add_job(self._deliver, "interval", id="deliver", seconds=DELIVER_SECONDS)
        self._scheduler.add_job(
            self._judge_rules, "interval", id="rule-pasts", seconds=JUDGE_SECONDS, next_run_time=now + JUDGE_AFTER
        )
        self._scheduler.add_job(self._digest, "interval", id="digest", seconds=DIGEST_SECONDS)
        self._scheduler.add_job(self._close_week, "interval", id="review", seconds=CLOSE_SECONDS)
        self._scheduler.add_job(self._take_requests, "interval", id="requests", seconds=POLL_SECONDS)
        self._scheduler.start()
        if self._buttons:
            self._buttons.start()
        if not self.sources:
            self._on_loaded()

    def stop(self, *, wait: bool = False) -> None:
        """Starts no new jobs; running ones end by themselves, and `wait` stays until they have."""
        if self._buttons:
            self._buttons.stop(wait=wait)
        self._scheduler.shutdown(wait=wait)

    def _run_source(self, name: str, window: Window | None = None) -> None:
        with self._turns[name]:  # a click on "Run now" during the scheduled run waits for it
            outcomes = self.runner.run(self.sources[name], window)
        for outcome in outcomes:
            log.log(logging.WARNING if outcome.error else logging.INFO, "%s", outcome.sentence())
        job = self._scheduler.get_job(name)
        ledger.schedule_source(self.context.store, name, job.next_run_time if job else None)
        with self._lock:
            self._not_yet_run.discard(name)
            everything_ran = not self._not_yet_run
            is_first_time, self._is_loaded = everything_ran and not self._is_loaded, everything_ran
        if is_first_time:
            self._on_loaded()
            self._checked_at = None
            self._scheduler.modify_job("alerts", next_run_time=utc_now())
            self._scheduler.modify_job("review", next_run_time=utc_now() + CLOSE_AFTER)
        if everything_ran and (is_first_time or self.sources[name].source.role == "billing"):
            self._scheduler.modify_job("closed-weeks", next_run_time=utc_now())

    def _take_requests(self) -> None:
        self._take_actions()
        for request in ledger.take_requests(self.context.store, utc_now()):
            if request.source in self.sources:
                self._scheduler.add_job(
                    self._run_source,
                    args=[request.source, _window(request)],
                    id=request.request_id,
                    executor="collect",
                )

    def _take_actions(self) -> None:
        try:
            asked = do_asked_actions(self.context, utc_now())
        except StoreError as error:
            log.error("What people asked of alerts waits: %s", error)  # noqa: TRY400  the sentence says it all
            return
        if asked:
            self._deliver()

    def _record(self) -> None:
        weeks = record_closed_weeks(self.context, utc_now())
        if weeks:
            log.info("%s closed weeks have something new on record.", weeks)

    def _forget(self) -> None:
        with self.context.store.write() as connection:
            forgotten = telemetry.forget_minutes(connection, utc_now())
            rows = forget_old(connection, utc_now())
        if forgotten:
            log.info("%s minutes of SLOs are kept by the hour only from now on.", forgotten)
        if rows.total:
            log.info(
                "Of alerts that ended long ago %s messages, %s places and %s transitions are forgotten; "
                "of requests that were done %s.",
                rows.messages,
                rows.places,
                rows.transitions,
                rows.requests,
            )

    def _alerts(self) -> None:
        now, since = utc_now(), self._checked_at
        report = check_and_deliver(self.context, now, since)
        self._checked_at = now
        quiet = logging.INFO if since is None or report.report.told or report.sent.sent else logging.DEBUG
        log.log(quiet, "%s", report.sentence())
        self._failures.tell(report.failures, report.well)
        self._stops.tell(report.sent.stopped, report.sent.reached)

    def _deliver(self) -> None:
        sent = deliver_waiting(self.context, utc_now())
        self._stops.tell(sent.stopped, sent.reached)

    def _digest(self) -> None:
        """Not before every source has run once: after a night without the worker, its numbers would be yesterday's."""
        if self._everything_ran() and tell_if_due(self.context, utc_now()):
            log.info("The weekly digest is on its way.")

    def _close_week(self) -> None:
        """Not before every source has run once, as for the digest."""
        if not self._everything_ran():
            return
        if closed := close_if_due(self.context, utc_now()):
            log.info("%s", closed.sentence())
        told = report_if_due(self.context, utc_now())
        for sentence in told if told != self._review_told else ():
            log.info("%s", sentence)
        self._review_told = told

    def _judge_rules(self) -> None:
        number = judge_pasts(self.context, utc_now()) if self._everything_ran() else 0
        if number:
            log.info("%s rules were tried on the stored history.", number)

    def _everything_ran(self) -> bool:
        with self._lock:
            return not self._not_yet_run


def _state(source: Configured, now: datetime) -> SourceState:
    return SourceState(
        source=source.name,
        kind=source.source.name,
        title=source.source.title,
        role=source.source.role,
        every_seconds=int(source.every / timedelta(seconds=1)),
        next_run_at=now,
        writes=table_name(source.source.writes),
    )


def _window(request: CollectionRequest) -> Window | None:
    if request.window_start_at is None or request.window_end_at is None:
        return None
    return Window(ledger.aware(request.window_start_at), ledger.aware(request.window_end_at))


def _log_crash(event: JobExecutionEvent) -> None:
    log.error("The job %s ended by a defect: %r", event.job_id, event.exception)
