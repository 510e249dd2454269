"""What is left of a source that was forgotten: nothing."""

import sqlalchemy as sa

from store.engine import Store
from store.forget import forget_source
from store.schema import METADATA
from tests.support.facts import charge, days, load, request, usage

KEEPS = {"source_state", "collection_request"}
"""They tell of what is configured and asked for, not of what was loaded."""


def left_of(store: Store, source: str) -> dict[str, int]:
    """Rows that name the source, by table; tables without any are left out."""
    found = {}
    with store.read() as connection:
        for name, each in METADATA.tables.items():
            if "source" in each.c and name not in KEEPS:
                chosen = sa.select(sa.func.count()).select_from(each).where(each.c.source == source)
                found[name] = int(connection.execute(chosen).scalar_one())
    return {name: count for name, count in found.items() if count}


def test_no_table_remembers_a_forgotten_source_and_the_others_stay(duckdb_store: Store) -> None:
    for source in ("a", "b"):
        facts = (
            charge(1, "5", source=source, billing_account_id=f"org-{source}"),
            usage(1, source=source),
            request(1, 0, source=source),
        )
        for fact in facts:
            load(duckdb_store, [fact], days(1, 2), row=type(fact), source=source)
    before = left_of(duckdb_store, "b")
    assert {"charge", "bill_day", "model_usage_day", "request_day", "request_hour"} <= left_of(duckdb_store, "a").keys()
    forget_source(duckdb_store, "a")
    assert left_of(duckdb_store, "a") == {}
    assert left_of(duckdb_store, "b") == before
