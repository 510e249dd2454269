"""OpenAI's bill. Grain: UTC day × project × line item × API key (no key before 2025-12-06).

The report names neither model nor user; the model is read from line items of the form "<model>, <kind>". Recent
days are revised, so the lookback reads them again.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from collectors.base import Api, Source
from collectors.bills import Biller, BillLine, charge
from collectors.buckets import DAY, bucket_span, within
from collectors.errors import DataError
from collectors.fields import Row, number, optional_number, required_text, text
from collectors.openai_reports import PROVIDER, OpenAICostsSettings, buckets, endpoint, report_query
from collectors.refusals import RefusedError
from domain.window import Window, floor_day
from store.tables import Charge

BILLER = Biller(PROVIDER, "OpenAI", "OpenAI API", "Project")

PATH = "/organization/costs"
RESULT = "organization.costs.result"
GROUPS = ("project_id", "line_item", "api_key_id")
GROUPS_WITHOUT_KEY = ("project_id", "line_item")
PAGE_DAYS = 180
"""The vendor refuses a higher limit instead of lowering it."""

KEYS_SINCE = datetime(2025, 12, 6, tzinfo=UTC)
KEYS_SINCE_EPOCH = "1764979200"
"""Costs are kept by API key since then; the refusal of an earlier window names this epoch
(langwatch/langwatch#7579, PostHog/posthog#71784)."""

TOKEN_TYPES = {
    "input": "uncached_input_tokens",
    "cached input": "cache_read_input_tokens",
    "output": "output_tokens",
}
"""Second part of a line item → token column. The wording is not documented: others stay unknown."""
TIERS = ("batch", "flex", "priority")

Days = list[tuple[Window, list[dict[str, Any]]]]


def collect(window: Window, api: Api) -> Iterator[Charge]:
    """Charges of every UTC day that starts in `window`, the running one included. Raises CollectorError."""
    span = bucket_span(window, DAY, api.now)
    if span is None:
        return
    where = f"{api.name} {PATH}"
    for day, results in _days(api, span):
        for result in results:
            yield charge(BILLER, api.name, api.settings.account, day, _line(result, where))


def check(api: Api) -> None:
    """Asks for yesterday."""
    for _ in buckets(api, PATH, report_query(floor_day(api.now) - DAY, None, "1d", 1, ()), RESULT, exact=True):
        return


def _days(api: Api, span: Window) -> Days:
    """The whole report, read before the first charge is made: a refusal must not leave half of it behind."""
    try:
        return _report(api, span, GROUPS)
    except RefusedError as error:
        if error.status != 400 or KEYS_SINCE_EPOCH not in error.detail or span.start >= KEYS_SINCE:
            raise
    if span.end <= KEYS_SINCE:
        return _report(api, span, GROUPS_WITHOUT_KEY)
    older, newer = Window(span.start, KEYS_SINCE), Window(KEYS_SINCE, span.end)
    return _report(api, older, GROUPS_WITHOUT_KEY) + _report(api, newer, GROUPS)


def _report(api: Api, span: Window, groups: tuple[str, ...]) -> Days:
    query = report_query(span.start, span.end, "1d", PAGE_DAYS, groups)
    return list(within(buckets(api, PATH, query, RESULT, exact=True), span, f"{api.name} {PATH}"))


def _line(row: Row, where: str) -> BillLine:
    amount = row.get("amount")
    if not isinstance(amount, dict):
        raise DataError(f"{where}: a row has no amount, so what it costs is unknown")
    item = text(row, "line_item", where)
    model, token_type, tier = parse_line_item(item)
    return BillLine(
        cost=number(amount, "value", where),
        currency=required_text(amount, "currency", where),
        project_id=text(row, "project_id", where),
        api_key_id=text(row, "api_key_id", where),
        model=model,
        token_type=token_type,
        service_tier=tier,
        sku_id=item,
        description=item,
        quantity=optional_number(row, "quantity", where),
        unit=text(row, "quantity_unit", where),
    )


def parse_line_item(item: str | None) -> tuple[str | None, str | None, str | None]:
    """Model, token type and tier of "<model>, <kind>[, <tier>]"; None for what cannot be told."""
    model, _, rest = (item or "").partition(", ")
    if not rest or not re.fullmatch(r"[\w.:/-]+", model):
        return None, None, None
    kind, _, tier = rest.partition(", ")
    return model, TOKEN_TYPES.get(kind.lower()), tier if tier in TIERS else None


SOURCE = Source(
    name="openai_costs",
    title="OpenAI costs",
    role="billing",
    writes=Charge,
    settings=OpenAICostsSettings,
    collect=collect,
    check=check,
    endpoint=endpoint,
    every="6h",
    lookback="7d",
    chunk="180d",
    provider=PROVIDER,
)
