"""Headcount snapshots from files: posts per department and month, and who left by their own wish."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import Field

from collectors.base import Delivery, FileApi, History
from collectors.errors import DataError
from collectors.files import digest, up_to_date
from collectors.row_file import header_of, rows_of
from collectors.row_files import Zone, days_of, files_below, nothing_to_load, set_aside
from collectors.row_reader import RowReader
from collectors.row_table import RowSettings
from collectors.row_tables import MEASUREMENTS
from collectors.row_values import as_bool, as_count, as_float, as_moment, as_string, is_empty
from collectors.small_groups import PeopleSettings, small_groups
from collectors.table_file import RowError
from domain.calendar_period import calendar_period
from domain.measures import HEADCOUNT, VOLUNTARY_LEAVERS
from domain.window import Window
from store.schema import to_batch
from store.tables import Measurement, Quarantine

REQUIRED = ("as_of", "department", "fte")
OPTIONAL = ("role_family", "is_ai_role", "voluntary_leavers")


class HeadcountSettings(PeopleSettings):
    """`path`: a file or folder; `columns`: what we call a column → what the file does; `ai_roles_only` leaves out rows
    whose `is_ai_role` is not true; months are those of `timezone`."""

    path: str = Field(min_length=1)
    timezone: Zone = "UTC"
    columns: dict[str, str] = Field(default_factory=dict)
    ai_roles_only: bool = False


@dataclass(frozen=True, slots=True)
class Posts:
    """One row of a snapshot."""

    as_of: datetime
    month: Window
    department: str
    role_family: str
    fte: float
    leavers: int | None


def deliver_headcount(api: FileApi, history: History) -> Iterator[Delivery]:
    """One delivery of all files, from their first to their last month. Raises CollectorError."""
    settings: HeadcountSettings = api.settings
    files = files_below(settings.path)
    detail = digest(files, also=settings.model_dump_json(exclude={"path"}))
    if up_to_date(history, [detail]):
        return
    snapshots: dict[tuple[datetime, str, str], Posts] = {}
    rejected: list[Quarantine] = []
    for path in files:
        _check_header(path.name, header_of(path), settings)
        for number, values in rows_of(path):
            try:
                posts = _posts(values, settings)
            except RowError as error:
                rejected.append(set_aside(api.name, path.name, number, str(error)))
                continue
            if posts:  # the last row of a day, department and role family counts
                snapshots[posts.as_of, posts.department, posts.role_family] = posts
    if not snapshots:
        raise nothing_to_load(files, rejected)
    reader = RowReader(MEASUREMENTS, api.name, RowSettings(), UTC)
    rows: list[Measurement] = [reader.row(fields) for fields in _measured(list(snapshots.values()))]
    kept_back = small_groups(rows, settings)
    rejected += [set_aside(api.name, files[0].name, 0, reason) for reason in kept_back.values()]
    kept = [row for at, row in enumerate(rows) if at not in kept_back]
    window = days_of([row.period_start for row in rows])
    yield Delivery(detail, window, [to_batch(Measurement, kept)], rejected=rejected)


def check_headcount(api: FileApi) -> None:
    """The first file has the columns."""
    first = files_below(api.settings.path)[0]
    _check_header(first.name, header_of(first), api.settings)


def _check_header(file_name: str, header: Sequence[str], settings: HeadcountSettings) -> None:
    needed = (*REQUIRED, "is_ai_role") if settings.ai_roles_only else REQUIRED
    absent = [name for name in needed if settings.columns.get(name, name) not in header]
    if absent:
        raise DataError(f"{file_name} has no column {absent[0]!r}; add it, or map it under columns.")


def _posts(values: Mapping[str, Any] | RowError, settings: HeadcountSettings) -> Posts | None:
    """What a row says; None for a role that is not counted. Raises RowError."""
    if isinstance(values, RowError):
        raise values
    zone = ZoneInfo(settings.timezone)
    columns = {name: settings.columns.get(name, name) for name in (*REQUIRED, *OPTIONAL)}
    given = {name: values[column] for name, column in columns.items() if not is_empty(values.get(column))}
    empty = next((name for name in REQUIRED if name not in given), None)
    if empty:
        raise RowError(f"{empty} is empty")
    if settings.ai_roles_only and not as_bool(given.get("is_ai_role", False), "is_ai_role", zone):
        return None
    as_of = as_moment(given["as_of"], "as_of", zone)
    fte = as_float(given["fte"], "fte", zone)
    if fte < 0:
        raise RowError("fte is negative")
    leavers = given.get("voluntary_leavers")
    return Posts(
        as_of=as_of,
        month=calendar_period(as_of, 1, zone),
        department=as_string(given["department"], "department", zone),
        role_family=as_string(given.get("role_family", ""), "role_family", zone),
        fte=fte,
        leavers=None if leavers is None else as_count(leavers, "voluntary_leavers", zone),
    )


def _measured(posts: Sequence[Posts]) -> Iterator[dict[str, Any]]:
    """Each month's posts by department, and of everybody: those of the department's last snapshot of the month."""
    months: dict[Window, dict[str, list[Posts]]] = defaultdict(lambda: defaultdict(list))
    for one in posts:
        months[one.month][one.department].append(one)
    for month, departments in months.items():
        of_each: dict[str | None, tuple[float, int | None]] = {
            department: (_last(of_month), _left(of_month)) for department, of_month in departments.items()
        }
        told = [left for _, left in of_each.values() if left is not None]
        of_each[None] = (
            sum(size for size, _ in of_each.values()),
            sum(told) if len(told) == len(departments) else None,
        )
        for department, (size, left) in of_each.items():
            of = {"group_name": department, "team": department, "period_start": month.start, "period_end": month.end}
            yield {"metric": HEADCOUNT, "value": size, **of}
            if left is not None:
                yield {"metric": VOLUNTARY_LEAVERS, "value": left, "denominator": size, **of}


def _last(of_month: Sequence[Posts]) -> float:
    last = max(one.as_of for one in of_month)
    return sum(one.fte for one in of_month if one.as_of == last)


def _left(of_month: Sequence[Posts]) -> int | None:
    """None where no snapshot of the month counts those who left."""
    told = [one.leavers for one in of_month if one.leavers is not None]
    return sum(told) if told else None
