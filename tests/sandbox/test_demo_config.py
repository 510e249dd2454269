"""The operator's files say about the company what its ground truth says."""

from __future__ import annotations

import csv
import tomllib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from config.loader import load_reference
from domain.commitment import RECENT_DAYS, Burn
from sandbox.catalog import OPENAI, SHARED_FEATURE
from sandbox.company import Company
from sandbox.demo_budgets import OVERRUNNING_TEAM, QUARTER_TEAM, REVISED_FEATURE
from sandbox.demo_config import DemoConnection, write_demo_config
from sandbox.prices import usd_per_million
from sandbox.traffic import Measure
from sandbox.truth import Truth


@pytest.fixture(scope="module")
def folder(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    write_demo_config(company, folder, "http://127.0.0.1:9/", company.anchor)
    return folder


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_rules_name_the_owner_of_every_project_but_the_unowned_one(company: Company, folder: Path) -> None:
    written = _toml(folder / "attribution.toml")["rule"]
    rules = {(rule["provider"], rule["project"]): rule for rule in written if "project" in rule}
    features = {feature["key"] for feature in _toml(folder / "features.toml")["feature"]}
    assert all(set(one["links"]) == {"repo", "dashboard"} for one in _toml(folder / "features.toml")["feature"])
    for stream in company.streams:
        rule = rules.get((stream.provider, stream.project_id))
        if stream.feature is None:
            assert rule is None
        else:
            assert rule is not None
            assert (rule["feature"], rule["environment"]) == (stream.feature, stream.environment)
    assert {rule["feature"] for rule in rules.values()} == features


def test_rules_with_dates_cover_all_traffic_of_their_feature(company: Company, folder: Path) -> None:
    dated = [rule for rule in _toml(folder / "attribution.toml")["rule"] if "valid_from" in rule]
    assert dated
    truth = Truth(company).billed_costs(date(2026, 7, 1), date(2026, 11, 1), datetime(2026, 11, 20, tzinfo=UTC))
    for rule in dated:
        assert min(row.day for row in truth if row.feature == rule["feature"]) >= rule["valid_from"]


def test_the_organization_lands_near_its_budget_and_one_team_does_not(company: Company, folder: Path) -> None:
    budgets = {
        (row["scope_type"], row["scope"]): Decimal(row["amount"])
        for row in _csv(folder / "budgets.csv")
        if row["period_start"] == "2026-11-01" and row["period"] == "month"
    }
    settled = datetime(2026, 12, 10, tzinfo=UTC)
    costs = Truth(company).borne_costs(date(2026, 11, 1), date(2026, 12, 1), settled)
    team_of = {f["key"]: f["team"] for f in _toml(folder / "features.toml")["feature"]}
    spent: dict[str, Decimal] = {}
    for cost in costs:
        team = team_of.get(cost.feature or "", "nobody")
        spent[team] = spent.get(team, Decimal(0)) + cost.billed_cost
    ratios = {team: spent[team] / budgets["team", team] for team in set(team_of.values())}
    assert Decimal("0.9") < sum(spent.values()) / budgets["organization", ""] < Decimal("1.1")
    assert [team for team, ratio in ratios.items() if ratio > 1] == [OVERRUNNING_TEAM]
    assert ratios[OVERRUNNING_TEAM] > Decimal("1.2")


def test_budgets_cover_five_months_up_to_the_anchor_and_two_after(folder: Path) -> None:
    rows = _csv(folder / "budgets.csv")
    months = sorted({row["period_start"] for row in rows})
    assert months == [f"2026-{month:02d}-01" for month in range(7, 13)] + ["2027-01-01"]
    assert {row["scope_type"] for row in rows} == {"organization", "provider", "team", "feature"}
    assert {row["currency"] for row in rows} == {"USD"}
    assert all(Decimal(row["amount"]) > 0 for row in rows)


def test_a_quarter_budget_is_the_sum_of_its_months(folder: Path) -> None:
    rows = _csv(folder / "budgets.csv")
    quarters = {(row["scope_type"], row["scope"]): row for row in rows if row["period"] == "quarter"}
    assert set(quarters) == {("organization", ""), ("team", QUARTER_TEAM)}
    for scope, quarter in quarters.items():
        assert quarter["period_start"] == "2026-10-01"
        months = [
            Decimal(row["amount"])
            for row in rows
            if (row["scope_type"], row["scope"]) == scope
            and row["period"] == "month"
            and row["period_start"] in ("2026-10-01", "2026-11-01", "2026-12-01")
        ]
        assert len(months) == 3
        assert Decimal(quarter["amount"]) == sum(months)


def test_one_budget_was_raised_after_its_launch(folder: Path) -> None:
    versions = [row for row in _csv(folder / "budgets.csv") if row["version"]]
    assert [row["scope"] for row in versions] == [REVISED_FEATURE] * 2
    planned, revised = versions
    assert planned["period_start"] == revised["period_start"] == "2026-11-01"
    assert planned["approved_on"] < revised["approved_on"] < "2026-11-01"
    assert Decimal(planned["amount"]) < Decimal(revised["amount"])


def test_the_credit_runs_out_before_its_end_and_the_commitment_is_not_used_up(company: Company, folder: Path) -> None:
    credit, commitment = _csv(folder / "commitments.csv")
    truth, anchor, now = Truth(company), company.anchor, datetime(2026, 11, 28, tzinfo=UTC)

    def burn(row: dict[str, str]) -> Burn:
        start = date.fromisoformat(row["starts_on"])
        assert start >= anchor - timedelta(days=120), "the demo loads no earlier costs"
        return Burn(
            Decimal(row["amount"]),
            truth.total_cost(start, anchor, now, provider=row["provider"]),
            truth.total_cost(anchor - timedelta(days=RECENT_DAYS), anchor, now, provider=row["provider"]),
            anchor,
            date.fromisoformat(row["ends_on"]),
        )

    runs_out_on = burn(credit).runs_out_on
    assert runs_out_on is not None
    assert timedelta(days=14) < runs_out_on - anchor < timedelta(days=28)
    assert (commitment["kind"], burn(commitment).runs_out_on) == ("commitment", None)
    assert burn(commitment).unused_at_end > 0


def test_burnline_reads_every_line(folder: Path) -> None:
    reference = load_reference(folder)
    assert [str(problem) for problem in reference.problems] == []
    assert len(reference.budgets) == len(_csv(folder / "budgets.csv"))
    assert len(reference.commitments) == 2
    assert [(rule.origin, rule.method) for rule in reference.allocation] == [(SHARED_FEATURE, "direct_cost")]


def test_prices_that_no_public_list_has_are_the_bills_own(company: Company, folder: Path) -> None:
    prices = _toml(folder / "prices.toml")["price"]
    units = {"uncached_input_tokens": Measure.UNCACHED, "output_tokens": Measure.OUTPUT}
    dated = [price for price in prices if "valid_to" in price]
    assert {price["service_tier"] for price in dated} == {"default", "batch", "priority"}
    for price in dated:
        before = price["valid_to"] - timedelta(days=1)
        for unit, measure in units.items():
            billed = usd_per_million(OPENAI, price["model"], measure, price["service_tier"], before, company.anchor)
            assert Decimal(str(price["per_million"][unit])) == billed
    (image,) = [price for price in prices if "valid_to" not in price]
    assert (image["unit"], image["price_per_million"]) == ("images", 40_000)


def test_annotations_are_the_events(company: Company, folder: Path) -> None:
    rows = _csv(folder / "annotations.csv")
    assert [row["kind"] for row in rows] == [event.kind for event in company.events]
    assert [datetime.fromisoformat(row["occurred_at"]) for row in rows] == [
        event.occurred_at for event in company.events
    ]


def test_the_connection_says_where_each_vendor_is(company: Company, tmp_path: Path) -> None:
    connection = write_demo_config(company, tmp_path, "http://127.0.0.1:9/", company.anchor)
    assert isinstance(connection, DemoConnection)
    assert connection.openai_base_url == "http://127.0.0.1:9/openai/v1"
    assert connection.anthropic_base_url == "http://127.0.0.1:9/anthropic"
    assert connection.pagerduty_base_url == "http://127.0.0.1:9/pagerduty"
    assert connection.status_base_urls == {
        "openai": "http://127.0.0.1:9/status/openai",
        "anthropic": "http://127.0.0.1:9/status/anthropic",
    }
    assert connection.github_base_url == "http://127.0.0.1:9/github"
    assert connection.jira_base_url == "http://127.0.0.1:9/jira"
    assert connection.slack_base_url == "http://127.0.0.1:9/slack/api/"
