"""What facts are looked up in while they load: list prices and attribution rules."""

from collections.abc import Sequence
from dataclasses import dataclass

from config.loader import Reference
from domain.attribution import Rule
from store.engine import Store
from store.price_book import PriceBook, open_book


@dataclass(frozen=True, slots=True)
class Books:
    """Prices and ownership rules as they are now."""

    prices: PriceBook
    rules: Sequence[Rule] = ()


def open_books(store: Store, reference: Reference) -> Books:
    """The operator's prices from the store over the published ones, and the rules of attribution.toml."""
    with store.read() as connection:
        return Books(open_book(connection), reference.rules)
