"""Anthropic's bill, excluding Priority Tier. Grain: UTC day × workspace × description (model, token type, tier).

The report does not say which API key caused a cost. Recent days are revised, so the lookback reads them again.
"""

from collections.abc import Iterator
from decimal import Decimal

from collectors.anthropic_reports import (
    PROVIDER,
    AnthropicCostsSettings,
    buckets,
    endpoint,
    report_query,
    workspace,
)
from collectors.base import Api, Source
from collectors.bills import Biller, BillLine, charge
from collectors.buckets import DAY, bucket_span, within
from collectors.fields import Row, number, required_text, text
from domain.window import Window, floor_day
from store.tables import Charge

BILLER = Biller(PROVIDER, "Anthropic", "Claude API", "Workspace")

PATH = "/v1/organizations/cost_report"
GROUPS = ("workspace_id", "description")
"""Both, always: grouped by nothing the report is one opaque number per day."""
PAGE_DAYS = 31

CENTS_PER_DOLLAR = 100
SKU_FIELDS = ("model", "cost_type", "token_type", "service_tier", "context_window", "inference_geo")
TOKEN_TYPES = {
    "uncached_input_tokens": "uncached_input_tokens",
    "output_tokens": "output_tokens",
    "cache_read_input_tokens": "cache_read_input_tokens",
    "cache_creation.ephemeral_5m_input_tokens": "cache_write_5m_input_tokens",
    "cache_creation.ephemeral_1h_input_tokens": "cache_write_1h_input_tokens",
}
"""The vendor's token types → the token columns of `token_usage`; a new type keeps the vendor's word."""


def collect(window: Window, api: Api) -> Iterator[Charge]:
    """Charges of every UTC day that starts in `window`, the running one included. Raises CollectorError."""
    span = bucket_span(window, DAY, api.now)
    if span is None:
        return
    where = f"{api.name} {PATH}"
    query = report_query(span, DAY, "1d", PAGE_DAYS, GROUPS)
    for day, results in within(buckets(api, PATH, query, exact=True), span, where):
        for result in results:
            yield charge(BILLER, api.name, api.settings.account, day, _line(result, where))


def check(api: Api) -> None:
    """Asks for yesterday."""
    now = api.now.replace(microsecond=0)
    running = Window(floor_day(now) - DAY, now)
    for _ in buckets(api, PATH, report_query(running, DAY, "1d", 1, ()), exact=True):
        return


def cents_to_usd(cents: Decimal) -> Decimal:
    """The vendor counts in (fractional) cents, bills are in dollars."""
    return cents / CENTS_PER_DOLLAR


def _line(row: Row, where: str) -> BillLine:
    sku = [text(row, name, where) for name in SKU_FIELDS]
    model, _, token_type, tier, _, _ = sku
    return BillLine(
        cost=cents_to_usd(number(row, "amount", where)),
        currency=required_text(row, "currency", where),
        project_id=workspace(row, where),
        model=model,
        token_type=TOKEN_TYPES.get(token_type, token_type) if token_type else None,
        service_tier=tier,
        sku_id="|".join(part or "" for part in sku),
        description=text(row, "description", where),
    )


SOURCE = Source(
    name="anthropic_costs",
    title="Anthropic costs",
    role="billing",
    writes=Charge,
    settings=AnthropicCostsSettings,
    collect=collect,
    check=check,
    endpoint=endpoint,
    every="6h",
    lookback="7d",
    chunk="31d",
    provider=PROVIDER,
)
