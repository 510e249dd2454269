"""SLOs: which promises are kept, how fast budgets burn, and one promise in detail."""

from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from app import data
from app import format as fmt
from config.loader import Reference
from config.slo_files.loading import load_slos
from store.engine import Store
from store.reference import sync_reference
from store.tables import InferenceRequest
from tests.app.conftest import NOW, OpenApp
from tests.app.support import company, outcomes, reading
from tests.support.slos import HEAD, TAIL, write_slos


def logged() -> list[InferenceRequest]:
    """The seeded requests of the last 30 days."""
    return [one for one in outcomes.requests(NOW) if one.started_at >= NOW - timedelta(days=30)]


def test_the_page_says_how_many_promises_are_kept(full_store: Store, environment: Path, open_app: OpenApp) -> None:
    app = open_app("slos")
    assert "1 of 2 promises is kept; Assistants answer is missed" in reading.text(app)
    shown = reading.table_with(app, "left_bar").set_index("name")
    assert list(shown.index) == ["Assistants answer", "Assistants are fast"], "what needs a person first"
    assert list(shown["status"]) == ["✕ Missed", "✓ Met"]
    requests = logged()
    answered = Fraction(sum(one.status_code == 200 for one in requests), len(requests))
    assert shown.loc["Assistants answer", "attained"] == fmt.attainment(answered)
    assert shown.loc["Assistants answer", "objective"] == "99%, 30 days"
    good = [one for one in requests if one.status_code == 200]
    fast = Fraction(sum((one.duration_seconds or 0) <= 2 for one in good), len(good))
    assert shown.loc["Assistants are fast", "attained"] == fmt.attainment(fast)
    assert shown.loc["Assistants are fast", "left_bar"] == pytest.approx(float(1 - (1 - fast) / Fraction(1, 2)))


def test_one_promise_is_told_in_detail(full_store: Store, environment: Path, open_app: OpenApp) -> None:
    app = open_app("slos", slo="Assistants answer")
    text = reading.text(app)
    requests = logged()
    bad = sum(one.status_code != 200 for one in requests)
    over = Fraction(bad, len(requests)) * 100 - 1
    assert f"Assistants answer has spent {fmt.factor(over + 1)} its error budget of 30 days" in text
    assert reading.metrics(app)["Budget gone"] == "gone"
    figure, alt = reading.charts(app)[-1]
    assert f"Assistants answer spent its error budget {fmt.factor(over + 1)}" in alt
    assert figure["data"][0]["y"][-1] == pytest.approx(-float(over), abs=0.001)
    assert figure["layout"]["shapes"][0]["y0"] == 0
    models = reading.table_with(app, "share")
    assert models["bad"].sum() == pytest.approx(bad, abs=bad / outcomes.LOG_DAYS)
    assert reading.table_with(app, "lasted")["severity"].tolist(), "so many failures would have alerted"


def test_a_broken_file_is_named_and_the_others_work(full_store: Store, environment: Path, open_app: OpenApp) -> None:
    broken = HEAD.format(name="x", shown="X") + "  wish: 1\n"
    (environment.parent / "config" / "slos" / "broken.yaml").write_text(broken, encoding="utf-8")
    text = reading.text(open_app("slos"))
    assert "broken.yaml" in text
    assert "1 of 2 promises is kept" in text


def test_an_slo_that_no_server_is_asked_for_is_told(full_store: Store, environment: Path, open_app: OpenApp) -> None:
    unasked = """\
  indicator:
    spec:
      ratioMetric:
        good: {metricSource: {type: prometheus, spec: {query: "good"}}}
        total: {metricSource: {type: prometheus, spec: {query: "total"}}}
"""
    text = HEAD.format(name="x", shown="Asked of nobody") + unasked + TAIL.format(objective="target: 0.99")
    (environment.parent / "config" / "slos" / "unasked.yaml").write_text(text, encoding="utf-8")
    app = open_app("slos")
    assert "enables no source of the kind prometheus, so nobody counts it" in app.warning[0].value
    shown = reading.table_with(app, "left_bar").set_index("name")
    assert shown.loc["Asked of nobody", "status"] == "– No data"


def test_by_model_of_a_feature_is_counted_or_said_to_be_unknown(
    full_store: Store, environment: Path, open_app: OpenApp
) -> None:
    folder = environment.parent / "config" / "slos"
    for path in folder.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        for name in ("availability}", "latency}"):
            text = text.replace(f"indicator: {name}", f"indicator: {name[:-1]}, service: '*', feature: research-*}}")
        path.write_text(text, encoding="utf-8")
    sync_reference(full_store, Reference(slos=load_slos(folder.parent).definitions, declared=frozenset({"slos"})))
    data.forget_answers()
    keys = {one.attribution_key for one in company.STREAMS if one.feature == "research-desk"}
    bad = [one for one in logged() if one.attribution_key in keys and one.status_code != 200]
    models = reading.table_with(open_app("slos", slo="Assistants answer"), "share")
    assert models["bad"].tolist() == [len(bad)]
    assert "times are not kept by feature and model" in reading.text(open_app("slos", slo="Assistants are fast"))


def test_without_an_slo_the_page_says_what_to_do(empty_store: Store, open_app: OpenApp) -> None:
    assert "No SLO is declared" in reading.text(open_app("slos"))


def test_an_slo_without_events_has_no_data(empty_store: Store, environment: Path, open_app: OpenApp) -> None:
    write_slos(environment.parent / "config")
    app = open_app("slos", slo="Assistants answer")
    assert "None of 2 promises has data yet" in reading.text(app)
    assert set(reading.table_with(app, "left_bar")["status"]) == {"– No data"}
