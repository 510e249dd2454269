"""The days around an incident beside what was expected of them, as a chart."""

from datetime import date, timedelta

from alerts.charts import Chart, daily
from queries.promises import Ask

QUERY = "anomaly/series_days"
DAYS = 60
"""Eight weeks of habit beside the incident."""
SHARE = "share"


def drawn(ask: Ask, title: str, metric: str, series: tuple[str, str], first: date, last: date) -> Chart | None:
    """The series up to now; None where no day is kept. Shares are drawn in percent."""
    scope_type, scope = series
    rows = ask(QUERY, metric=metric, scope_type=scope_type, scope=scope, since=last - timedelta(days=DAYS)).rows()
    if not rows:
        return None
    unit = rows[-1]["unit"]
    scale = 100 if unit == SHARE else 1
    own = [row for row in rows if row["unit"] == unit]
    return daily(
        title,
        "%" if unit == SHARE else unit,
        [(row["day"], row["actual"] * scale) for row in own],
        expected=[
            (row["day"], row["expected"] * scale, row["expected"] * scale) for row in own if row["expected"] is not None
        ],
        marked=(first, last),
    )
