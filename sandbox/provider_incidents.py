"""What the company's model providers had to tell on their status pages in the last 120 days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from sandbox.catalog import ANTHROPIC, OPENAI
from sandbox.incidents import HISTORY_DAYS, OUTAGE_DAYS_BEFORE
from sandbox.streams import fake_id

COMPONENTS = {
    OPENAI: ("Chat Completions", "Responses", "Embeddings", "Images", "Audio", "Batch"),
    ANTHROPIC: ("Claude API (api.anthropic.com)", "Claude Console", "Claude Code"),
}
LIVE_AFTER = timedelta(seconds=20)
LIVE_FOR = timedelta(seconds=45)
"""Begun after the first page is drawn and over so early that two minutes show all of it."""
_COUNTS = {OPENAI: 14, ANTHROPIC: 11}
_WORDS = {
    "minor": "Elevated latency",
    "major": "Elevated error rates",
    "critical": "Requests fail",
}


@dataclass(frozen=True)
class ProviderIncident:
    """One incident of a provider. `monitoring_at` is when its impact was over, `resolved_at` when it was closed."""

    provider: str
    incident_id: str
    name: str
    impact: str
    """minor, major or critical."""
    components: tuple[str, ...]
    started_at: datetime
    identified_at: datetime
    monitoring_at: datetime
    resolved_at: datetime


def provider_incidents(seed: int, anchor: date, provider: str) -> tuple[ProviderIncident, ...]:
    """Every incident of a provider, oldest first; the long one and the one of today are always there."""
    random = Random(f"{seed}/status/{provider}")
    found = [_always(seed, anchor, provider)]
    for _ in range(_COUNTS[provider]):
        minutes = random.randrange(HISTORY_DAYS * 24 * 60 - 3 * 24 * 60)
        start = datetime.combine(anchor - timedelta(days=HISTORY_DAYS), time(), tzinfo=UTC) + timedelta(minutes=minutes)
        component = random.choice(COMPONENTS[provider])
        impact = random.choices(tuple(_WORDS), (0.6, 0.32, 0.08))[0]
        found.append(
            _incident(seed, provider, impact, (component,), start, random.randrange(15, 170), random.randrange(10, 60))
        )
    return tuple(sorted(found, key=lambda one: one.started_at))


def _always(seed: int, anchor: date, provider: str) -> ProviderIncident:
    """Anthropic's long one, which the company felt; OpenAI's that began this morning and ends tomorrow."""
    if provider == ANTHROPIC:
        start = datetime.combine(anchor - timedelta(days=OUTAGE_DAYS_BEFORE), time(9, 12), tzinfo=UTC)
        return _incident(seed, provider, "major", COMPONENTS[provider][:2], start, 380, 45)
    start = datetime.combine(anchor, time(4, 30), tzinfo=UTC)
    return _incident(seed, provider, "minor", ("Batch",), start, 26 * 60, 30)


def _incident(
    seed: int, provider: str, impact: str, components: tuple[str, ...], start: datetime, lasts: int, watched: int
) -> ProviderIncident:
    over = start + timedelta(minutes=lasts)
    name = f"{_WORDS[impact]} on {' and '.join(components)}"
    prefix, length = ("01K", 23) if provider == OPENAI else ("", 12)
    return ProviderIncident(
        provider=provider,
        incident_id=fake_id(seed, prefix, f"{provider}/{start:%Y%m%d%H%M}/{name}", length),
        name=name,
        impact=impact,
        components=components,
        started_at=start,
        identified_at=start + timedelta(minutes=min(lasts - 5, 20)),
        monitoring_at=over,
        resolved_at=over + timedelta(minutes=watched),
    )


def live_incident(seed: int, started_at: datetime) -> ProviderIncident:
    """A short one at Anthropic, so that who watches the sandbox sees an alert from its beginning to its end."""
    component = COMPONENTS[ANTHROPIC][0]
    return ProviderIncident(
        provider=ANTHROPIC,
        incident_id=fake_id(seed, "", f"live/{started_at:%Y%m%d%H%M%S}", 12),
        name=f"{_WORDS['minor']} on {component}",
        impact="minor",
        components=(component,),
        started_at=started_at,
        identified_at=started_at + LIVE_FOR / 3,
        monitoring_at=started_at + LIVE_FOR * 2 / 3,
        resolved_at=started_at + LIVE_FOR,
    )
