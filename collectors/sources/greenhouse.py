"""Openings from Greenhouse (Harvest v3). Grain: one opening.

A run asks again for all openings of the last 365 days by `opened_at`, which recruiters edit and date back. Only columns
without personal data are asked for (`fields=`): no candidate, no application's content, no pay. An opening's id is
hashed; a job's name is asked for only where `ai_titles` must see it, and is not kept. Closed with an application it is
filled, without one cancelled. When the offer was accepted is the offer's own time. Drafts, which have no `opened_at`,
are left out. Needs a token of a Site Admin: others are refused every list.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time
from typing import Any

from pydantic import Field

from collectors.base import Api, Endpoint, Source, TokenGrant
from collectors.errors import DataError, FatalError
from collectors.fields import Row, list_of, optional_time, required_text, rfc3339_time, row_of, text
from collectors.hashed_ids import hashed
from collectors.openings import CANCELLED, FILLED, OPEN, OpeningSettings
from collectors.refusals import RefusedError
from collectors.safe_url import SafeUrl
from config.secrets import SecretReference
from domain.window import Window
from store.tables import Opening

PAGE = "500"
"""The most the vendor gives at once."""
LARGEST_PAGES = 1000
SCOPES = {
    "/openings": "harvest:openings:list",
    "/offers": "harvest:offers:list",
    "/jobs": "harvest:jobs:list",
    "/departments": "harvest:departments:list",
}
ACCEPTED = "accepted"


class GreenhouseSettings(OpeningSettings):
    """`api_key`: reference to client_id:client_secret of Dev Center; `user_id`: the Site Admin it acts for."""

    api_key: SecretReference
    user_id: str = Field(min_length=1)
    base_url: SafeUrl = "https://harvest.greenhouse.io/v3"
    token_url: SafeUrl = "https://auth.greenhouse.io/token"  # noqa: S105 - an address
    backfill_days: int = Field(default=400, ge=1, le=3653)
    max_requests_per_second: float = Field(default=1.5, gt=0, le=1000)
    """The vendor lets 50 requests pass in 30 seconds."""


def endpoint(settings: GreenhouseSettings) -> Endpoint:
    """Harvest v3 with a token by client credentials."""
    return Endpoint(
        base_url=settings.base_url,
        secret=settings.api_key,
        headers={"Authorization": "Bearer {secret}"},
        credential="API credential",
        min_interval_seconds=1 / settings.max_requests_per_second,
        token=TokenGrant(settings.token_url, (("sub", settings.user_id),)),
    )


def collect(window: Window, api: Api) -> Iterator[Opening]:
    """Openings that were opened in the window. Raises CollectorError."""
    where = f"{api.name} /openings"
    listed = _listed(
        api,
        "/openings",
        ("id", "job_id", "opened_at", "closed_at", "open", "application_id"),
        [("opened_at", _between(window.start, window.end))],
    )
    rows = [row for row in listed if row.get("opened_at") and _is_in(window, rfc3339_time(row, "opened_at", where))]
    if not rows:
        return
    jobs = _Jobs(api)
    offers = _accepted_offers(api, window.start)
    for row in rows:
        opening = _opening(api, row, jobs, offers)
        if opening.filled_at is not None and opening.filled_at < opening.opened_at:
            api.set_aside(f"opening {opening.opening_id}", 1, "closed_at is before opened_at; correct it in Greenhouse")
        else:
            yield opening


def check(api: Api) -> None:
    """Asks for one opening."""
    _page(api, "/openings", [("per_page", "1"), ("fields", "id")])


class _Jobs:
    """The department and, where titles decide, the name of each job. A confidential job may be missing."""

    def __init__(self, api: Api) -> None:
        titles = ("name",) if api.settings.ai_titles else ()
        where = f"{api.name} /departments"
        listed = _listed(api, "/departments", ("id", "name"), [])
        names = {_key(row, "id", where): required_text(row, "name", where) for row in listed}
        where = f"{api.name} /jobs"
        self._found = {
            _key(row, "id", where): (names.get(str(row.get("department_id"))), text(row, "name", where))
            for row in _listed(api, "/jobs", ("id", "department_id", *titles), [])
        }

    def of(self, row: Row) -> tuple[str | None, str | None]:
        """Department and name."""
        return self._found.get(str(row.get("job_id")), (None, None))


def _opening(api: Api, row: Row, jobs: _Jobs, offers: dict[str, Row]) -> Opening:
    where = f"{api.name} /openings"
    is_open = row.get("open")
    if not isinstance(is_open, bool):
        raise DataError(f"{where}: open is {is_open!r} where true or false belongs")
    department, title = jobs.of(row)
    hired = row.get("application_id") is not None
    status = OPEN if is_open else FILLED if hired else CANCELLED
    offer = offers.get(str(row["application_id"]), {}) if hired else {}
    starts_on = text(offer, "starts_on", where)
    return Opening(
        source=api.name,
        opening_id=hashed(_key(row, "id", where), api.settings.salt),
        opened_at=rfc3339_time(row, "opened_at", where),
        status=status,
        team=department,
        is_ai_role=api.settings.is_ai_role(department, title),
        offer_accepted_at=optional_time(offer, "resolved_at", where),
        filled_at=optional_time(row, "closed_at", where) if status == FILLED else None,
        starts_at=_midnight(starts_on, where) if starts_on else None,
    )


def _accepted_offers(api: Api, since: datetime) -> dict[str, Row]:
    """The current accepted offer of each application; no offer is accepted before its position was opened."""
    rows = _listed(
        api,
        "/offers",
        ("id", "application_id", "status", "starts_on", "resolved_at"),
        [("current_only", "true"), ("resolved_at", _between(since, api.now))],
    )
    return {
        str(row.get("application_id")): row
        for row in rows
        if required_text(row, "status", f"{api.name} /offers").lower() == ACCEPTED
    }


def _listed(api: Api, path: str, fields: Sequence[str], params: Sequence[tuple[str, str]]) -> Iterator[Row]:
    """Every item once. What follows a page is asked for by the address that the page names, as it is."""
    where = f"{api.name} {path}"
    following: str | None = path
    query = [("per_page", PAGE), ("fields", ",".join(fields)), *params]
    seen: set[str] = set()
    for _ in range(LARGEST_PAGES):
        rows, after = _page(api, following or path, query)
        for row in rows:
            key = _key(row, "id", where)
            if key not in seen:
                seen.add(key)
                yield row
        if after is None:
            return
        if after == following:
            raise DataError(f"{where}: the page names itself as the next, so the list would never end")
        following, query = after, []
    raise DataError(f"{where}: more than {LARGEST_PAGES} pages, so the rest cannot be read; ask for a shorter window")


def _page(api: Api, path: str, query: Sequence[tuple[str, str]]) -> tuple[list[Row], str | None]:
    bare = path.partition("?")[0]
    where = f"{api.name} {bare}"
    try:
        answer, following = api.http.get_linked(path, query)
    except RefusedError as error:
        if error.status != 403:
            raise
        raise FatalError(
            f"{api.name}: Greenhouse lists {bare} only for a Site Admin and with the scope {SCOPES[bare]} "
            f"({error.detail or 'HTTP 403'}); check user_id, and the scopes of the credential in Dev Center."
        ) from None
    return [row_of(item, where) for item in list_of({"the answer": answer}, "the answer", where)], following


def _key(row: Row, name: str, where: str) -> str:
    value: Any = row.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, str)) or value == "":
        raise DataError(f"{where}: {name} is {value!r} where an id belongs")
    return str(value)


def _between(start: datetime, end: datetime) -> str:
    """The vendor's way to write a span, its two ends in it."""
    return f"gte|{start.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}|lte|{end.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _is_in(window: Window, moment: datetime) -> bool:
    return window.start <= moment < window.end


def _midnight(day: str, where: str) -> datetime:
    try:
        return datetime.combine(datetime.fromisoformat(day).date(), time(), UTC)
    except ValueError:
        raise DataError(f"{where}: starts_on is {day!r} where a day belongs") from None


SOURCE = Source(
    name="greenhouse",
    title="Greenhouse openings",
    role="metrics",
    writes=Opening,
    settings=GreenhouseSettings,
    collect=collect,
    check=check,
    endpoint=endpoint,
    every="6h",
    lookback="365d",
    chunk="400d",
)
