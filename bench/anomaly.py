"""What the anomaly detector finds and how often it is wrong, on series it was never tuned on, and what a night costs.

`python -m bench.anomaly` prints every kind of accident too.
"""

import time

import numpy as np
from rich.console import Console

from bench.report import Measure
from domain.anomaly.daily import Past, Scores, score_days
from domain.anomaly.method import LATENCY, RATIO
from domain.anomaly.rates import score_rates
from domain.anomaly.unit_cost import cost_per_request, with_unit_cost
from tests.domain.anomaly.generator import FIRST_DAY, Company, company, latencies, rates
from tests.domain.anomaly.measure import Quality, quality

SEED, FEATURES = 2026, 330
"""A seed of its own: tests and development used others."""
NIGHT_SERIES, NIGHT_DAYS, COPIED_SERIES = 100_000, 190, 2_000
RATES_SINCE = 56


def measure() -> list[Measure]:
    """The limits of quality are those the detector is known to reach; a night has a minute."""
    found = features()
    return [
        Measure("Anomalies: recall over all kinds", found.recall * 100, 75, "%", at_least=True),
        Measure("Anomalies: false alerts per series-month", found.false_per_series_month, 0.06, ""),
        Measure("Anomalies: excess dollars in what was found", found.excess_share * 100, 88, "%", at_least=True),
        Measure("Anomalies: CPU for one night of 100,000 series", night_seconds(), 60, "s"),
    ]


def features(seed: int = SEED) -> Quality:
    """Cost with cost per request beside it."""
    made = company(seed, FEATURES)
    return quality(both(made).alerts(), made.accidents)


def both(made: Company) -> Scores:
    """Scores of every cost series, as the product has them."""
    ratio = score_days(cost_per_request(made.cost, made.requests), FIRST_DAY, RATIO)
    return with_unit_cost(score_days(made.cost, FIRST_DAY), ratio, made.requests)


def night_seconds() -> float:
    """CPU seconds of the last day of 100,000 series, from what earlier nights kept; the best of three."""
    rng = np.random.default_rng(SEED)
    weekday = np.array([1.1, 1.1, 1.1, 1.0, 1.0, 0.5, 0.4])[np.arange(NIGHT_DAYS) % 7]
    values = np.exp(rng.normal(4, 1, (NIGHT_SERIES, 1)) + 0.1 * rng.standard_normal((NIGHT_SERIES, NIGHT_DAYS)))
    values *= weekday
    past = score_days(values[:COPIED_SERIES], FIRST_DAY).past
    assert past is not None
    copies = NIGHT_SERIES // COPIED_SERIES
    stored = Past(*(np.tile(part[:, : NIGHT_DAYS - 1], (copies, 1)) for part in (past.error, past.shift, past.moved)))
    taken = []
    for _ in range(3):
        began = time.process_time()
        score_days(values, FIRST_DAY, past=stored)
        taken.append(time.process_time() - began)
    return min(taken)


def _show(console: Console, name: str, found: Quality) -> None:
    console.print(
        f"{name}: recall {found.recall:.2f}, precision {found.precision:.2f}, F1 {found.f1:.2f}, "
        f"{found.false_per_series_month:.3f} false alerts per series-month"
    )
    for kind, one in found.kinds.items():
        console.print(
            f"  {kind:9} {one.count:4}: recall {one.recall:.2f}, median delay {one.median_delay:.0f} d"
            + ("" if np.isnan(one.excess_share) else f", excess {one.excess_share:.0%}")
        )


def main() -> None:
    """Features by all habits and without the two that hide their accidents, rates, latencies."""
    console = Console(width=150)
    made = company(SEED, FEATURES)
    alerts = both(made).alerts()
    _show(console, "features", quality(alerts, made.accidents))
    busy = [number for number, habit in enumerate(made.habits) if habit not in ("rare", "small")]
    rows = {number: row for row, number in enumerate(busy)}
    kept = [one.of(rows[one.feature]) for one in made.accidents if one.feature in rows]
    _show(console, "without rare and small ones", quality(alerts[busy], kept))
    bad, total, accidents = rates(SEED, FEATURES)
    _show(console, "rates", quality(score_rates(bad, total).alerts(), accidents, since=RATES_SINCE))
    values, accidents = latencies(SEED, FEATURES)
    _show(console, "latency", quality(score_days(values, FIRST_DAY, LATENCY).alerts(), accidents))
    console.print(f"one night of {NIGHT_SERIES:,} series: {night_seconds():.2f} CPU s")


if __name__ == "__main__":
    main()
