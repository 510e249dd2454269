"""How long a look at every rule takes at two thousand features."""

import time

from alerts.base import Situation
from alerts.detection.evaluate import detect
from alerts.discovery import rules
from alerts.evaluation import evaluate
from bench.big_company import HUGE, NOW
from bench.big_store import big_store, scratch_copy
from bench.report import Measure
from config.loader import load_reference
from config.settings import Settings
from store.engine import open_store

LIMIT_SECONDS = 10.0


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
    ]
