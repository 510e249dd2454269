"""Rows on their way into the store that lie in a DuckDB file of their own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa


@dataclass(frozen=True, slots=True)
class StagedFile:
    """The table `staged` of a closed DuckDB file: those `columns` of a row class that are not NULL in every row.

    A DuckDB store reads the file itself; the others iterate over `batches()`, Arrow batches of the row class.
    """

    path: Path
    columns: tuple[str, ...]
    batches: Callable[[], Iterator[pa.RecordBatch]]

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        return self.batches()
