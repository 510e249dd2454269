"""Two writers at once: the second waits, and neither a bill nor its owners are doubled."""

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from domain.attribution import Rule
from store.books import Books
from store.engine import Store, execute
from store.price_book import PriceBook
from store.schema import table
from store.tables import Attribution, Charge
from tests.support.facts import charge, days, load

RULES = [Rule(name="all", match={"provider": "openai"}, tags={}, feature="search")]


def together(*calls: Callable[[], Any]) -> None:
    """Starts all at the same moment and waits for them; what one raises is raised."""
    gate, errors = threading.Barrier(len(calls)), []

    def run(call: Callable[[], Any]) -> None:
        gate.wait()
        try:
            call()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def test_one_slice_loaded_twice_at_once_is_there_once(store: Store) -> None:
    if store.dialect == "snowflake":
        return load_one_after_the_other(store)
    rows = [charge(1, "1"), charge(1, "2")]
    together(*[lambda: load(store, rows, days(1, 2))] * 3)
    return only_three(store)


def load_one_after_the_other(store: Store) -> None:
    """The imitation of Snowflake has one connection; what is left to hold is idempotence."""
    for _ in range(2):
        load(store, [charge(1, "1"), charge(1, "2")], days(1, 2))
    only_three(store)


def only_three(store: Store) -> None:
    with store.read() as connection:
        total = connection.execute(sa.select(sa.func.sum(table(Charge).c.billed_cost))).scalar_one()
        split = execute(connection, "select sum(billed_cost) from attributed_cost_day").scalar_one()
    assert (Decimal(total), Decimal(split)) == (Decimal(3), Decimal(3))


def test_a_key_that_two_sources_meet_at_once_has_one_owner(store: Store) -> None:
    books = Books(PriceBook(), RULES)

    def of(source: str, account: str) -> Callable[[], Any]:
        rows = [charge(1, "1", source=source, billing_account_id=account, sub_account_id="shared")]
        return lambda: load(store, rows, days(1, 2), source=source, books=books)

    calls = of("a", "org-a"), of("b", "org-b"), of("a", "org-a")
    if store.dialect == "snowflake":
        for call in calls:
            call()
    else:
        together(*calls)
    with store.read() as connection:
        keys = connection.execute(sa.select(table(Attribution).c.attribution_key)).scalars().all()
    assert len(keys) == len(set(keys)) == 2
