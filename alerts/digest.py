"""The weekly digest: composed from what the store knows, and put into the outbox once per week and destination."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from alerts import digest_lines as lines
from alerts import once
from alerts.charts import Chart, daily
from alerts.digest_lines import Given
from alerts.notice import Notice, base_url
from alerts.routing import Routing
from alerts.sink import Destination
from alerts.wording import month
from config.settings import Settings
from domain.explanation import Explanation
from domain.outlook import Outlook
from domain.weekly import week_name
from domain.wording import money, signed_percent
from store.engine import Store


@dataclass(frozen=True, slots=True)
class PaceDay:
    """Cumulated to the end of a day of the month: what it cost (None: not known yet) and what its budget, spread
    evenly, allows (None: nobody set one)."""

    day: date
    actual: Decimal | None
    budget_pace: Decimal | None


@dataclass(frozen=True, slots=True)
class Digest:
    """One week in words: `summary` is the KPIs and the money, `fields` the rest; `pace` is what its picture shows."""

    monday: date
    title: str
    summary: str
    fields: tuple[tuple[str, str], ...]
    pace: tuple[PaceDay, ...]

    def text(self, link: str) -> str:
        """For a terminal."""
        told = [self.title, "", self.summary, *(f"{label}: {value}" for label, value in self.fields), "", link]
        return "\n".join(told)


def compose(given: Given) -> Digest:
    """Asks everything. Raises QueryError, StoreError."""
    spend, explanation = lines.spend(given)
    found = lines.month_outlook(given)
    fields = (
        ("Budget", lines.budget(given, found)),
        ("SLOs", lines.kept_promises(given)),
        ("Incidents", lines.incidents(given)),
        ("Open alerts", lines.open_alerts(given)),
        ("Data", lines.stale_sources(given)),
    )
    summary = " ".join(filter(None, [lines.reviewed(given), spend]))
    pace = _pace(given, lines.own_budget(given, found))
    return Digest(given.monday, _title(given, explanation), summary, fields, pace)


def _title(given: Given, explanation: Explanation | None) -> str:
    week = f"Week {given.monday.isocalendar().week} of {given.monday.isocalendar().year}"
    if explanation is None:
        return f"{week}: spend is unknown"
    total = explanation.total
    change = f" ({signed_percent(total.change / total.before)})" if total.before > 0 else ""
    return f"{week}: {money(total.after, given.currency)} spent{change}"


def _pace(given: Given, own: Outlook | None) -> tuple[PaceDay, ...]:
    start, end = given.month
    rows = given.ask("cost/by_day", start=start, end=end, currency=given.currency).rows()
    billed = {row["day"]: row["billed_cost"] for row in rows}
    known_end = max(billed, default=None)
    allowed = own.pro_rated_path(seasonal=False) if own else []
    days, total = [], Decimal()
    for number in range((end - start).days):
        day = start + timedelta(days=number)
        total += billed.get(day, Decimal())
        is_known = known_end is not None and day <= known_end
        days.append(PaceDay(day, total if is_known else None, allowed[number] if allowed else None))
    return tuple(days)


def key_of(destination: str, monday: date) -> str:
    """What stands for the alert of a digest: one week at one destination."""
    return f"digest:{destination}:{week_name(monday)}"


def link_to(settings: Settings) -> str:
    """Where the whole story is."""
    return f"{base_url(settings)}/"


def destination_of(settings: Settings, routing: Routing) -> Destination | str:
    """Where the digest goes, or what is wrong with it. The section [digest] must be there."""
    assert settings.digest is not None
    return once.destination_named(settings.digest.to, "digest", routing)


def is_told(store: Store, destination: str, monday: date) -> bool:
    """True when the digest of that week was decided already, whatever became of its message. Raises StoreError."""
    return once.is_told(store, key_of(destination, monday))


def tell(store: Store, settings: Settings, destination: Destination, digest: Digest, now: datetime) -> bool:
    """Puts it into the outbox; False when that week was told there already. Raises StoreError."""
    notice = _notice(key_of(destination.name, digest.monday), settings, digest, now)
    return once.tell_once(store, destination, notice, now)


def _notice(key: str, settings: Settings, digest: Digest, now: datetime) -> Notice:
    return Notice(
        fingerprint=key,
        transition="digest",
        severity="info",
        is_open=True,
        title=digest.title,
        lead="",
        summary=digest.summary,
        fields=digest.fields,
        since=now,
        runbook="",
        link=link_to(settings),
        chart=_picture(digest, settings.organization.currency),
    )


def _picture(digest: Digest, currency: str) -> Chart | None:
    """The month day by day beside its budget spread evenly; None before its first day."""
    known = [(one.day, one.actual) for one in digest.pace if one.actual is not None]
    if not known:
        return None
    planned = [(one.day, one.budget_pace, one.budget_pace) for one in digest.pace if one.budget_pace is not None]
    title = f"{month(known[-1][0])} so far" + (", against its budget spread evenly" if planned else "")
    return daily(title, currency, known, expected=planned, expected_label="budget, spread evenly")
