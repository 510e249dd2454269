"""Everything behind the review as CSV files: exact values, as the queries gave them."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any, TypeAlias
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pyarrow as pa

from app.as_file import as_csv
from app.report.content import Content
from queries.kpis import Row

Columns: TypeAlias = list[tuple[str, pa.DataType]]

SCORECARD: Columns = [
    *((name, pa.string()) for name in ("kpi", "name", "status", "reason", "owner", "cadence", "period", "unit")),
    *((name, pa.float64()) for name in ("value", "numerator", "denominator")),
    ("sample_count", pa.int64()),
    *((name, pa.float64()) for name in ("low", "high", "gap", "change", "year_change")),
    ("target", pa.string()),
    ("limited_to", pa.string()),
    ("judged", pa.float64()),
    ("judged_as", pa.string()),
    ("periods_so", pa.int64()),
    ("facts_state", pa.string()),
    ("known_to", pa.timestamp("us")),
    *((name, pa.string()) for name in ("problem", "restated")),
]
TREND: Columns = [
    *((name, pa.string()) for name in ("kpi", "cadence", "period")),
    *((name, pa.date32()) for name in ("start_on", "end_on")),
    *((name, pa.float64()) for name in ("value", "numerator", "denominator")),
    ("sample_count", pa.int64()),
    *((name, pa.float64()) for name in ("low", "high", "year_before")),
]


def files(content: Content) -> dict[str, bytes]:
    """By path: the scorecard, every point, the closed week, what was said and promised, and every query's answer."""
    rows = content.review.rows
    tables = {
        "scorecard.csv": pa.Table.from_pylist([_line(content, row) for row in rows], schema=pa.schema(SCORECARD)),
        "trend.csv": pa.Table.from_pylist([point for row in rows for point in _points(row)], schema=pa.schema(TREND)),
        "snapshots.csv": pa.concat_tables([result.table for result in content.snapshots]),
        "comments.csv": content.comments.table,
        "actions.csv": content.actions.table,
        **{f"answers/{row.kpi.key}.csv": row.result.table for row in rows if row.result is not None},
    }
    return {path: as_csv(table) for path, table in tables.items()}


def archive(content: Content) -> bytes:
    """The files as one zip, dated by when the report is made: the same data give the same bytes."""
    buffer, at = BytesIO(), content.made_at
    with ZipFile(buffer, "w", ZIP_DEFLATED) as packed:
        for path, written in files(content).items():
            told = ZipInfo(f"{content.file_name}/{path}", (at.year, at.month, at.day, at.hour, at.minute, at.second))
            told.compress_type = ZIP_DEFLATED
            packed.writestr(told, written)
    return buffer.getvalue()


def _line(content: Content, row: Row) -> Mapping[str, Any]:
    kpi, reading, then = row.kpi, row.reading, content.frozen.get(row.kpi.key)
    return {
        "kpi": kpi.key,
        "name": kpi.name,
        "status": str(row.verdict.status),
        "reason": row.verdict.reason,
        "owner": kpi.owner or None,
        "cadence": kpi.cadence,
        "period": row.period.name if row.period else None,
        "unit": kpi.unit,
        "value": reading.point.value,
        "numerator": reading.point.numerator,
        "denominator": reading.point.denominator,
        "sample_count": reading.point.sample_count,
        "low": reading.point.low,
        "high": reading.point.high,
        "gap": reading.gap,
        "change": reading.change,
        "year_change": reading.year_change,
        "target": reading.target.text if reading.target else None,
        "limited_to": reading.limit.text if reading.limit else None,
        "judged": reading.judged,
        "judged_as": reading.target.compares(kpi.judged) if reading.target and reading.judged is not None else None,
        "periods_so": row.streak,
        "facts_state": str(row.facts.state),
        "known_to": row.facts.known_to.replace(tzinfo=None) if row.facts.known_to else None,
        "problem": row.problem or None,
        "restated": (then.told if then else "") or None,
    }


def _points(row: Row) -> list[Mapping[str, Any]]:
    return [
        {
            "kpi": row.kpi.key,
            "cadence": row.kpi.cadence,
            "period": period.name,
            "start_on": period.start_on,
            "end_on": period.end_on,
            "value": one.value,
            "numerator": one.numerator,
            "denominator": one.denominator,
            "sample_count": one.sample_count,
            "low": one.low,
            "high": one.high,
            "year_before": before.value,
        }
        for period, one, before in zip(row.periods, row.points, row.years_before, strict=True)
    ]
