"""Whom an alert touches, as routes ask it: what the finding says, completed by what features.toml declares."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from domain.attribution import is_plain
from domain.slo.definition import Objective, SloDefinition
from store.schema import table
from store.tables import Feature

Owners = Mapping[str, Mapping[str, str]]
"""By feature: its team, tier and owner."""


def owners(connection: Connection) -> Owners:
    """Every declared feature."""
    features = table(Feature).c
    rows = connection.execute(sa.select(features.feature, features.team, features.tier, features.owner)).tuples()
    return {feature: {"team": team, "tier": tier, "owner": owner} for feature, team, tier, owner in rows}


def scope_of(slo: SloDefinition, objective: Objective) -> dict[str, str]:
    """Whom a promise is about: its service and tier, a label `team`, and what its indicator is narrowed to."""
    labels = {key: value for key, value in slo.labels if key in ("team", "feature")}
    narrowed = {key: glob for key, glob in objective.indicator.filters if is_plain(glob)}
    return {**narrowed, **labels, "service": slo.service, "tier": slo.tier.value}


def completed(scope: Mapping[str, str], owner: str | None, declared: Owners) -> dict[str, str]:
    """The scope with the alert's owner, and with team, tier and owner of its feature where it has none of its own."""
    own = {**scope, **({"owner": owner} if owner else {})}
    of_feature = declared.get(own.get("feature", ""), {})
    return {**{key: value for key, value in of_feature.items() if value}, **own}
