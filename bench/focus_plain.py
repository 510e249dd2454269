"""The yardstick: what DuckDB itself takes to read and cast a FOCUS file into a plain table on disk."""

import sys
import time

import duckdb

from bench.children import tell
from collectors.focus_columns import DECIMALS, TIMES, snake_case


def main(path: str, database: str) -> None:
    """Reads `path` into a table of `database`, types and all."""
    connection = duckdb.connect(database, config={"memory_limit": "1GB", "preserve_insertion_order": False})
    reader = f"read_csv('{path}', all_varchar=true, nullstr=['NULL', ''])"
    started = time.perf_counter()
    names = [row[0] for row in connection.execute(f"describe select * from {reader}").fetchall()]
    connection.execute(f"create table plain as select {', '.join(map(_cast, names))} from {reader}")
    connection.execute("checkpoint")
    seconds = time.perf_counter() - started
    rows = connection.execute("select count(*) from plain").fetchone()
    tell(rows[0] if rows else 0, seconds)


def _cast(name: str) -> str:
    plain = snake_case(name)
    if plain in DECIMALS:
        return f'cast("{name}" as decimal(38, 12)) as "{name}"'
    return f'cast("{name}" as timestamp) as "{name}"' if plain in TIMES else f'"{name}"'


if __name__ == "__main__":
    main(*sys.argv[1:])
