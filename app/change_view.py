"""What the page Why it moved shows: its scope, its periods, its groups."""

from dataclasses import dataclass

from app.components.filters import Chosen
from domain.compared import Compared
from queries.explain import Per


@dataclass(frozen=True, slots=True)
class View:
    """Everything that decides what is drawn.

    It stands here and not with the page: Streamlit runs a page's file anew each time, and what is kept under an object
    of a class of that file would never be found again.
    """

    chosen: Chosen
    comparison: str
    compared: Compared
    group: str

    @property
    def table_key(self) -> str:
        """Another scope is another table, in which nothing is selected yet."""
        return f"moved-{self.group}-{self.chosen.filters}"

    @property
    def per(self) -> Per:
        """What the items of the split are."""
        return "key" if self.group == "key" else "model"
