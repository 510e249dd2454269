"""ServiceNow incidents. Grain: one incident, and one row for its impact.

An incident belongs to the window it was opened in. The last 30 days are read again by every run, and days with an
incident that is not resolved however old they are. The table has no columns for the impact's start and for the
acknowledgement: name yours (`fields`), else both are unknown. It does not tell when an incident was reopened either,
so the impact of a reopened one lasts from its start to its last resolution.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Literal

from collectors.base import Api, Endpoint, Source
from collectors.errors import DataError
from collectors.fields import Row, list_of, required_text, row_of, text
from collectors.incident_fields import OwnFieldSettings, fill
from collectors.incident_rows import IncidentRow, incident_rows
from domain.incident.words import DECLINED, OPEN, RESOLVED
from domain.window import Window
from store.tables import Incident, IncidentSpan

PATH = "/api/now/table/incident"
PAGE = 1000
"""A safe batch; the server's own default is ten times as much."""
LARGEST_PAGES = 1000

RESOLVED_STATES = ("6", "7")
CANCELED_STATE = "8"
PRIORITIES = {"1": "sev1", "2": "sev2", "3": "sev3", "4": "sev4", "5": "sev4"}
"""The column severity is usually left at its default, so the priority tells."""

COLUMNS = (
    "sys_id",
    "number",
    "short_description",
    "state",
    "priority",
    "opened_at",
    "resolved_at",
    "closed_at",
    "close_code",
    "category",
    "business_service",
    "cmdb_ci",
    "sys_updated_on",
)


class ServiceNowSettings(OwnFieldSettings):
    """`base_url` is your instance; `api_key` an OAuth token or, with `auth = "basic"`, user:password. `fields`: column
    → column of your table, such as service = "business_service.name". `filter`: an encoded query added to ours."""

    auth: Literal["bearer", "basic"] = "bearer"
    filter: str | None = None


def endpoint(settings: ServiceNowSettings) -> Endpoint:
    """The Table API of the instance."""
    form = "Bearer {secret}" if settings.auth == "bearer" else "Basic {secret_base64}"
    return Endpoint(
        base_url=settings.base_url,
        secret=settings.api_key,
        headers={"Authorization": form},
        credential="token" if settings.auth == "bearer" else "user and password",
        min_interval_seconds=1 / settings.max_requests_per_second,
    )


def collect(window: Window, api: Api) -> Iterator[IncidentRow]:
    """Incidents that were opened in the window. Raises CollectorError.

    A page may be short of rows that the key may not see while more follow; only an empty one is the last.
    """
    seen: set[str] = set()
    for number in range(LARGEST_PAGES):
        rows = _page(api, window, number * PAGE)
        if not rows:
            return
        for row in rows:
            incident = _incident(api, row)
            if incident.incident_id not in seen and window.start <= incident.declared_at < window.end:
                seen.add(incident.incident_id)
                yield from incident_rows(incident, [], api.settings)
    raise DataError(f"{api.name} {PATH}: after {LARGEST_PAGES:,} pages there is still more; ask for a shorter window")


def check(api: Api) -> None:
    """Asks for one row."""
    query = [("sysparm_fields", "sys_id,opened_at"), ("sysparm_limit", "1")]
    list_of(row_of(api.http.get(PATH, query), api.name), "result", f"{api.name} {PATH}")


def _page(api: Api, window: Window, offset: int) -> list[Row]:
    """Ordered by what does not change while pages are read. The server keeps whole seconds."""
    settings: ServiceNowSettings = api.settings
    end = window.end + timedelta(seconds=1)
    terms = [f"opened_at>={window.start:%Y-%m-%d %H:%M:%S}", f"opened_at<{end:%Y-%m-%d %H:%M:%S}"]
    if settings.filter:
        terms.append(settings.filter)
    query = [
        ("sysparm_query", "^".join([*terms, "ORDERBYopened_at", "ORDERBYsys_id"])),
        ("sysparm_fields", ",".join(dict.fromkeys([*COLUMNS, *settings.fields.values()]))),
        ("sysparm_display_value", "false"),
        ("sysparm_exclude_reference_link", "true"),
        ("sysparm_limit", str(PAGE)),
        ("sysparm_offset", str(offset)),
    ]
    where = f"{api.name} {PATH}"
    return [row_of(item, where) for item in list_of(row_of(api.http.get(PATH, query), where), "result", where)]


def _incident(api: Api, row: Row) -> Incident:
    where = f"{api.name} {PATH}"
    settings: ServiceNowSettings = api.settings
    key = required_text(row, "sys_id", where)
    opened_at = _time(row, "opened_at", where)
    if opened_at is None:
        raise DataError(f"{where}: {key} has no opened_at; check that the key may read that column")
    status = _status(required_text(row, "state", where))
    priority = text(row, "priority", where)
    resolved_at = _time(row, "resolved_at", where) or _time(row, "closed_at", where)
    incident = Incident(
        source=api.name,
        incident_id=key,
        title=text(row, "short_description", where) or text(row, "number", where) or key,
        status=status,
        declared_at=opened_at,
        number=text(row, "number", where),
        severity=settings.severity_of(priority) or PRIORITIES.get(priority or ""),
        severity_from="priority" if priority else None,
        service=text(row, "business_service", where) or text(row, "cmdb_ci", where),
        kind=text(row, "category", where),
        cause=text(row, "close_code", where),
        detected_at=opened_at,
        resolved_at=resolved_at if status == RESOLVED else None,
        updated_at=_time(row, "sys_updated_on", where),
    )
    fill(incident, settings.fields, row, lambda value, name: _read_time(value, name, where), where)
    return incident


def _status(state: str) -> str:
    """Every state that an organisation may have added means that work goes on."""
    if state == CANCELED_STATE:
        return DECLINED
    return RESOLVED if state in RESOLVED_STATES else OPEN


def _time(row: Row, name: str, where: str) -> datetime | None:
    """None when empty."""
    value = text(row, name, where)
    return None if value is None else _read_time(value, name, where)


def _read_time(value: str, name: str, where: str) -> datetime:
    """UTC without zone, as the server writes it."""
    try:
        return datetime.strptime(value, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        raise DataError(f"{where}: {name} is {value!r} where a time such as 2026-10-02 10:05:00 belongs") from None


SOURCE = Source(
    name="servicenow",
    title="ServiceNow incidents",
    role="metrics",
    writes=Incident,
    also=(IncidentSpan,),
    settings=ServiceNowSettings,
    collect=collect,
    check=check,
    endpoint=endpoint,
    every="15m",
    lookback="30d",
    chunk="31d",
)
