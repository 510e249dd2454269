"""What the small company's tokens cost at list price, and its usage as prices are decided by."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from domain.attribution import OPEN_FROM, OPEN_TO
from store.tables import Price, PricedUsageDay, UsageDay
from tests.app.support.company import STREAMS

CHEAPER_MODEL = "gpt-5.4"
CHEAPER_DAYS_AGO = 10
"""Since then one model costs four fifths of what it did."""
UNITS = ("uncached_input_tokens", "cache_read_input_tokens", "output_tokens")
DAYS = {CHEAPER_MODEL: (Decimal("2.5"), Decimal("0.25"), Decimal(15))}
OTHERS = (Decimal(1), Decimal("0.1"), Decimal(5))


def amounts(model: str, day: date, today: date) -> dict[str, Decimal]:
    """USD per million of each unit on a day."""
    now = dict(zip(UNITS, DAYS.get(model, OTHERS), strict=True))
    was_dearer = model == CHEAPER_MODEL and day < today - timedelta(days=CHEAPER_DAYS_AGO)
    return {unit: amount * Decimal("1.25") for unit, amount in now.items()} if was_dearer else now


def price_list(today: date) -> list[Price]:
    """Every model that is billed has prices; one changed them once."""
    changed = today - timedelta(days=CHEAPER_DAYS_AGO)
    models = {(s.provider, s.model) for s in STREAMS if s.model and s.daily_cost}
    rows = []
    for provider, model in sorted(models):
        spans = [(OPEN_FROM, changed), (changed, OPEN_TO)] if model == CHEAPER_MODEL else [(OPEN_FROM, OPEN_TO)]
        for start, end in spans:
            rows += [
                Price(
                    provider=provider,
                    model=model,
                    service_tier="standard",
                    unit=unit,
                    price_per_million=amount,
                    currency="USD",
                    valid_from=start,
                    valid_to=end,
                    version="genai-prices@test",
                )
                for unit, amount in amounts(model, start, today).items()
            ]
    return rows


def priced_usage(usage: Iterable[UsageDay], today: date) -> list[PricedUsageDay]:
    """Each row of usage with tokens, as prices are decided by; what has a price costs what it did on its day."""
    return [_priced(row, today) for row in usage if row.model is not None]


def _priced(row: UsageDay, today: date) -> PricedUsageDay:
    kinds = {unit: getattr(row, unit) or 0 for unit in UNITS}
    listed = amounts(row.model or "", row.day, today)
    cost = sum((count * listed[unit] / 1_000_000 for unit, count in kinds.items()), Decimal())
    tokens = sum(kinds.values())
    rest = {
        name: 0
        for name, hint in PricedUsageDay.__annotations__.items()
        if name.endswith("_tokens") and hint is int and name not in UNITS
    }
    return PricedUsageDay(
        day=row.day,
        source=row.source,
        provider=row.provider,
        account_id=row.account_id,
        service=row.service,
        model=row.model or "",
        service_tier="standard",
        context_window="",
        unit=None,
        tokens=tokens,
        quantity=None,
        estimated_cost=cost if row.estimated_cost is not None else None,
        unpriced_quantity=None,
        **kinds,
        **{**rest, "unpriced_tokens": row.unpriced_tokens},
    )
