"""The company's people files: whole when read by the real sources, the same for the same day, small groups apart."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from burnline.demo_settings import write_settings
from collectors.configured import configured
from collectors.run import Runner
from config.settings import load_settings
from sandbox.company import Company
from sandbox.demo_config import demo_connection
from sandbox.exports import write_exports
from sandbox.hiring import measurement_rows, opening_rows
from sandbox.people import engagement_rows, headcount_rows, history_start, stakeholder_rows
from store.books import Books
from store.engine import Store
from store.price_book import PriceBook
from store.tables import Measurement, Opening
from tests.collectors.delivering import clock, quarantined, rows
from tests.sandbox.conftest import NOW

MAKERS = (engagement_rows, stakeholder_rows, headcount_rows, opening_rows, measurement_rows)
SOURCES = ("engagement", "stakeholders", "headcount", "hiring", "people_measures")


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_a_file_tells_of_fourteen_months_and_grows(company: Company, make: Any) -> None:
    assert history_start(company) == date(2025, 9, 1)
    first = list(make(company, NOW.date()))
    assert first == list(make(Company(company.seed, company.anchor), NOW.date()))
    assert len(list(make(company, date(2027, 3, 1)))) > len(first)


def test_the_demo_s_sources_read_them_whole(
    company: Company, duckdb_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config"
    config.mkdir()
    monkeypatch.setenv("BURNLINE_CONFIG_DIR", str(config))
    write_exports(company, tmp_path / "files", NOW, history_days=1)
    write_settings(config, demo_connection("http://127.0.0.1:1"), tmp_path / "files")
    found = {item.name: item for item in configured(load_settings(config))}
    runner = Runner(duckdb_store, Books(PriceBook()), clock=clock)
    for name in SOURCES:
        (outcome,) = runner.run(found[name])
        assert outcome.error is None
    measured = rows(duckdb_store, Measurement)
    assert {row["metric"] for row in measured} == {
        "engagement_enps",
        "stakeholder_satisfaction",
        "headcount",
        "voluntary_leavers",
        "hiring_stage_pass",
        "six_month_pass",
        "controls_fresh",
    }
    asked = [row for row in measured if row["metric"] == "engagement_enps"]
    assert len({row["period_start"] for row in asked}) == 5
    assert "Workplace Tools" not in {row["team"] for row in asked}
    assert min(row["answer_count"] for row in asked) >= 5
    assert {row["status"] for row in rows(duckdb_store, Opening)} == {"open", "filled", "cancelled"}
    reasons = {reason for _, _, reason in quarantined(duckdb_store)}
    assert reasons == {
        "the same person answered again; the newest answer counts",
        "the group has fewer than 5 people",
        "with this group a smaller one could be worked out from everybody",
    }
