"""OpenAI usage of tokens and tools. Grain: hour × endpoint × project × user × API key × model × tier.

Recent buckets are revised and the last one is still filling, so the lookback reads them again. Vector stores are
a level (bytes held during the hour), not a flow.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from collectors.attribution_key import attribution_key
from collectors.base import Api, Source
from collectors.buckets import HOUR, bucket_span, within
from collectors.errors import DataError
from collectors.fields import Row, count, optional_count, text
from collectors.openai_reports import PROVIDER, OpenAIUsageSettings, buckets, endpoint, report_query
from collectors.refusals import RefusedError
from domain.window import Window, floor_hour
from store.tables import TokenUsage

log = logging.getLogger(__name__)

NOT_FOUND = 404

TOOL_GROUPS = ("project_id", "user_id", "api_key_id")
MODEL_GROUPS = (*TOOL_GROUPS, "model")


@dataclass(frozen=True, slots=True)
class Report:
    """One usage endpoint: what its rows are called and which of their fields count what.

    `tokens` is "split" where cached input is told apart, "input" where all input is uncached. `quantity` is the
    field counted in `unit`. Calls of tools are a quantity, not requests: the model request that made them is
    counted by its own endpoint already. An endpoint that `is_newer` may be absent. A dimension that `token_usage`
    does not hold (image size, context level) is not asked for.
    """

    service: str
    result: str
    group_by: tuple[str, ...]
    requests: str | None
    tokens: str | None = None
    quantity: str | None = None
    unit: str | None = None
    is_newer: bool = False

    @property
    def path(self) -> str:
        """Below the base URL."""
        return f"/organization/usage/{self.service}"


def _result(name: str) -> str:
    return f"organization.usage.{name}.result"


REPORTS = (
    Report(
        "completions",
        _result("completions"),
        (*MODEL_GROUPS, "batch", "service_tier"),
        "num_model_requests",
        tokens="split",
    ),
    Report("embeddings", _result("embeddings"), MODEL_GROUPS, "num_model_requests", tokens="input"),
    Report("moderations", _result("moderations"), MODEL_GROUPS, "num_model_requests", tokens="input"),
    Report("images", _result("images"), MODEL_GROUPS, "num_model_requests", None, "images", "images"),
    Report(
        "audio_speeches",
        _result("audio_speeches"),
        MODEL_GROUPS,
        "num_model_requests",
        quantity="characters",
        unit="characters",
    ),
    Report(
        "audio_transcriptions",
        _result("audio_transcriptions"),
        MODEL_GROUPS,
        "num_model_requests",
        quantity="seconds",
        unit="seconds",
    ),
    Report("vector_stores", _result("vector_stores"), ("project_id",), None, None, "usage_bytes", "bytes"),
    Report(
        "code_interpreter_sessions",
        _result("code_interpreter_sessions"),
        ("project_id",),
        None,
        quantity="num_sessions",
        unit="sessions",
    ),
    Report(
        "file_search_calls",
        _result("file_searches"),
        TOOL_GROUPS,
        None,
        quantity="num_requests",
        unit="calls",
        is_newer=True,
    ),
    Report(
        "web_search_calls",
        _result("web_searches"),
        MODEL_GROUPS,
        None,
        quantity="num_requests",
        unit="calls",
        is_newer=True,
    ),
)


def collect(window: Window, api: Api) -> Iterator[TokenUsage]:
    """Rows of every hour that starts in `window`, endpoint after endpoint. Raises CollectorError."""
    span = bucket_span(window, HOUR, api.now)
    if span is None:
        return
    for report in REPORTS:
        query = report_query(span.start, span.end, "1h", api.settings.page_buckets, report.group_by)
        where = f"{api.name} {report.path}"
        try:
            for hour, results in within(buckets(api, report.path, query, report.result), span, where):
                for result in results:
                    yield _usage(report, result, hour, api.name, api.settings.account, where)
        except RefusedError as error:
            if not (report.is_newer and error.status == NOT_FOUND):
                raise
            log.info("%s", error)


def check(api: Api) -> None:
    """Asks for the last full hour of one endpoint."""
    query = report_query(floor_hour(api.now) - HOUR, None, "1h", 1, ())
    for _ in buckets(api, REPORTS[0].path, query, REPORTS[0].result):
        return


def _usage(report: Report, row: Row, hour: Window, source: str, account_id: str, where: str) -> TokenUsage:
    project_id = text(row, "project_id", where)
    api_key_id = text(row, "api_key_id", where)
    user_id = text(row, "user_id", where)
    model = text(row, "model", where)
    usage = TokenUsage(
        source=source,
        started_at=hour.start,
        ended_at=hour.end,
        provider=PROVIDER,
        account_id=account_id,
        service=report.service,
        attribution_key=attribution_key(PROVIDER, account_id, project_id, api_key_id, user_id, model, report.service),
        project_id=project_id,
        api_key_id=api_key_id,
        user_id=user_id,
        model=model,
        service_tier="batch" if row.get("batch") is True else text(row, "service_tier", where),
        request_count=count(row, report.requests, where) if report.requests else None,
    )
    if report.tokens == "split":
        _add_split_tokens(usage, row, where)
    elif report.tokens == "input":
        usage.uncached_input_tokens = count(row, "input_tokens", where)
    if report.quantity:
        usage.quantity = Decimal(count(row, report.quantity, where))
        usage.unit = report.unit
    return usage


def _add_split_tokens(usage: TokenUsage, row: Row, where: str) -> None:
    """Splits input, which includes cached and cache-write tokens; older answers lack some of the parts."""
    total = count(row, "input_tokens", where)
    cached = optional_count(row, "input_cached_tokens", where)
    written = optional_count(row, "input_cache_write_tokens", where) or 0
    uncached = total - (cached or 0) - written
    reported = optional_count(row, "input_uncached_tokens", where)
    if uncached < 0 or (reported is not None and reported != uncached):
        raise DataError(
            f"{where}: input_tokens is {total}, but its parts are {reported} uncached, {cached} cached and "
            f"{written} written to the cache"
        )
    usage.uncached_input_tokens = uncached
    usage.cache_read_input_tokens = cached
    usage.cache_write_input_tokens = written
    usage.output_tokens = count(row, "output_tokens", where)
    for kind in ("audio", "image"):
        cached_part = optional_count(row, f"input_cached_{kind}_tokens", where)
        uncached_part = optional_count(row, f"input_{kind}_tokens", where)
        setattr(usage, f"input_{kind}_tokens", _sum_of_known(uncached_part, cached_part))
        setattr(usage, f"cache_read_{kind}_tokens", cached_part)
        setattr(usage, f"output_{kind}_tokens", optional_count(row, f"output_{kind}_tokens", where))


def _sum_of_known(first: int | None, second: int | None) -> int | None:
    return None if first is None and second is None else (first or 0) + (second or 0)


SOURCE = Source(
    name="openai_usage",
    title="OpenAI usage",
    role="usage",
    writes=TokenUsage,
    settings=OpenAIUsageSettings,
    collect=collect,
    check=check,
    endpoint=endpoint,
    every="1h",
    lookback="7d",
    chunk="7d",
    provider=PROVIDER,
)
