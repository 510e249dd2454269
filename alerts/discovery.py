"""Finds the rules and the sinks by their being there."""

from alerts.base import Rule
from alerts.sink import SinkKind
from domain.discovery import discover


def rules() -> dict[str, Rule]:
    """Every rule below `alerts/rules`, by name. Raises TypeError, ValueError or ImportError."""
    import alerts.rules as package

    return discover(package, "RULE", (Rule,))


def sinks() -> dict[str, SinkKind]:
    """Every sink below `alerts/sinks`, by name. Raises TypeError, ValueError or ImportError."""
    import alerts.sinks as package

    return discover(package, "SINK", (SinkKind,))
