"""How long a look at every rule takes at two thousand features, and a check in which thousands of alerts change."""

import time
from collections.abc import Sequence
from datetime import timedelta

from alerts import check
from alerts.base import Finding, Rule, Severity, Situation, State
from alerts.detection.evaluate import detect
from alerts.discovery import rules
from alerts.evaluation import evaluate
from bench.big_company import HUGE, NOW
from bench.big_store import big_store, scratch_copy
from bench.report import Measure
from config.loader import load_reference
from config.settings import Settings
from store.engine import Store, open_store

LIMIT_SECONDS = 10.0
MANY = 5_000


def measure() -> list[Measure]:
    """One evaluation of all rules, judged days included; then the dearest of them."""
    with scratch_copy(big_store(HUGE)) as scratch:
        store = open_store(scratch.url)
        try:
            settings = Settings()
            detect(store, settings, NOW)
            situation = Situation(NOW, settings, {}, load_reference(scratch.config).slos)
            began = time.perf_counter()
            found = evaluate(store, rules(), situation)
            taken = time.perf_counter() - began
            if found.failed:
                raise RuntimeError(f"rules failed: {found.failed}")
            changing = _changing(store, settings)
            single = {}
            for name, rule in rules().items():
                began = time.perf_counter()
                evaluate(store, {name: rule}, situation)
                single[name] = time.perf_counter() - began
        finally:
            store.close()
    count = sum(len(of_rule) for of_rule in found.findings.values())
    dearest = max(single, key=lambda name: single[name])
    return [
        Measure(f"Every rule over 2,000 features, {count:,} findings", taken, LIMIT_SECONDS, "s"),
        Measure(f"The dearest rule: {dearest}", single[dearest], LIMIT_SECONDS, "s"),
        Measure(f"{MANY:,} alerts open, worsen and end: the slowest of these", changing, LIMIT_SECONDS, "s"),
    ]


def _changing(store: Store, settings: Settings) -> float:
    """Seconds of the slowest of three checks in which all alerts change."""
    taken = []
    for number, found in enumerate((_problems(1, "ticket"), _problems(2, "page"), _problems(2, "page", "over"))):
        rule = Rule("many", "1m", {}, lambda *_, found=found: found, kind="cost")
        began = time.perf_counter()
        report = check(store, settings, NOW + timedelta(hours=number), rules={"many": rule})
        taken.append(time.perf_counter() - began)
        if report.failed or len(report.told) < MANY:
            raise RuntimeError(f"{len(report.told):,} of {MANY:,} alerts changed; {report.failed}")
    return max(taken)


def _problems(level: int, severity: Severity, state: State = "firing") -> Sequence[Finding]:
    return [
        Finding(
            fingerprint=f"many:{number}",
            state=state,
            severity=severity,
            level=level,
            title=f"Feature {number} costs more than its past",
            summary=f"Feature {number} is at level {level}.",
            facts={},
        )
        for number in range(MANY)
    ]
