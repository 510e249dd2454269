"""`make bench`: every speed claim, or the ones named: `python -m bench queries pages`."""

import importlib
import os
import sys
import time

from rich.console import Console

from bench.report import Measure, show

NAMES = (
    "focus",
    "openai",
    "queries",
    "explain",
    "forecast",
    "anomaly",
    "detection",
    "rules",
    "pages",
    "web",
    "scale",
    "promises",
    "review",
    "demo",
)


def main(chosen: list[str]) -> int:
    """1 when a claim does not hold, 2 for a name that is unknown."""
    unknown = [name for name in chosen if name not in NAMES]
    console = Console(width=150)
    if unknown:
        console.print(f"There is no bench {unknown[0]!r}; there are: {', '.join(NAMES)}.")
        return 2
    measures: list[Measure] = []
    for name in chosen or NAMES:
        started, load = time.monotonic(), os.getloadavg()[0]
        measures += importlib.import_module(f"bench.{name}").measure()
        console.print(f"{name}: {time.monotonic() - started:.0f} s, load average {load:.1f} before", style="dim")
    show(measures)
    loads = ", ".join(f"{average:.1f}" for average in os.getloadavg())
    console.print(f"Load average {loads} on {os.cpu_count()} cores; a busy machine makes every figure worse.")
    return 1 if any(m.ratio > 1 for m in measures) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
