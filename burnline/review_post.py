"""The weekly review as a message and as files in a folder, once for each week that is closed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from alerts.notice import Item, base_url
from alerts.outbox import deliver
from alerts.review_post import ReviewPost, destination_of, is_told, tell
from alerts.scoreboard import Scoreboard, Standing
from alerts.sink import Destination
from app import review as words
from app.report.content import Content
from app.report.document import EXCEPTIONAL, document
from app.report.formats import FORMATS
from burnline.context import Context
from burnline.review_files import content_of, write_report
from config.settings import SettingsError
from queries.kpi_closing import last_week
from queries.kpis import Period, Row
from queries.runner import run

MADE_UP_FOR = timedelta(days=2)
"""What could not be told of a week within this time of its closing is left out: by then it is old."""


def post_of(context: Context, content: Content) -> ReviewPost:
    """The message of a week."""
    found, currency, base = content.review, content.currency, base_url(context.settings)
    counts = words.counts(found)
    concerns = document(content).exceptions
    rows = [row for status in EXCEPTIONAL for row in found.rows if row.verdict.status is status]
    items = [
        Item(
            f"{one.standing} · {one.name}: {one.told} · {one.detail}",
            f"{base}/metric?kpi={row.kpi.key}&week={found.week.name}",
        )
        for one, row in zip(concerns, rows, strict=True)
    ]
    return ReviewPost(
        week=found.week.name,
        title=content.title,
        headline=words.headline(found),
        counts=tuple((told, str(counts[status])) for status, told in words.STATUSES.items() if counts[status]),
        concerns=tuple(items),
        board=Scoreboard(words.week_label(found.week), tuple(_standing(row, currency) for row in found.rows)),
        link=f"{base}/?week={found.week.name}",
    )


def report_if_due(context: Context, now: datetime) -> list[str]:
    """Tells of the last week and writes its files once it is closed; what was done, or could not be. Raises StoreError.

    A folder that cannot be written does not keep the message back.
    """
    week = last_week(context.store, now)
    at = None if week is None else _closed_at(context, week)
    if week is None or at is None or now - at > MADE_UP_FOR:
        return []
    destination, missing = _untold(context, week), _missing(context, week)
    if destination is None and not missing:
        return []
    content, done = content_of(context, week, now), []
    if destination is not None and tell(context.store, destination, post_of(context, content), now):
        done.append(f"The review of {week.name} is on its way to {destination.name}.")
    for format_, path in missing:
        try:
            write_report(content, format_, path)
        except SettingsError as error:
            return [*done, str(error)]
        done.append(f"The review of {week.name} is written to {path}.")
    return done


def post_now(context: Context, content: Content, now: datetime) -> str:
    """Sends it to the destination of the settings unless that was done already; how that went.

    Raises SettingsError when there is no destination or the week is not closed, StoreError.
    """
    week, destination = content.review.week, destination_of(context.settings, context.routing)
    if destination is None:
        raise SettingsError('burnline.toml has no to = "…" in its section [review]; add one, or use --dry-run.')
    if isinstance(destination, str):
        raise SettingsError(f"{destination}.")
    if not content.frozen:
        raise SettingsError(
            f"{week.name} is not closed, so late facts still change it; run: "
            f"python -m burnline review close --week {week.name}"
        )
    if not tell(context.store, destination, post_of(context, content), now):
        return f"{destination.name} was told of {week.name} before; it is not told again."
    sent = deliver(context.store, context.settings, now, routing=context.routing)
    if destination.name in sent.reached:
        return f"{destination.name} is told of {week.name}."
    why = sent.stopped.get(destination.name, "it does not take messages now")
    return f"The review of {week.name} waits for {destination.name}: {why}"


def _standing(row: Row, currency: str) -> Standing:
    return Standing(
        row.kpi.name,
        row.verdict.status.value,
        words.STATUSES[row.verdict.status],
        words.value(row.kpi, row.reading.point.value, currency),
        words.targets(row, currency),
        tuple(words.trend(row.points)),
    )


def _closed_at(context: Context, week: Period) -> datetime | None:
    told = run(context.store, "kpi/snapshots", start=week.start_on, end=week.end_on, scope_type="all").rows()
    return told[0]["closed_at"].replace(tzinfo=UTC) if told else None


def _untold(context: Context, week: Period) -> Destination | None:
    """Where nobody was told of the week yet."""
    found = destination_of(context.settings, context.routing)
    if found is None or isinstance(found, str) or is_told(context.store, found.name, week.name):
        return None
    return found


def _missing(context: Context, week: Period) -> list[tuple[str, Path]]:
    folder = context.settings.review.folder
    if folder is None:
        return []
    paths = [(one, context.folder / folder / f"burnline-review-{week.name}.{one}") for one in FORMATS]
    return [(format_, path) for format_, path in paths if not path.exists()]
