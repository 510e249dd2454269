"""A small company with known numbers: what it bills and uses each day, made by plain arithmetic."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from domain.attribution import OPEN_FROM, OPEN_TO
from store.tables import Attribution, CostDay, Feature, UsageDay

DAYS = 120
LAUNCH_DAYS_AGO = 30


@dataclass(frozen=True)
class Stream:
    """One feature's use of one model: daily USD and requests on an average day, tokens of one request."""

    feature: str | None
    provider: str
    model: str | None
    daily_cost: float
    daily_requests: int
    tokens: int = 1500
    environment: str | None = "production"
    growth: float = 0.002
    launched_days_ago: int = 10_000

    @property
    def project(self) -> str:
        """The project, one per feature."""
        return f"proj_{self.feature or 'hack-days'}"

    @property
    def api_key_id(self) -> str:
        """The key, one per feature and environment."""
        return f"key_{self.feature or 'demo'}_{self.environment or 'none'}"

    @property
    def attribution_key(self) -> str:
        """Not an md5 here; the tests only need it unique."""
        return "|".join((self.provider, self.project, self.api_key_id, self.model or "", self.environment or ""))


FEATURES = tuple(
    Feature(feature=key, name=name, team=team, tier=tier, owner=owner, status="live")
    for key, name, team, tier, owner in (
        ("support-assistant", "Support assistant", "Customer Care", "critical", "Ines Okafor"),
        ("call-notes", "Call notes", "Customer Care", "standard", "Ines Okafor"),
        ("semantic-search", "Semantic search", "Discovery", "critical", "Yuki Lindqvist"),
        ("shopping-guide", "Shopping guide", "Discovery", "critical", "Yuki Lindqvist"),
        ("product-copy", "Product copy", "Discovery", "standard", "Dario Mensah"),
        ("fraud-review", "Fraud review", "Trust & Safety", "critical", "Solveig Ahmadi"),
        ("content-moderation", "Content moderation", "Trust & Safety", "critical", "Rafael Nkemelu"),
        ("contract-review", "Contract review", "Back Office", "standard", "Hanna Petrov"),
        ("invoice-reader", "Invoice reader", "Back Office", "standard", "Hanna Petrov"),
        ("code-review", "Code review", "Workplace Tools", "internal", "Tomasz Adeyemi"),
        ("research-desk", "Research desk", "Workplace Tools", "internal", "Lucía Farrow"),
        ("voice-replies", "Voice replies", "Customer Care", "standard", "Matteo Brandt"),
    )
)

_OPENAI, _ANTHROPIC = "openai", "anthropic"
STREAMS = (
    Stream("support-assistant", _ANTHROPIC, "claude-sonnet-5", 96.4, 150_000, 3900),
    Stream("support-assistant", _OPENAI, "gpt-5.4", 31.7, 18_000, 2800),
    Stream("support-assistant", _OPENAI, "gpt-5.4-mini", 1.9, 2_400, 2800, "staging"),
    Stream("call-notes", _OPENAI, "gpt-5.4-mini", 11.2, 5_200, 4800),
    Stream("semantic-search", _OPENAI, "text-embedding-3-large", 28.1, 900_000, 260),
    Stream("semantic-search", _OPENAI, "gpt-5.4-mini", 44.6, 210_000, 1460),
    Stream("shopping-guide", _ANTHROPIC, "claude-sonnet-5", 71.3, 62_000, 5700, launched_days_ago=LAUNCH_DAYS_AGO),
    Stream("shopping-guide", _OPENAI, "gpt-5.4", 19.8, 14_000, 2030, launched_days_ago=LAUNCH_DAYS_AGO),
    Stream("product-copy", _OPENAI, "gpt-5.4-mini", 9.4, 34_000, 1630),
    Stream("fraud-review", _ANTHROPIC, "claude-opus-5", 88.2, 19_000, 7100, growth=0.004),
    Stream("content-moderation", _ANTHROPIC, "claude-haiku-4-5", 24.9, 110_000, 1160),
    Stream("content-moderation", _OPENAI, "omni-moderation-latest", 0.0, 320_000, 180),
    Stream("contract-review", _ANTHROPIC, "claude-opus-5", 46.1, 2_400, 28_800),
    Stream("invoice-reader", _OPENAI, "gpt-5.4", 52.5, 60_000, 2850),
    Stream("code-review", _ANTHROPIC, "claude-sonnet-5", 39.9, 26_000, 14_900, growth=-0.002),
    Stream("research-desk", _OPENAI, "gpt-5.4", 33.3, 9_000, 10_100),
    Stream("research-desk", _OPENAI, None, 6.1, 0, 0),
    Stream("voice-replies", _OPENAI, "gpt-5.4-mini", 7.7, 16_000, 1630),
    Stream(None, _OPENAI, "gpt-5.4", 17.6, 9_500, 4600, None),
)

LOG_ONLY = Stream("invoice-reader", "self-hosted", "llama-4-70b", 0.0, 4_000, 2100)
"""Seen in request logs only: no bill; priced at list for every second day, unpriced for the others."""

