"""providers.toml: what providers promise, as their contracts say."""

from decimal import Decimal

from pydantic import Field

from config.reference.problem import Problems
from config.reference.reading import Entry, Line, toml_entries
from domain.provider_sla import ANY_MODEL, Sla

THROTTLED = ("bad", "invalid")


class SlaEntry(Entry):
    """`[[sla]]` of providers.toml."""

    provider: str = Field(min_length=1)
    model: str = ANY_MODEL
    availability: Decimal | None = None
    p95_seconds: Decimal | None = Field(default=None, gt=0)
    throttled: str = "bad"
    url: str = ""
    note: str = ""


def read_slas(problems: Problems) -> tuple[Sla, ...]:
    """The promises, in the order of the file: the first that matches a model counts."""
    found: dict[tuple[str, str], Sla] = {}
    lines: dict[tuple[str, str], Line] = {}
    for line, entry in toml_entries("sla", SlaEntry, problems):
        key = (entry.provider, entry.model)
        hidden = next((k for k in found if k[0] == entry.provider and k[1] == ANY_MODEL), None)
        wrong = _wrong(entry)
        if wrong is None and hidden is not None:
            wrong = (
                f"{entry.provider} {entry.model!r} never counts, because line {lines[hidden]} is for all models; "
                "move it above that"
            )
        if wrong is None and key in found:
            wrong = f"{entry.provider} {entry.model!r} stands in line {lines[key]} already; keep one"
        if wrong:
            problems.add(line, wrong)
            continue
        found[key], lines[key] = _sla(entry), line
    return tuple(found.values())


def _wrong(entry: SlaEntry) -> str | None:
    if entry.availability is None and entry.p95_seconds is None:
        return f"{entry.provider} promises nothing; set availability, p95_seconds or both"
    if entry.availability is not None and not 0 < entry.availability < 1:
        return f"the availability {entry.availability} is no ratio between 0 and 1; write 0.999 for 99.9 %"
    if entry.throttled not in THROTTLED:
        return f"throttled is {entry.throttled!r}; use {' or '.join(THROTTLED)}"
    if entry.url and not entry.url.startswith(("https://", "http://")):
        return f"the url {entry.url!r} is no web address; begin it with https://"
    return None


def _sla(entry: SlaEntry) -> Sla:
    return Sla(
        provider=entry.provider,
        model=entry.model,
        availability=entry.availability,
        p95_seconds=entry.p95_seconds,
        throttled_is_bad=entry.throttled == "bad",
        url=entry.url,
        note=entry.note,
    )
