"""Answers on standard output: for a script, a spreadsheet or a person."""

import csv
import json
import sys
from decimal import Decimal
from typing import Any, Literal

from rich.console import Console
from rich.table import Table

from queries.runner import Result
from store.export import plain

out = Console(soft_wrap=True, highlight=False, markup=False, emoji=False)


def print_json(content: Any) -> None:
    """JSON on standard output; a Decimal with every digit as text."""
    sys.stdout.write(json.dumps(content, default=_plain, ensure_ascii=False, indent=2) + "\n")


def _plain(value: Any) -> Any:
    return plain(value) if isinstance(value, Decimal) else str(value)


def print_result(result: Result, format_: str) -> None:
    """The answer of a query as json, csv or a table."""
    rows = result.rows()
    names = list(result.query.returns)
    if format_ == "json":
        print_json(rows)
    elif format_ == "csv":
        writer = csv.DictWriter(sys.stdout, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    else:
        table = Table(title=result.query.title, caption=f"{result.row_count:,} rows in {result.seconds * 1000:.1f} ms")
        for name, word in result.query.returns.items():
            side: Literal["left", "right"] = "right" if word in ("money", "count", "ratio", "seconds") else "left"
            table.add_column(name, justify=side, overflow="fold")
        for row in rows:
            table.add_row(*(_cell(value) for value in row.values()))
        out.print(table)


def _cell(value: Any) -> str:
    return "" if value is None else str(_plain(value)) if isinstance(value, Decimal) else str(value)
