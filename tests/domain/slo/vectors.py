"""The expected numbers, and minute series to check them on."""

import json
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from domain.slo.attainment import Counts
from domain.slo.series import MinuteSeries, minute_series

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "fixtures" / "slo" / "vectors.json").read_text())
WORKBOOK: dict[str, Any] = VECTORS["workbook"]


def counts(good: int, total: int) -> Counts:
    return Counts(Fraction(good), Fraction(total))


def segments(parts: Sequence[Sequence[int]], start: int = 0) -> MinuteSeries:
    """A series of (minutes, requests, errors) one after another."""
    total = np.concatenate([np.full(minutes, requests, dtype=np.int64) for minutes, requests, _ in parts])
    bad = np.concatenate([np.full(minutes, errors, dtype=np.int64) for minutes, _, errors in parts])
    return minute_series(np.arange(start, start + len(total)), total - bad, total)
