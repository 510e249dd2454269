"""Removes everything one source ever loaded, so that another may bill the same account."""

import sqlalchemy as sa

from store.engine import Store
from store.schema import table
from store.tables import (
    Charge,
    CollectorRun,
    CostDay,
    InferenceRequest,
    Quarantine,
    Restatement,
    TokenUsage,
    UsageDay,
)

LOADED = (Charge, CostDay, TokenUsage, UsageDay, InferenceRequest, Quarantine, Restatement, CollectorRun)


def forget_source(store: Store, source: str) -> int:
    """Deletes the facts, rollups and ledger rows of a source in one transaction; how many facts there were."""
    with store.write() as connection:
        counts = {
            row: connection.execute(sa.delete(table(row)).where(table(row).c.source == source)).rowcount
            for row in LOADED
        }
    return sum(counts[row] for row in (Charge, TokenUsage, InferenceRequest))
