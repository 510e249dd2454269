"""Which Prometheus server an objective asks: one that burnline.toml configures, or nobody counts it."""

from collections.abc import Collection

from config.slo_files.documents import Place
from config.slo_files.schema import Slo
from domain.slo.definition import Indicator, Origin, SloDefinition

NAME_IT = "write source: NAME beside its query, or as connectionDetails of its DataSource"


def unasked(slo: Slo, definition: SloDefinition, servers: Collection[str]) -> dict[Place, str]:
    """Place and sentence for each objective over Prometheus that none of these sources counts."""
    found = {}
    for number, objective in enumerate(definition.objectives):
        if told := _reason(objective.indicator, sorted(servers)):
            written = slo.spec.objectives[number]
            own = written.indicator is not None or written.indicator_ref is not None
            holder: Place = ("spec", "objectives", number) if own else ("spec",)
            spec = written if own else slo.spec
            found[*holder, "indicatorRef" if spec.indicator_ref is not None else "indicator"] = told
    return found


def _reason(indicator: Indicator, servers: list[str]) -> str | None:
    if indicator.origin is not Origin.PROMETHEUS:
        return None
    if not servers:
        return "burnline.toml enables no source of the kind prometheus, so nobody counts it; add [sources.prometheus]"
    if indicator.source is None and len(servers) > 1:
        return f"burnline.toml has the Prometheus sources {', '.join(servers)}, so nobody counts it; {NAME_IT}"
    if indicator.source not in (None, *servers):
        return (
            f"burnline.toml enables no source {indicator.source!r} of the kind prometheus, so nobody counts it; "
            f"use {', '.join(servers)}, or add [sources.{indicator.source}]"
        )
    return None
