"""The host's bill follows from the company's requests, in a currency that is converted at published rates."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from config.loader import load_reference
from sandbox.company import Company
from sandbox.demo_config import write_demo_config
from sandbox.exchange import eur_rate
from sandbox.exports import HOST_BILL, write_exports
from sandbox.hosting import HOST, NODE_HOURS, PARSER_SECONDS, host_charges
from sandbox.truth import Truth

NOW = datetime(2026, 11, 20, 10, 17, 5, tzinfo=UTC)


def test_two_spans_side_by_side_cost_what_the_span_around_both_does(company: Company) -> None:
    start, middle, end = (company.anchor - timedelta(days=days) for days in (12, 5, 0))

    def cost(first: date, last: date) -> Decimal:
        return sum((charge.cost for charge in host_charges(company, first, last)), Decimal(0))

    assert cost(start, middle) + cost(middle, end) == cost(start, end) > 0


def test_more_searches_need_more_node_hours(company: Company) -> None:
    charges = host_charges(company, company.anchor - timedelta(days=14), company.anchor)
    hours = {charge.day: charge.quantity for charge in charges if charge.sku == NODE_HOURS}
    saturday, tuesday = date(2026, 11, 14), date(2026, 11, 17)
    assert hours[saturday] > hours[tuesday] > 48


def test_a_host_bills_no_day_that_has_not_ended(company: Company, tmp_path: Path) -> None:
    write_exports(company, tmp_path, NOW)
    rows = list(csv.DictReader(io.StringIO((tmp_path / HOST_BILL).read_text())))
    assert max(row["ChargePeriodEnd"] for row in rows) == "2026-11-20T00:00:00Z"
    written = sum(Decimal(row["BilledCost"]) for row in rows if row["ChargePeriodStart"] >= "2026-11-01")
    month = host_charges(company, date(2026, 11, 1), NOW.date())
    assert written == sum(charge.cost for charge in month)
    truth = Truth(company).total_cost(date(2026, 11, 1), date(2026, 12, 1), NOW, provider=HOST)
    assert truth == sum(charge.cost * eur_rate(company.seed, charge.day) for charge in month)


def test_few_contracts_are_parsed_on_a_sunday(company: Company) -> None:
    charges = host_charges(company, date(2026, 11, 15), date(2026, 11, 18))
    seconds = {charge.day: charge.quantity for charge in charges if charge.sku == PARSER_SECONDS}
    assert seconds.get(date(2026, 11, 15), 0) < seconds[date(2026, 11, 17)] / 4


@pytest.mark.parametrize("anchor", [date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 22), date(2026, 11, 23)])
def test_every_day_of_the_demo_has_the_rate_of_the_file(anchor: date, tmp_path: Path) -> None:
    write_demo_config(Company(7, anchor), tmp_path, "http://127.0.0.1:9/", anchor)
    rates = load_reference(tmp_path).fx_rates
    for number in range(121):
        day = anchor - timedelta(days=number)
        (rate,) = [rate.rate for rate in rates if rate.valid_from <= day < rate.valid_to]
        assert rate == eur_rate(7, day)