EUR_SHARE = Decimal("0.02")


@dataclass
class Books:
    """The rows of a company and what can be computed from them without SQL."""

    costs: list[CostDay] = field(default_factory=list)
    usage: list[UsageDay] = field(default_factory=list)

    def billed(self, start: date, end: date, currency: str = "USD") -> Decimal:
        """The bill of the days `[start, end)`."""
        return sum(
            (c.billed_cost for c in self.costs if start <= c.day < end and c.billing_currency == currency), Decimal()
        )


def books(today: date, part_of_today: Decimal = Decimal("0.58")) -> Books:
    """120 days up to today, of which a part is over."""
    made = Books()
    for ago in range(DAYS - 1, -1, -1):
        day = today - timedelta(days=ago)
        share = part_of_today if ago == 0 else Decimal(1)
        for number, stream in enumerate(STREAMS):
            if ago < stream.launched_days_ago:
                made.costs.extend(_costs(stream, day, ago, number, share))
                made.usage.append(_usage(stream, day, ago, number, share))
        made.usage.append(_log_only(day, ago))
    return made


def _load(stream: Stream, day: date, ago: int, number: int) -> float:
    weekday = 0.62 if day.weekday() >= 5 else 1.0 + 0.05 * math.sin(day.weekday())
    growth = (1 + stream.growth) ** (DAYS - ago)
    wobble = 1 + 0.06 * math.sin(ago * 1.7 + number) + 0.03 * math.cos(ago * 0.6 + 2 * number)
    spike = 2.4 if stream.feature == "fraud-review" and ago in (11, 12) else 1.0
    ramp = min(1.0, 0.25 + (stream.launched_days_ago - ago) / 12)
    return weekday * growth * wobble * spike * ramp


def _costs(stream: Stream, day: date, ago: int, number: int, share: Decimal) -> Iterator[CostDay]:
    if stream.daily_cost == 0:
        return
    cost = (Decimal(stream.daily_cost * _load(stream, day, ago, number)) * share).quantize(Decimal("0.000001"))
    yield _cost_row(stream, day, cost, "USD")
    if stream.feature == "invoice-reader":
        yield _cost_row(stream, day, (cost * EUR_SHARE).quantize(Decimal("0.000001")), "EUR")


def _cost_row(stream: Stream, day: date, cost: Decimal, currency: str) -> CostDay:
    return CostDay(
        day=day,
        source=f"{stream.provider}_costs" if currency == "USD" else "focus_files",
        provider=stream.provider if currency == "USD" else "aws",
        account_id="org-1",
        project_id=stream.project,
        service="inference",
        model=stream.model,
        attribution_key=stream.attribution_key,
        billing_currency=currency,
        billed_cost=cost,
        effective_cost=(cost * Decimal("0.97")).quantize(Decimal("0.000001")),
        charge_count=3,
    )


def _usage(stream: Stream, day: date, ago: int, number: int, share: Decimal) -> UsageDay:
    requests = round(stream.daily_requests * _load(stream, day, ago, number) * float(share))
    tokens = requests * stream.tokens
    reported = stream.model is not None
    return UsageDay(
        day=day,
        source=f"{stream.provider}_usage",
        provider=stream.provider,
        account_id="org-1",
        project_id=stream.project,
        api_key_id=stream.api_key_id,
        service="inference",
        model=stream.model,
        service_tier="standard",
        attribution_key=stream.attribution_key,
        uncached_input_tokens=tokens * 6 // 10 if reported else None,
        cache_read_input_tokens=tokens * 3 // 10 if reported else None,
        cache_write_input_tokens=0 if reported else None,
        output_tokens=tokens // 10 if reported else None,
        request_count=requests if stream.provider == _OPENAI else None,
        estimated_cost=Decimal(str(round(stream.daily_cost * 1.04, 6))) if reported else None,
        unpriced_tokens=0,
    )


def _log_only(day: date, ago: int) -> UsageDay:
    row = _usage(LOG_ONLY, day, ago, 40, Decimal(1))
    row.source, row.request_count, row.project_id, row.api_key_id = "gateway_log", LOG_ONLY.daily_requests, None, None
    if ago % 2:
        row.estimated_cost, row.unpriced_tokens = None, LOG_ONLY.daily_requests * LOG_ONLY.tokens
    else:
        row.estimated_cost = Decimal("1.25")
    return row


def attribution() -> list[Attribution]:
    """One span of all time per stream; the stream of no feature is matched by no rule."""
    return [
        Attribution(
            attribution_key=s.attribution_key,
            valid_from=OPEN_FROM,
            valid_to=OPEN_TO,
            provider=s.provider,
            account_id="org-1",
            project_id=s.project,
            api_key_id=s.api_key_id,
            user_id=None,
            model=s.model,
            service="inference",
            tags=None,
            feature=s.feature,
            environment=s.environment,
            cost_center=None,
            rule=f"{s.feature} by project" if s.feature else None,
        )
        for s in (*STREAMS, LOG_ONLY)
    ]
