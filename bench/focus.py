"""A million FOCUS rows from CSV, against DuckDB's own read and cast of the same file into a plain table."""

import tempfile
from pathlib import Path

from bench.children import run_child
from bench.report import Measure

SAMPLE = Path("tests/fixtures/focus/focus_sample.csv")
REPEATS = 1000
MEMORY_MEGABYTES = 1500
TIMES_DUCKDB = 2.0


def measure() -> list[Measure]:
    """Both in processes of their own, one after the other, on the same file."""
    with tempfile.TemporaryDirectory(prefix="burnline-bench-") as folder:
        path = Path(folder) / "focus.csv"
        _write(path)
        plain = [run_child("bench.focus_plain", str(path), f"{folder}/plain{i}.duckdb") for i in range(2)]
        ours = [run_child("bench.focus_import", str(path), f"{folder}/ours{i}.duckdb") for i in range(2)]
    base, best = min(d.seconds for d in plain), min(d.seconds for d in ours)
    peak = max(d.peak_megabytes for d in ours)
    return [
        Measure("FOCUS CSV, 1,000,000 rows, against DuckDB's read and cast", best / base, TIMES_DUCKDB, "× DuckDB"),
        Measure(f"FOCUS CSV, memory (load {best:.1f} s, DuckDB {base:.1f} s)", peak, MEMORY_MEGABYTES, "MB"),
    ]


def _write(path: Path) -> None:
    head, _, body = SAMPLE.read_text(encoding="utf-8").partition("\n")
    with path.open("w", encoding="utf-8") as file:
        file.write(head + "\n")
        for _ in range(REPEATS):
            file.write(body if body.endswith("\n") else body + "\n")
