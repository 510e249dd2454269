"""The organisation's periods and working days in the store, so that SQL need not know of time zones."""

from collections.abc import Collection
from datetime import date, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from config.settings import Organization
from domain.kpi.calendar import CADENCES, spans, working_days
from store.bulk import insert_rows
from store.engine import Store
from store.schema import table, to_batch
from store.tables import Period, ReferenceFile, Workday

NAME = "calendar"
YEARS_BACK, YEARS_AHEAD = 5, 1
"""Three years are reviewed, each beside the year before it; what is due may lie ahead."""


def sync_calendar(store: Store, organization: Organization, holidays: Collection[date], today: date) -> None:
    """Makes `period` and `workday` those of the organisation, when its zone, fiscal year or holidays changed."""
    first, last = date(today.year - YEARS_BACK, 1, 1), date(today.year + YEARS_AHEAD, 12, 31)
    told = (organization.timezone, organization.fiscal_year_start, sorted(holidays), first, last)
    digest = sha256(repr(told).encode()).hexdigest()
    files = table(ReferenceFile)
    of_it = sa.select(files.c.digest, files.c.revision).where(files.c.file_name == NAME)
    with store.read() as connection:
        known = connection.execute(of_it).first()
    if known is not None and known.digest == digest:
        return
    zone = ZoneInfo(organization.timezone)
    periods = [
        Period(
            cadence=span.cadence,
            name=span.name,
            start_at=span.window.start,
            end_at=span.window.end,
            start_on=span.start_on,
            end_on=span.end_on,
        )
        for cadence in CADENCES
        for span in spans(cadence, first, last + timedelta(days=1), zone, organization.fiscal_year_start)
    ]
    days = [
        Workday(day=d.day, start_at=d.window.start, end_at=d.window.end, number=d.number, is_working=d.is_working)
        for d in working_days(first, last, zone, holidays)
    ]
    line = ReferenceFile(file_name=NAME, digest=digest, revision=1 if known is None else known.revision + 1)
    with store.write() as connection:
        for row, rows in ((Period, periods), (Workday, days)):
            connection.execute(sa.delete(table(row)))
            insert_rows(connection, row, to_batch(row, rows))
        connection.execute(sa.delete(files).where(files.c.file_name == NAME))
        insert_rows(connection, ReferenceFile, to_batch(ReferenceFile, [line]))
