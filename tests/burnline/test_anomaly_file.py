"""How the lines of a file become days."""

from pathlib import Path

import numpy as np
import pytest

from burnline.anomaly_file import read_metrics

HEADER = "series_id,metric,timestamp,value\n"


def test_of_two_numbers_for_a_day_the_last_counts(tmp_path: Path) -> None:
    path = tmp_path / "series.csv"
    path.write_text(HEADER + "a,cost,2026-01-05,4\na,cost,2026-01-05,5\na,cost,2026-01-07,6\n")
    (metric,) = read_metrics(path).metrics
    assert metric.values[0].tolist() == pytest.approx([5, np.nan, 6], nan_ok=True)


def test_hours_of_ratios_are_weighted_by_n(tmp_path: Path) -> None:
    path = tmp_path / "series.csv"
    hours = [("latency", "1,10"), ("latency", "4,20"), ("error_rate", "0.5,10"), ("error_rate", "0.2,20"),
             ("errors", "5,10"), ("errors", "4,20"), ("ratio", "1,"), ("ratio", "2,")]  # fmt: skip
    lines = [f"a,{metric},2026-01-05T{hour}:00Z,{cells}\n" for hour, (metric, cells) in enumerate(hours, start=10)]
    path.write_text("series_id,metric,timestamp,value,n\n" + "".join(lines))
    found = {one.name: (one.values[0, 0], one.totals[0, 0]) for one in read_metrics(path).metrics}
    assert found["latency"] == (3, 30)
    assert found["error_rate"] == (pytest.approx(0.3), 30)
    assert found["errors"] == (9, 30)
    assert found["ratio"][0] == 1.5


def test_days_without_a_line_are_unknown_and_metrics_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "series.csv"
    path.write_text(HEADER + "b,Cost,2026-01-07,6\na,cost,2026-01-05,4\na,requests,2026-01-08,9\n")
    cost, requests = read_metrics(path).metrics
    assert cost.ids == ("a", "b")
    assert np.nan_to_num(cost.values, nan=-1).tolist() == [[4, -1, -1, -1], [-1, -1, 6, -1]]
    assert cost.texts == ({0: "2026-01-05"}, {2: "2026-01-07"})
    assert requests.values.shape == (1, 4)
