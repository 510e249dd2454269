"""What went wrong at the company in the last 120 days: the incidents its people declared, with their true times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from sandbox.catalog import FEATURES
from sandbox.streams import fake_id

PRIORITIES = ("P1", "P2", "P3", "P4")
"""Of the company's PagerDuty account, gravest first."""

SHOP_SERVICE = "checkout"
"""The one service of the company that is no AI feature."""

OUTAGE_DAYS_BEFORE = 19
"""The day on which Anthropic's long incident takes the support assistant down."""
REOPENED_DAYS_BEFORE = 9
STARTLESS_DAYS_BEFORE = 14
OPEN_DAYS_BEFORE = 1

HISTORY_DAYS = 118
_ORDINARY_COUNT = 21

Impact = tuple[datetime, datetime | None]
"""`(start, end)` of a span of impact; no end while it goes on."""


@dataclass(frozen=True)
class CompanyIncident:
    """One incident as it really was, whoever knows what of it by when."""

    number: int
    incident_id: str
    title: str
    service: str
    """A feature's key, or SHOP_SERVICE."""
    priority: str | None
    urgency: str
    impact: tuple[Impact, ...]
    declared_at: datetime
    acknowledged_at: datetime | None
    start_is_told: bool = True
    """False: nobody ever wrote down when it began."""
    cause: str | None = None
    merged_into: str | None = None
    postmortem_at: datetime | None = None

    def over_at(self, now: datetime) -> datetime | None:
        """When its impact ended, as known at `now`; None while it goes on."""
        begun = [span for span in self.impact if span[0] <= now]
        end = begun[-1][1] if begun else None
        return end if end is not None and end <= now else None


def company_incidents(seed: int, anchor: date) -> tuple[CompanyIncident, ...]:
    """Every incident, oldest first; a few of them are always there, the others depend on the seed."""
    told = sorted([*_always(anchor), *_ordinary(Random(f"{seed}/incidents"), anchor)], key=lambda one: one.declared_at)
    ids = {one.title: fake_id(seed, "Q", one.title, 13) for one in told}
    return tuple(
        CompanyIncident(
            number=1400 + place,
            incident_id=ids[one.title],
            title=one.title,
            service=one.service,
            priority=one.priority,
            urgency="low" if one.priority in ("P3", "P4", None) else "high",
            impact=one.impact,
            declared_at=one.declared_at,
            acknowledged_at=one.acknowledged_at,
            start_is_told=one.start_is_told,
            cause=one.cause,
            merged_into=ids[one.merged_into] if one.merged_into else None,
            postmortem_at=one.postmortem_at,
        )
        for place, one in enumerate(told)
    )


@dataclass(frozen=True)
class _Told:
    title: str
    service: str
    priority: str | None
    impact: tuple[Impact, ...]
    declared_at: datetime
    acknowledged_at: datetime | None
    start_is_told: bool = True
    cause: str | None = None
    merged_into: str | None = None
    """The other's title."""
    postmortem_at: datetime | None = None


def _always(anchor: date) -> list[_Told]:
    def at(days_before: int, hour: int, minute: int = 0) -> datetime:
        return datetime.combine(anchor - timedelta(days=days_before), time(hour, minute), tzinfo=UTC)

    out, back = OUTAGE_DAYS_BEFORE, REOPENED_DAYS_BEFORE
    outage = "Support assistant does not answer"
    return [
        _Told(
            outage, "support-assistant", "P1", ((at(out, 9, 14), at(out, 11, 32)),), at(out, 9, 21), at(out, 9, 24),
            cause="provider", postmortem_at=at(out - 2, 15),
        ),
        _Told(
            "Support assistant: time-outs on mobile", "support-assistant", "P2", ((at(out, 9, 20), at(out, 9, 50)),),
            at(out, 9, 26), at(out, 9, 31), merged_into=outage,
        ),
        _Told(
            "Semantic search returns nothing", "semantic-search", "P2",
            ((at(back, 13, 5), at(back, 14, 10)), (at(back, 16, 40), at(back, 17, 25))),
            at(back, 13, 11), at(back, 13, 19), cause="change",
        ),
        _Told(
            "Invoices are read with wrong dates", "invoice-reader", "P2",
            ((at(STARTLESS_DAYS_BEFORE, 8), at(STARTLESS_DAYS_BEFORE, 12, 45)),), at(STARTLESS_DAYS_BEFORE, 9, 30),
            at(STARTLESS_DAYS_BEFORE, 9, 52), start_is_told=False, cause="data", postmortem_at=at(8, 10),
        ),
        _Told(
            "Shopping guide recommends sold-out goods", "shopping-guide", "P2", ((at(OPEN_DAYS_BEFORE, 14, 20), None),),
            at(OPEN_DAYS_BEFORE, 15, 2), at(OPEN_DAYS_BEFORE, 15, 10),
        ),
        _Told(
            "Voice replies start late", "voice-replies", "P3", ((at(0, 6, 40), at(-1, 10, 5)),), at(0, 6, 55), at(0, 7),
        ),
        _Told(
            "Fraud review scores everything as risky", "fraud-review", "P1", ((at(71, 2, 10), at(71, 3, 55)),),
            at(71, 2, 34), at(71, 2, 38), cause="change", postmortem_at=at(66, 12),
        ),
        _Told(
            "Queue of the fraud review grows", "fraud-review", "P3", ((at(52, 10, 30), at(52, 11, 15)),),
            at(52, 10, 24), at(52, 10, 40), cause="capacity",
        ),
    ]  # fmt: skip


_KINDS = (
    ("P2", 0.35, "answers slowly", "capacity"),
    ("P3", 0.75, "fails for some customers", "change"),
    ("P4", 1.0, "writes warnings", "configuration"),
)
"""Priority, the share of the draws up to which it is taken, what happens, and why."""
_LONGEST_MINUTES = {"P2": 240, "P3": 420, "P4": 600}


def _ordinary(random: Random, anchor: date) -> list[_Told]:
    """One about every five days up to three weeks ago, then none but those that are always there."""
    services = [feature.key for feature in FEATURES] + [SHOP_SERVICE]
    told = []
    step = (HISTORY_DAYS - OUTAGE_DAYS_BEFORE - 2) / _ORDINARY_COUNT
    for number in range(_ORDINARY_COUNT):
        draw = random.random()
        priority, _, happens, cause = next(kind for kind in _KINDS if draw <= kind[1])
        day = anchor - timedelta(days=HISTORY_DAYS - round(number * step + random.random() * 3))
        start = datetime.combine(day, time(), tzinfo=UTC) + timedelta(minutes=random.randrange(24 * 60))
        declared_at = start + timedelta(minutes=random.randrange(2, 50), seconds=random.randrange(60))
        acknowledged_at = declared_at + timedelta(minutes=random.randrange(1, 20), seconds=random.randrange(60))
        end = acknowledged_at + timedelta(minutes=random.randrange(10, _LONGEST_MINUTES[priority]))
        service = random.choice(services)
        title = f"{service.replace('-', ' ').capitalize()} {happens} ({day:%d %b})"
        written = end + timedelta(hours=random.randrange(20, 110)) if priority == "P2" else None
        impact = ((start, end),)
        told.append(
            _Told(title, service, priority, impact, declared_at, acknowledged_at, cause=cause, postmortem_at=written)
        )
    return told
