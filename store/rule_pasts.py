"""How often rules would have fired, as it was judged."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from store.bulk import insert_rows
from store.engine import Store
from store.schema import table, to_batch
from store.tables import RulePast

PASTS = table(RulePast)


def keep(store: Store, judged: Sequence[RulePast]) -> None:
    """Adds what was judged; what was judged before stays. Raises StoreError."""
    with store.write() as connection:
        insert_rows(connection, RulePast, to_batch(RulePast, judged))


def judged_since(store: Store, since: datetime) -> set[str]:
    """The rules that were judged since then (aware UTC). Raises StoreError."""
    with store.read() as connection:
        chosen = sa.select(PASTS.c.rule).where(PASTS.c.judged_at >= since.replace(tzinfo=None))
        return set(connection.execute(chosen).scalars())
