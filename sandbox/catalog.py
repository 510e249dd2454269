"""Who the fictional company is: its teams, its features, its models and its traffic at the anchor date."""

from __future__ import annotations

from dataclasses import dataclass, replace

COMPANY_NAME = "Larkfield"
"""A home-goods retailer that does not exist."""

OPENAI = "openai"
ANTHROPIC = "anthropic"

OPENAI_ORG_ID = "org-larkfield"
ANTHROPIC_ORG_ID = "4c61726b-6669-4e6c-8d61-6e7468726f70"

PRODUCTION = "production"
STAGING = "staging"

FRONTIER, SMALL, EMBEDDING = "gpt-5.4", "gpt-5.4-mini", "text-embedding-3-large"
OPUS, SONNET, HAIKU = "claude-opus-5", "claude-sonnet-5", "claude-haiku-4-5"

MODELS = {OPENAI: (FRONTIER, SMALL, EMBEDDING), ANTHROPIC: (OPUS, SONNET, HAIKU)}
"""The six models the company builds on; every id is listed by genai-prices 0.2.3 for its provider."""

IMAGE, SPEECH, TRANSCRIPTION, MODERATION = "gpt-image-1.5", "tts-1", "whisper-1", "omni-moderation-latest"
"""Side models, billed by the image, character and second; moderation is free."""


@dataclass(frozen=True)
class Team:
    key: str
    name: str
    cost_center: str


@dataclass(frozen=True)
class Feature:
    key: str
    name: str
    team: str
    tier: str
    """Risk tier: critical, standard or internal."""
    owner: str
    status: str = "live"


@dataclass(frozen=True)
class Traffic:
    """One kind of call a feature makes, with its size on an average day at the anchor date."""

    feature: str | None
    """None: a project nobody owns."""
    provider: str
    endpoint: str
    """The usage endpoint that reports it; `code_execution` is in no usage report, only on the bill."""
    model: str | None
    daily_requests: float
    profile: str
    environment: str = PRODUCTION
    keys: tuple[str, ...] = ("main",)
    tier: str = "default"
    """default, batch or priority."""
    input_tokens: float = 0
    """Mean total input tokens of one request, cached parts included."""
    output_tokens: float = 0
    cache_read: float = 0
    """Share of the input read from cache; the write shares likewise. What is left is uncached."""
    cache_write_5m: float = 0
    cache_write_1h: float = 0
    quantity: float = 0
    """Mean other units of one request: images, characters, seconds, calls, sessions."""
    storage_blocks: float = 0
    """Stored 8 MiB blocks (a level, not a flow); only vector stores have it."""
    source: str | None = None
    size: str | None = None
    context_level: str | None = None
    vector_store: str | None = None


TEAMS = (
    Team("customer-care", "Customer Care", "CC-410"),
    Team("discovery", "Discovery", "CC-420"),
    Team("trust", "Trust & Safety", "CC-430"),
    Team("back-office", "Back Office", "CC-510"),
    Team("workplace", "Workplace Tools", "CC-620"),
)

FEATURES = (
    Feature("support-assistant", "Support assistant", "customer-care", "critical", "Ines Okafor"),
    Feature("call-notes", "Call notes", "customer-care", "standard", "Ines Okafor"),
    Feature("voice-replies", "Voice replies", "customer-care", "standard", "Matteo Brandt"),
    Feature("semantic-search", "Semantic search", "discovery", "critical", "Yuki Lindqvist"),
    Feature("shopping-guide", "Shopping guide", "discovery", "critical", "Yuki Lindqvist"),
    Feature("product-copy", "Product copy", "discovery", "standard", "Dario Mensah"),
    Feature("image-studio", "Image studio", "discovery", "standard", "Dario Mensah"),
    Feature("fraud-review", "Fraud review", "trust", "critical", "Solveig Ahmadi"),
    Feature("content-moderation", "Content moderation", "trust", "critical", "Rafael Nkemelu"),
    Feature("evaluation", "Evaluation & guardrails", "trust", "internal", "Rafael Nkemelu"),
    Feature("contract-review", "Contract review", "back-office", "standard", "Hanna Petrov"),
    Feature("invoice-reader", "Invoice reader", "back-office", "standard", "Hanna Petrov"),
    Feature("code-review", "Code review", "workplace", "internal", "Tomasz Adeyemi"),
    Feature("research-desk", "Research desk", "workplace", "internal", "Lucía Farrow"),
)

