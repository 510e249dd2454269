"""Service level objectives for tests."""

from decimal import Decimal
from typing import Any

from domain.slo.definition import Exclusion, Indicator, Kind, Method, Objective, Origin, SloDefinition, Tier
from domain.slo.pairs import default_pairs
from domain.slo.period import RollingPeriod

MONTH = RollingPeriod(minutes=43_200, text="30d")


def indicator(kind: Kind = Kind.AVAILABILITY, **more: Any) -> Indicator:
    """Over our own requests."""
    return Indicator(name="sli", kind=kind, origin=Origin.REQUESTS, **more)


def slo(name: str, of: Indicator, *exclusions: Exclusion, target: str = "0.99") -> SloDefinition:
    """One objective over 30 days with the usual pairs of windows."""
    objective = Objective(name="objective", target=Decimal(target), indicator=of, pairs=default_pairs(MONTH.minutes))
    return SloDefinition(
        name=name,
        display_name=name.title(),
        service="checkout",
        service_name="Checkout",
        description="",
        owner="ai-platform",
        tier=Tier.CRITICAL,
        method=Method.OCCURRENCES,
        objectives=(objective,),
        windows=(MONTH,),
        exclusions=exclusions,
    )
