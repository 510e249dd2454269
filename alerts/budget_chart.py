"""The picture of a budget: what its period has cost day by day, where the forecast leads, and the budget itself."""

from datetime import timedelta
from itertools import accumulate

from alerts.charts import Chart, daily
from domain.budget import BudgetPace
from domain.outlook import Portfolio, Scope, expected_path


def budget_chart(title: str, currency: str, portfolio: Portfolio, scope: Scope, pace: BudgetPace) -> Chart:
    """Costs are sums from the start of the period to the end of each whole day."""
    days = portfolio.days_of(scope, pace.start, pace.end)
    path = expected_path(portfolio, scope, pace.start, pace.end)
    return daily(
        title,
        currency,
        [(pace.start + timedelta(days=number), cost) for number, cost in enumerate(accumulate(days))],
        expected=[(day, cost, cost) for day, cost in path],
        expected_label="forecast",
        limit=pace.amount,
        limit_label="budget",
    )