SHARED_FEATURE = "evaluation"
"""Judges the answers of all other features, which bear its costs by their own direct costs."""

UNOWNED_PROJECT = "hack-days"
"""Left over from a hackathon: still spends money, belongs to nobody."""

_CHAT, _MESSAGES = "completions", "messages"

_PRODUCTION = (
    Traffic("support-assistant", ANTHROPIC, _MESSAGES, SONNET, 150_000, "consumer", keys=("web", "mobile"),
            input_tokens=3600, output_tokens=340, cache_read=0.62, cache_write_5m=0.12),
    Traffic("support-assistant", ANTHROPIC, _MESSAGES, HAIKU, 190_000, "consumer", keys=("web",),
            input_tokens=900, output_tokens=45, cache_read=0.40, cache_write_5m=0.05),
    Traffic("support-assistant", OPENAI, _CHAT, FRONTIER, 18_000, "consumer", keys=("fallback",),
            tier="priority", input_tokens=2600, output_tokens=260, cache_read=0.48),
    Traffic("call-notes", OPENAI, "audio_transcriptions", TRANSCRIPTION, 5_200, "office", quantity=250),
    Traffic("call-notes", OPENAI, _CHAT, SMALL, 5_200, "office",
            input_tokens=4300, output_tokens=520, cache_read=0.15),
    Traffic("voice-replies", OPENAI, "audio_speeches", SPEECH, 16_000, "consumer", quantity=310),
    Traffic("voice-replies", OPENAI, _CHAT, SMALL, 16_000, "consumer",
            input_tokens=1500, output_tokens=130, cache_read=0.35),
    Traffic("semantic-search", OPENAI, "embeddings", EMBEDDING, 900_000, "consumer", input_tokens=260),
    Traffic("semantic-search", OPENAI, _CHAT, SMALL, 210_000, "consumer", keys=("rerank", "rewrite"),
            input_tokens=1400, output_tokens=60, cache_read=0.55),
    Traffic("shopping-guide", ANTHROPIC, _MESSAGES, SONNET, 62_000, "consumer", keys=("web", "mobile"),
            input_tokens=5200, output_tokens=520, cache_read=0.66, cache_write_1h=0.08, quantity=0.03),
    Traffic("shopping-guide", OPENAI, _CHAT, FRONTIER, 14_000, "consumer",
            input_tokens=1800, output_tokens=230, cache_read=0.30),
    Traffic("product-copy", OPENAI, _CHAT, SMALL, 34_000, "nightly", tier="batch",
            input_tokens=1200, output_tokens=430, cache_read=0.20),
    Traffic("product-copy", ANTHROPIC, _MESSAGES, HAIKU, 26_000, "nightly", tier="batch",
            input_tokens=1500, output_tokens=410, cache_read=0.25, cache_write_5m=0.05),
    Traffic("image-studio", OPENAI, "images", IMAGE, 1_900, "office", quantity=1.6,
            source="image.generation", size="1024x1024"),
    Traffic("image-studio", OPENAI, "images", IMAGE, 700, "office", quantity=1.2,
            source="image.edit", size="1024x1792"),
    Traffic("fraud-review", ANTHROPIC, _MESSAGES, OPUS, 16_000, "steady", keys=("scoring",),
            input_tokens=6500, output_tokens=620, cache_read=0.52, cache_write_5m=0.14),
    Traffic("fraud-review", ANTHROPIC, _MESSAGES, OPUS, 3_000, "steady", keys=("scoring",), tier="priority",
            input_tokens=6200, output_tokens=600, cache_read=0.55, cache_write_5m=0.12),
    Traffic("content-moderation", OPENAI, "moderations", MODERATION, 320_000, "consumer", input_tokens=180),
    Traffic("content-moderation", ANTHROPIC, _MESSAGES, HAIKU, 110_000, "consumer",
            input_tokens=1100, output_tokens=60, cache_read=0.50, cache_write_5m=0.06),
    Traffic("contract-review", ANTHROPIC, _MESSAGES, OPUS, 2_400, "nightly", tier="batch",
            input_tokens=27_000, output_tokens=1800, cache_read=0.10),
    Traffic("contract-review", ANTHROPIC, _MESSAGES, SONNET, 5_200, "office",
            input_tokens=18_000, output_tokens=900, cache_read=0.45, cache_write_1h=0.20),
    Traffic("contract-review", OPENAI, "vector_stores", None, 0, "level", storage_blocks=5200),
    Traffic("invoice-reader", OPENAI, _CHAT, FRONTIER, 34_000, "office",
            input_tokens=2400, output_tokens=380, cache_read=0.25),
    Traffic("invoice-reader", OPENAI, _CHAT, FRONTIER, 26_000, "nightly", tier="batch",
            input_tokens=2600, output_tokens=390, cache_read=0.10),
    Traffic("code-review", ANTHROPIC, _MESSAGES, SONNET, 26_000, "office",
            input_tokens=14_000, output_tokens=900, cache_read=0.68, cache_write_5m=0.10),
    Traffic("code-review", ANTHROPIC, _MESSAGES, OPUS, 26_000, "office",
            input_tokens=14_000, output_tokens=900, cache_read=0.68, cache_write_5m=0.10),
    Traffic("code-review", ANTHROPIC, "code_execution", None, 900, "office", quantity=0.4),
    Traffic("research-desk", OPENAI, _CHAT, FRONTIER, 9_000, "office", keys=("analysts",),
            input_tokens=9000, output_tokens=1100, cache_read=0.35),
    Traffic("research-desk", OPENAI, "web_search_calls", FRONTIER, 5_000, "office", keys=("analysts",),
            quantity=1.3, context_level="medium"),
    Traffic("research-desk", OPENAI, "file_search_calls", None, 3_000, "office", keys=("analysts",),
            quantity=1.5, vector_store="library"),
    Traffic("research-desk", OPENAI, "code_interpreter_sessions", None, 800, "office", quantity=1.0),
    Traffic("research-desk", OPENAI, "vector_stores", None, 0, "level", storage_blocks=9600),
    Traffic(None, OPENAI, _CHAT, FRONTIER, 9_500, "steady", keys=("demo",),
            input_tokens=4200, output_tokens=600, cache_read=0.10),
)  # fmt: skip

_SHARED = (
    Traffic(SHARED_FEATURE, OPENAI, _CHAT, SMALL, 58_000, "steady", keys=("judge",),
            input_tokens=1700, output_tokens=85, cache_read=0.45),
    Traffic(SHARED_FEATURE, OPENAI, _CHAT, FRONTIER, 2_600, "nightly", keys=("regression",), tier="batch",
            input_tokens=5200, output_tokens=800, cache_read=0.20),
)  # fmt: skip

STAGING_SHARE = 0.02
"""Staging repeats each feature's first chat call at two percent of production volume, in office hours."""


def _staging(production: tuple[Traffic, ...]) -> tuple[Traffic, ...]:
    first: dict[str, Traffic] = {}
    for traffic in production:
        if traffic.feature and traffic.endpoint in (_CHAT, _MESSAGES):
            first.setdefault(traffic.feature, traffic)
    return tuple(
        replace(
            traffic,
            environment=STAGING,
            profile="working-day",
            keys=("staging",),
            tier="default",
            daily_requests=max(80.0, traffic.daily_requests * STAGING_SHARE),
        )
        for traffic in first.values()
    )


TRAFFIC = _PRODUCTION + _staging(_PRODUCTION) + _SHARED
