"""The lines of the vendors' bills: which count of which stream is charged, under which words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import numpy as np

from sandbox.catalog import ANTHROPIC, OPENAI
from sandbox.company import Company
from sandbox.prices import ticks_per_unit
from sandbox.streams import Stream
from sandbox.timeline import HOURS_PER_DAY
from sandbox.traffic import IntArray, Measure


@dataclass(frozen=True)
class BillLine:
    """One count of one stream that costs money."""

    stream: Stream
    measure: Measure
    item: str
    """What the price list calls it: a model or a tool."""
    label: str
    """What the bill calls it: OpenAI's line item, Anthropic's description."""
    unit: str | None = None
    """OpenAI's quantity unit."""
    units_per_count: Decimal = Decimal(1)
    cost_type: str | None = None
    token_type: str | None = None
    model: str | None = None
    """Anthropic names the model on token lines."""


_OPENAI_TOKEN_WORDS = {
    Measure.UNCACHED: "input",
    Measure.CACHE_READ: "cached input",
    Measure.OUTPUT: "output",
}

_OPENAI_UNITS: dict[str, tuple[str, str, Decimal]] = {
    "images": ("{model}, images", "images", Decimal(1)),
    "audio_speeches": ("{model}, characters", "characters", Decimal(1)),
    "audio_transcriptions": ("{model}, audio duration", "duration_seconds", Decimal(1)),
    "web_search_calls": ("web search tool calls", "calls", Decimal(1)),
    "file_search_calls": ("file search tool calls", "calls", Decimal(1)),
    "code_interpreter_sessions": ("code interpreter sessions", "sessions", Decimal(1)),
    "vector_stores": ("vector store storage", "gibibyte_hours", Decimal(1) / 128),
}
"""Endpoint → line item, quantity unit, units per count (128 blocks of 8 MiB are a GiB)."""

_ANTHROPIC_TOKENS = {
    Measure.UNCACHED: ("Input Tokens", "uncached_input_tokens"),
    Measure.CACHE_READ: ("Input Tokens, Cache Read", "cache_read_input_tokens"),
    Measure.CACHE_WRITE_5M: ("Input Tokens, Cache Write 5m", "cache_creation.ephemeral_5m_input_tokens"),
    Measure.CACHE_WRITE_1H: ("Input Tokens, Cache Write 1h", "cache_creation.ephemeral_1h_input_tokens"),
    Measure.OUTPUT: ("Output Tokens", "output_tokens"),
}


def model_title(model: str) -> str:
    """`claude-haiku-4-5` as the bill writes it: `Claude Haiku 4.5`."""
    words: list[str] = []
    digits: list[str] = []
    for part in model.split("-"):
        (digits if part.isdigit() else words).append(part.capitalize())
    return f"{' '.join(words)} {'.'.join(digits)}"


def openai_lines(company: Company) -> tuple[BillLine, ...]:
    """Every line OpenAI can bill. Moderation is free and has none."""
    return tuple(line for stream in company.streams if stream.provider == OPENAI for line in _openai_stream(stream))


def anthropic_lines(company: Company) -> tuple[BillLine, ...]:
    """Every line Anthropic's cost report can show: all but Priority Tier."""
    return tuple(
        line
        for stream in company.streams
        if stream.provider == ANTHROPIC and stream.tier != "priority"
        for line in _anthropic_stream(stream)
    )


def billed_ticks(
    company: Company, lines: tuple[BillLine, ...], first_day: int, days: int, now: datetime
) -> tuple[IntArray, IntArray]:
    """(counts, money in ticks of 1e-10 USD) as reported at `now`, both of shape (lines, days)."""
    streams = [line.stream.index for line in lines]
    start = first_day * HOURS_PER_DAY
    hourly = company.counts(streams, start, start + days * HOURS_PER_DAY, now)
    measures = [line.measure for line in lines]
    daily = hourly[measures, np.arange(len(lines))].reshape(len(lines), days, HOURS_PER_DAY).sum(axis=2)
    prices = np.stack(
        [
            ticks_per_unit(
                line.stream.provider, line.item, line.measure, line.stream.tier, first_day, days, company.anchor
            )
            for line in lines
        ]
    )
    return daily, daily * prices


def decimal_text(ticks: int, places: int) -> str:
    """An exact decimal number: `decimal_text(12500, 4)` is `1.25`."""
    whole, part = divmod(ticks, 10**places)
    return f"{whole}.{part:0{places}d}".rstrip("0").rstrip(".")


def _openai_stream(stream: Stream) -> list[BillLine]:
    if stream.endpoint in _OPENAI_UNITS:
        label, unit, units_per_count = _OPENAI_UNITS[stream.endpoint]
        item = stream.model if "{model}" in label and stream.model else stream.endpoint
        label = label.format(model=stream.model)
        return [BillLine(stream, Measure.QUANTITY, item, label, unit, units_per_count)]
    if stream.endpoint not in ("completions", "embeddings") or stream.model is None:
        return []
    suffix = "" if stream.tier == "default" else f", {stream.tier}"
    return [
        BillLine(stream, measure, stream.model, f"{stream.model}, {words}{suffix}", "tokens")
        for measure, words in _OPENAI_TOKEN_WORDS.items()
        if stream.endpoint == "completions" or measure is Measure.UNCACHED
    ]


def _anthropic_stream(stream: Stream) -> list[BillLine]:
    if stream.endpoint == "code_execution":
        return [
            BillLine(stream, Measure.QUANTITY, "code_execution", "Code Execution Usage", cost_type="code_execution")
        ]
    if stream.model is None:
        return []
    usage = "Batch Usage" if stream.tier == "batch" else "Usage"
    lines = [
        BillLine(
            stream,
            measure,
            stream.model,
            f"{model_title(stream.model)} {usage} - {words}",
            cost_type="tokens",
            token_type=token_type,
            model=stream.model,
        )
        for measure, (words, token_type) in _ANTHROPIC_TOKENS.items()
    ]
    if stream.traffic.quantity:
        lines.append(BillLine(stream, Measure.QUANTITY, "web_search", "Web Search Usage", cost_type="web_search"))
    return lines
