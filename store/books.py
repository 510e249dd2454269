"""What facts are looked up in while they load: list prices, attribution rules and what SLOs count."""

from collections.abc import Sequence
from dataclasses import dataclass

from config.loader import Reference
from domain.attribution import Rule
from domain.slo.counting import Counting, countings
from domain.slo.definition import Origin
from store.engine import Store
from store.price_book import PriceBook, open_book


@dataclass(frozen=True, slots=True)
class Books:
    """Prices, ownership rules and objectives as they are now: over requests, and those that Prometheus is asked for."""

    prices: PriceBook
    rules: Sequence[Rule] = ()
    objectives: Sequence[Counting] = ()
    asked: Sequence[Counting] = ()


def open_books(store: Store, reference: Reference) -> Books:
    """The operator's prices from the store over the published ones, and the rules and SLOs of the reference files."""
    with store.read() as connection:
        return Books(
            open_book(connection),
            reference.rules,
            tuple(countings(reference.slos)),
            tuple(countings(reference.slos, Origin.PROMETHEUS)),
        )
