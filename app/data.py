"""What pages read: settings, store, clock, and query answers cached until the store changes."""

import os
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import sqlalchemy as sa

from app.answers import Answers
from app.memo import Memo
from config.loader import Reference, load_reference
from config.settings import (
    CONFIG_DIR_VARIABLE,
    STORE_URL_VARIABLE,
    Settings,
    SettingsError,
    config_dir,
    load_settings,
)
from domain.closing import ENDED_DAYS as ENDED_DAYS
from domain.kpi.definition import ANY_TIER, Kpi
from domain.provider_sla import Sla
from domain.slo.definition import Origin, SloDefinition
from queries import kpis as kpi_queries
from queries import outlook
from queries.coverage import coverage_of
from queries.kpi_definitions import chosen
from queries.kpis import Filters, Period, Review, Row
from queries.outlook import Budgets
from queries.promises import Promises, known_to
from queries.promises import promises as ask_promises
from queries.runner import Result, run
from store.engine import Store, open_store
from store.errors import StoreError

T = TypeVar("T")

CACHE_SECONDS = 600
"""An answer is dropped after ten minutes even if nothing changed, so that memory follows use."""
VERSION_SECONDS = 2
"""How old the check for new data may be: many sessions share one check."""
SETTINGS_SECONDS = 60

_SETTINGS: Memo[Settings] = Memo(SETTINGS_SECONDS)
_REFERENCE: Memo[Reference | SettingsError] = Memo(SETTINGS_SECONDS)
_STORE: Memo[Store] = Memo(SETTINGS_SECONDS)
_VERSION: Memo[str] = Memo(VERSION_SECONDS)
_ANSWERS = Answers(512, CACHE_SECONDS)


@dataclass(frozen=True, slots=True)
class Horizon:
    """`today` is the UTC day; costs before `complete_end` are whole; `costs_to`: the earliest watermark.

    A source bills when it has costs on the day `billing_since` or later; `costs_to` is None when none does.
    """

    today: date
    complete_end: date
    costs_to: datetime | None
    billing_since: date


def now() -> datetime:
    """The time, in UTC. The one clock of the app; tests set it."""
    return datetime.now(UTC)


def settings() -> Settings:
    """burnline.toml, read again once a minute. Raises SettingsError."""
    return _SETTINGS.get((os.environ.get(CONFIG_DIR_VARIABLE), os.environ.get(STORE_URL_VARIABLE)), load_settings)


def reference_problems() -> tuple[tuple[str, str], ...]:
    """File and sentence of each line of the reference files that is left out; read again once a minute."""
    found = _reference()
    if isinstance(found, SettingsError):
        return (("", str(found)),)
    return tuple((problem.path.name, str(problem)) for problem in found.problems)


def slos() -> tuple[SloDefinition, ...]:
    """The SLOs of the folder slos/ that can be used; read again once a minute."""
    found = _reference()
    return () if isinstance(found, SettingsError) else found.slos


def slas() -> tuple[Sla, ...]:
    """What providers promise, as providers.toml declares it; read again once a minute."""
    found = _reference()
    return () if isinstance(found, SettingsError) else found.slas


def kpis() -> list[Kpi]:
    """The KPIs that are reviewed, as kpis.toml wants them; read again once a minute."""
    found = _reference()
    return chosen(() if isinstance(found, SettingsError) else found.kpis)


def weeks() -> list[Period]:
    """The organisation's weeks that are over, newest first; empty before the store has its calendar."""
    at = now()
    known = kpi_queries.periods_to(ask, at.replace(minute=0, second=0, microsecond=0))["week"]
    return [week for week in reversed(known) if week.end <= at]


def review(week: Period, filters: Filters) -> Review:
    """Every KPI at the end of a week; whose targets count is decided by the one tier that is filtered by."""
    wanted = kpis()
    tier = filters.tier[0] if len(filters.tier) == 1 else ANY_TIER
    key = ("review", week.start_on, filters, tuple(map(repr, wanted)))
    return derived(key, lambda: kpi_queries.review(ask, wanted, week, currency(), filters, tier))


