"""The operator's SLOs in the store: what they promise, and requests counted again where that changed."""

from collections.abc import Sequence
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from domain.slo.counting import countings
from domain.slo.definition import Objective, SloDefinition
from store import telemetry
from store.bulk import insert_rows
from store.schema import table, to_batch
from store.tables import SloObjective, SloScope


def sync(connection: Connection, slos: Sequence[SloDefinition]) -> None:
    """Makes `slo_objective` say what the files say, and counts what is new or was changed.

    Hours whose requests are no longer kept stay as they were counted.
    """
    objectives, scopes = table(SloObjective), table(SloScope)
    known = dict(connection.execute(sa.select(objectives.c.slo, objectives.c.digest)).tuples().all())
    rows = [_row(slo, objective) for slo in slos for objective in slo.objectives]
    connection.execute(sa.delete(objectives))
    insert_rows(connection, SloObjective, to_batch(SloObjective, rows))
    unchanged = {row.slo for row in rows if known.get(row.slo) == row.digest}
    connection.execute(sa.delete(scopes).where(scopes.c.slo.not_in(unchanged)))
    counted = list(countings(slos))
    if changed := [counting for counting in counted if counting.slo not in unchanged]:
        telemetry.recount(connection, changed, counted)


def _row(slo: SloDefinition, objective: Objective) -> SloObjective:
    indicator = objective.indicator
    return SloObjective(
        slo=slo.key(objective),
        slo_name=slo.name,
        display_name=slo.title(objective),
        service=slo.service_name,
        owner=slo.owner,
        tier=slo.tier,
        kind=indicator.kind,
        origin=indicator.origin,
        target=objective.target,
        threshold_seconds=indicator.threshold_seconds,
        method=slo.method,
        windows=", ".join(window.text for window in slo.windows),
        digest=sha256(repr((indicator, slo.exclusions)).encode()).hexdigest(),
    )
