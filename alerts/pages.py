"""Addresses of the app's pages with their filters set: where an alert leads. Paths are relative to the app."""

from collections.abc import Mapping
from urllib.parse import urlencode

WEEKS = "28d"
"""An anomaly is seen beside its past."""
COST_FILTERS = {"provider": "provider", "team": "team", "feature": "features", "model": "model"}
UNIT_FILTERS = {"provider": "provider", "team": "team", "feature": "feature"}
SERVED_BY = {"service": "service", "provider": "provider", "model": "model"}
"""Kinds of scopes that a page can be narrowed to → the parameter of its address."""


def spend(by: str, period: str, scope: Mapping[str, str]) -> str:
    """What was spent, by a dimension, of one team, feature, provider, model or environment."""
    known = {**COST_FILTERS, "environment": "environment"}
    return address("spend", by=by, period=period, **{known[name]: item for name, item in scope.items()})


def unattributed() -> str:
    """The projects whose costs nobody owns."""
    return spend("project", WEEKS, {"feature": "unattributed"})


def why_it_moved(scope_type: str, scope: str) -> str:
    """What moved a cost."""
    return address("why-it-moved", period=WEEKS, **_narrowed(COST_FILTERS, scope_type, scope))


def unit_economics(scope_type: str, scope: str) -> str:
    """Requests, tokens and what each costs."""
    return address("unit-economics", period=WEEKS, **_narrowed(UNIT_FILTERS, scope_type, scope))


def failures(scope_type: str, scope: str) -> str:
    """Failed requests: of an owner what they cost, of all others how providers answered."""
    if scope_type in ("team", "feature"):
        return address(
            "unit-economics", show="outcomes", period=WEEKS, **_narrowed({"team": "team"}, scope_type, scope)
        )
    return providers(scope if scope_type == "provider" else None, period=WEEKS)


def latency(scope_type: str, scope: str) -> str:
    """How long answers take; of an owner by the day."""
    if scope_type in ("team", "feature"):
        return address("latency", span=WEEKS, level=scope_type, owner=scope)
    return address("latency", span=WEEKS, **_narrowed(SERVED_BY, scope_type, scope))


def safety(scope_type: str, scope: str) -> str:
    """Which policies were broken, and how often."""
    return address("quality", **_narrowed({"team": "team", "feature": "features"}, scope_type, scope))


def providers(provider: str | None, period: str | None = None) -> str:
    """How providers kept what they promise, one of them in detail."""
    return address("providers", period=period, look=provider)


def prices(provider: str) -> str:
    """The list prices of a provider's models."""
    return address("unit-economics", show="prices", provider=provider)


def reconciliation(provider: str) -> str:
    """Bills beside what usage should have cost."""
    return address("reconciliation", provider=provider)


def slo(key: str) -> str:
    """One promise."""
    return address("slos", slo=key)


def incident(source: str, incident_id: str) -> str:
    """One incident; a postmortem may be owed for months."""
    return address("incidents", period="120d", incident=f"{source}/{incident_id}")


def source(name: str) -> str:
    """One source and its runs."""
    return address("sources", source=name)


def commitments() -> str:
    """Credits and commitments beside the budgets."""
    return address("budgets")


def address(page: str, **params: str | None) -> str:
    """`page?name=value`, without what is None."""
    given = {name: value for name, value in params.items() if value is not None}
    return f"{page}?{urlencode(given)}" if given else page


def _narrowed(known: Mapping[str, str], scope_type: str, scope: str) -> dict[str, str]:
    return {known[scope_type]: scope} if scope_type in known else {}
