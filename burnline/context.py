"""What every command needs: settings, reference files, an open and current store, configured sources."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from alerts import digest
from alerts.configured import routing_of
from alerts.review_post import destination_of
from alerts.routing import Routing
from alerts.watched import watched
from collectors.configured import Configured, configured, request_logs
from collectors.run import Progress, Runner, untold
from config.loader import Problem, Reference, load_reference
from config.settings import FILE_NAME, Settings, config_dir, load_settings
from domain.slo.definition import Origin
from store.books import open_books
from store.calendar import sync_calendar
from store.engine import Store, open_store
from store.migrate import upgrade
from store.reference import sync_reference

log = logging.getLogger(__name__)


def utc_now() -> datetime:
    """The only clock of the wiring."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Context:
    """One operator's Burnline, ready to work. `problems` are those of all reference files."""

    folder: Path
    settings: Settings
    reference: Reference
    sources: list[Configured]
    store: Store
    routing: Routing
    problems: tuple[Problem, ...]

    def runner(self, progress: Progress = untold) -> Runner:
        """A runner with today's prices and rules."""
        return Runner(self.store, open_books(self.store, self.reference), clock=utc_now, progress=progress)


def open_context(*, sync: bool = True, warn: bool = True, threads: int | None = None) -> Context:
    """Reads and checks all config and migrates the store; `sync` writes the reference files into it.

    Commands that only read do without: a laptop's folder must not overrule the server's. `warn` logs the lines of
    the reference files that cannot be used; `threads` are those of `open_store`. Raises SettingsError, StoreError.
    """
    folder = config_dir()
    settings = load_settings(folder)
    servers = settings.enabled_sources(Origin.PROMETHEUS)
    currency = settings.organization.currency
    reference = load_reference(folder, settings.budgets, currency, request_logs(settings), servers)
    routing, misrouted = routing_of(reference.routes, settings, reference.features)
    problems = (*reference.problems, *misrouted, *_of_the_weekly(folder, settings, routing))
    if warn:
        for problem in problems:
            log.warning("%s", problem)
    watched(settings)  # before anything runs: a misspelled rule would go on alerting
    sources = configured(settings)
    store = open_store(settings.store.url, threads=threads)
    upgrade(store)
    if sync:
        now = utc_now()
        sync_reference(store, reference, now)
        sync_calendar(store, settings.organization, settings.anomalies.holiday_dates, now.date())
    return Context(folder, settings, reference, sources, store, routing, problems)


def _of_the_weekly(folder: Path, settings: Settings, routing: Routing) -> tuple[Problem, ...]:
    """What keeps the digest and the review from being told."""
    found = (digest.destination_of(settings, routing) if settings.digest else None, destination_of(settings, routing))
    return tuple(Problem(folder / FILE_NAME, None, told) for told in found if isinstance(told, str))
