"""Ready-made PromQL for the metrics that serving systems expose: requests, failures and times. Pure.

`$step` in a query stands for the step that the source asks by, so a window is as long as a bucket.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import translate

from domain.attribution import is_plain
from domain.slo.definition import Kind

STEP = "$step"

_REJECTED = "4(0[0-79]|[1-9][0-8]|[13-9]9)"
"""The caller's own mistakes: every 4xx but 408 and 429."""


@dataclass(frozen=True, slots=True)
class Counter:
    """A counter of requests. `counted` and `bad` are matchers: who counts at all, and who of them failed."""

    metric: str
    counted: str
    bad: str


@dataclass(frozen=True, slots=True)
class Timer:
    """A classic histogram by its name without `_bucket`. `unit_seconds` is what its unit lasts; `bounds` its edges in
    seconds where every server has the same, else empty. `answered` matches what was not an error."""

    metric: str
    unit_seconds: Decimal = Decimal(1)
    bounds: tuple[Decimal, ...] = ()
    answered: str = ""


@dataclass(frozen=True, slots=True)
class Recipe:
    """The metrics of one kind of system, and the labels that name model and provider ('' where none does)."""

    name: str
    requests: Counter
    timers: Mapping[Kind, Timer]
    model_label: str
    provider_label: str = ""


def _seconds(written: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(edge) for edge in written.split())


_VLLM_DURATION = _seconds("0.3 0.5 0.8 1 1.5 2 2.5 5 10 15 20 30 40 50 60 120 240 480 960 1920 7680")
_GENAI_DURATION = _seconds("0.01 0.02 0.04 0.08 0.16 0.32 0.64 1.28 2.56 5.12 10.24 20.48 40.96 81.92")

RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            name="vllm",
            requests=Counter("http_requests_total", 'handler=~"/v1/.*",status!="4xx"', 'status="5xx"'),
            timers={
                Kind.LATENCY: Timer("vllm:e2e_request_latency_seconds", bounds=_VLLM_DURATION),
                Kind.TIME_TO_FIRST_TOKEN: Timer("vllm:time_to_first_token_seconds"),
            },
            model_label="model_name",
        ),
        Recipe(
            name="triton",
            requests=Counter(
                '{__name__=~"nv_inference_request_(success|failure)"}', 'reason!="CANCELED"', 'reason!=""'
            ),
            timers={
                Kind.TIME_TO_FIRST_TOKEN: Timer(
                    "nv_inference_first_response_histogram_ms", unit_seconds=Decimal("0.001")
                )
            },
            model_label="model",
        ),
        Recipe(
            name="litellm",
            requests=Counter(
                "litellm_proxy_total_requests_metric_total", f'status_code!~"{_REJECTED}"', 'status_code=~"408|429|5.."'
            ),
            timers={
                Kind.LATENCY: Timer("litellm_request_total_latency_metric"),
                Kind.TIME_TO_FIRST_TOKEN: Timer("litellm_llm_api_time_to_first_token_metric"),
            },
            model_label="requested_model",
            provider_label="api_provider",
        ),
        Recipe(
            name="otel_genai",
            requests=Counter(
                "gen_ai_client_operation_duration_seconds_count",
                'gen_ai_operation_name=~"chat|generate_content|text_completion|embeddings",'
                f'error_type!~"(?i)({_REJECTED}|.*invalid_request.*|.*content_filter.*)"',
                'error_type!=""',
            ),
            timers={
                Kind.LATENCY: Timer(
                    "gen_ai_client_operation_duration_seconds", bounds=_GENAI_DURATION, answered='error_type=""'
                ),
                Kind.TIME_TO_FIRST_TOKEN: Timer(
                    "gen_ai_client_operation_time_to_first_chunk_seconds", answered='error_type=""'
                ),
            },
            model_label="gen_ai_request_model",
            provider_label="gen_ai_provider_name",
        ),
    )
}
"""By name. vLLM groups its statuses, so a 429 cannot be told from the caller's mistakes there and counts as neither
good nor bad; Triton counts no request that its caller cancelled and has no histogram of whole durations."""


def total_query(recipe: Recipe, labels: Mapping[str, str], prefix: str = "") -> str:
    """Requests that count, per step."""
    return _increase(recipe.requests.metric, prefix, (recipe.requests.counted, _matchers(labels)))


def bad_query(recipe: Recipe, labels: Mapping[str, str], prefix: str = "") -> str:
    """Those of them that failed, per step."""
    of = recipe.requests
    return _increase(of.metric, prefix, (of.counted, of.bad, _matchers(labels)))


def buckets_query(timer: Timer, labels: Mapping[str, str], prefix: str = "", by: tuple[str, ...] = ()) -> str:
    """Answered requests by how long they took, per step: cumulative by `le` and the labels of `by`."""
    inside = _increase(f"{timer.metric}_bucket", prefix, (timer.answered, _matchers(labels)))
    return inside.replace("sum(", f"sum by ({', '.join((*by, 'le'))}) (", 1)


def _increase(metric: str, prefix: str, matchers: tuple[str, ...]) -> str:
    given = ",".join(matcher for matcher in matchers if matcher)
    if metric.startswith("{"):
        named = metric[1:-1].replace('"', f'"{prefix}', 1)
        return f"sum(increase({{{named},{given}}}[{STEP}]))"
    return f"sum(increase({prefix}{metric}{{{given}}}[{STEP}]))"


def _matchers(labels: Mapping[str, str]) -> str:
    return ",".join(_matcher(name, glob) for name, glob in labels.items())


def _matcher(name: str, glob: str) -> str:
    if is_plain(glob):
        return f'{name}="{_escaped(glob)}"'
    pattern = translate(glob).removeprefix("(?s:").removesuffix(r")\Z")
    return f'{name}=~"{_escaped(pattern)}"'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
