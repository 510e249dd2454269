"""Openings from a table or a query of a warehouse, by columns of any name.

Grain: one opening. Its id is hashed; its title only says whether it is an AI role, and is not kept. A run asks for
those whose `opened_at` is in its window. The last 400 days are read again by every run, since such tables are small
and an accepted offer or an end comes late.
"""

from functools import partial

from collectors.base import Source
from collectors.openings import OpeningSettings
from collectors.row_tables import OPENINGS
from collectors.row_warehouse import CHUNK, LOOKBACK, RowWarehouseSettings, check_rows, collect_rows
from store.tables import Opening


class OpeningWarehouseSettings(RowWarehouseSettings, OpeningSettings):
    """A table or query, its columns, and what must not be kept."""


SOURCE = Source(
    name="warehouse_openings",
    title="Openings from a warehouse",
    role="metrics",
    writes=Opening,
    settings=OpeningWarehouseSettings,
    collect=partial(collect_rows, OPENINGS),
    check=partial(check_rows, OPENINGS),
    endpoint=None,
    every="6h",
    lookback=LOOKBACK,
    chunk=CHUNK,
)