def kpi_row(key: str, week: Period) -> Row:
    """One KPI at the end of a week, beside the year before."""
    kpi, at = next(kpi for kpi in kpis() if kpi.key == key), week.end
    known = coverage_of(ask(kpi_queries.COVERAGE).rows(), at)
    periods = kpi_queries.periods_to(ask, at)[kpi.cadence]
    return derived(
        ("kpi", repr(kpi), week.start_on),
        lambda: kpi_queries.with_set_aside(
            ask,
            [kpi_queries.one_row(ask, kpi, periods, at, known, currency(), Filters(), with_year_before=True)],
            Filters(),
        )[0],
    )


def _reference() -> Reference | SettingsError:
    return _REFERENCE.get(os.environ.get(CONFIG_DIR_VARIABLE), _read_reference)


def _read_reference() -> Reference | SettingsError:
    try:
        servers = settings().enabled_sources(Origin.PROMETHEUS)
        return load_reference(config_dir(), settings().budgets, currency(), settings().sources.keys(), servers)
    except SettingsError as error:
        return error


def store() -> Store:
    """The store of the settings. Raises StoreError."""
    url = settings().store.url
    return _STORE.get(url, lambda: open_store(url))


def data_version() -> str:
    """Changes whenever a load, an alert or a request has changed the store."""
    label = store().label
    return _VERSION.get(label, lambda: newest_version(label))


def forget_answers() -> None:
    """Drops every kept answer: the store was changed behind the ledger's back, as a test or a bench does."""
    _ANSWERS.clear()


def forget_version() -> None:
    """Looks for new data at the next question, not after two seconds: a page has just written."""
    _VERSION.clear()


def newest_version(label: str) -> str:
    """The data version, asked of the store itself. Raises StoreError for a store without tables."""
    try:
        facts = run(store(), "ops/data_version").rows()
    except Exception:
        if not sa.inspect(store().engine).has_table("collector_run"):
            raise StoreError(
                f"The store {label} has no tables yet; create them with: python -m burnline db upgrade"
            ) from None
        raise
    return "|".join([label, *(str(value) for fact in facts for value in fact.values())])


def ask(name: str, **params: Any) -> Result:
    """The answer to a query, from the cache when the store has not changed. Raises QueryError, StoreError."""
    given = tuple((key, tuple(v) if isinstance(v, list) else v) for key, v in sorted(params.items()))
    return _ANSWERS.get((data_version(), name, given), lambda: run(store(), name, **dict(given)))


def derived(key: Hashable, make: Callable[[], T]) -> T:
    """What a page makes of answers outside its cached sections, kept as long as they are."""
    return _ANSWERS.get((data_version(), key), make)


def horizon() -> Horizon:
    """Up to when costs are known, over the sources that still bill."""
    today = now().date()
    since = today - timedelta(days=ENDED_DAYS)
    watermarks = [row["watermark_at"] for row in ask("ops/cost_freshness", since=since).rows()]
    known = [at for at in watermarks if at is not None]
    costs_to = min(known) if known else None
    complete_end = min(today, costs_to.date()) if costs_to else today
    return Horizon(today, max(complete_end, since), costs_to, since)


def to_now() -> Horizon:
    """For what is known as it happens, not when a bill arrives: the period reaches to the end of today."""
    today = now().date()
    return Horizon(today, today + timedelta(days=1), None, today)


def budgets(known: Horizon, currency: str, since: date) -> Budgets:
    """Budgets of a currency that have begun and ended after `since`, with where each will land."""
    return derived(
        ("budgets", known, currency, since),
        lambda: outlook.budgets(
            ask,
            currency,
            today=known.today,
            complete_end=known.complete_end,
            billing_since=known.billing_since,
            since=since,
        ),
    )


def promises() -> Promises:
    """How every SLO stands up to the minute that its requests are known to."""
    declared = slos()
    at = known_to(ask, now())
    return derived(("promises", at, declared), lambda: ask_promises(ask, declared, at))


def currency() -> str:
    """The organisation's currency: pages show it first and never add another to it."""
    return settings().organization.currency
