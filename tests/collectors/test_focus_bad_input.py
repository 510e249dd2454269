"""What is wrong with a FOCUS file is told with file, row and reason; the rest of the bill is loaded."""

import gzip
import os
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from collectors.errors import DataError
from collectors.focus_columns import REQUIRED_COLUMNS, REQUIRED_VALUES, column_map, pascal_case
from store.engine import Store
from store.tables import Charge, CollectorRun
from tests.collectors.delivering import CHARGE, focus_text, loaded, quarantined, refused, rows, write

CATEGORIES = "Usage, Purchase, Tax, Credit, Adjustment"
TIME_RANGE = "is not between 1970-01-01 and 2999-01-01"


def original(column: str) -> str:
    return "ProviderName" if column == "service_provider_name" else pascal_case(column)


BAD_ROWS: list[tuple[Mapping[str, str | None], str]] = [
    ({"BilledCost": "abc"}, "BilledCost is not a decimal number"),
    ({"EffectiveCost": "1,5"}, "EffectiveCost is not a decimal number"),
    ({"ListCost": "NaN"}, "ListCost is not a decimal number"),
    ({"BilledCost": "1e40"}, "BilledCost is not a decimal number"),
    ({"PricingQuantity": "many"}, "PricingQuantity is not a decimal number"),
    ({"ChargePeriodStart": "yesterday"}, "ChargePeriodStart is not an ISO 8601 time"),
    ({"ChargePeriodStart": "2026-13-01T00:00:00Z"}, "ChargePeriodStart is not an ISO 8601 time"),
    ({"BillingPeriodEnd": "2026-02-30"}, "BillingPeriodEnd is not an ISO 8601 time"),
    ({"ChargePeriodStart": "infinity"}, f"ChargePeriodStart {TIME_RANGE}"),
    ({"BillingPeriodStart": "0001-01-01T00:00:00Z"}, f"BillingPeriodStart {TIME_RANGE}"),
    ({"ChargePeriodEnd": "20260-11-01 00:00:00+00"}, f"ChargePeriodEnd {TIME_RANGE}"),
    ({"ChargePeriodEnd": "2026-10-01T00:00:00Z"}, "ChargePeriodEnd is not after ChargePeriodStart"),
    ({"ChargePeriodEnd": CHARGE["ChargePeriodStart"]}, "ChargePeriodEnd is not after ChargePeriodStart"),
    ({"BillingPeriodEnd": "2026-10-01T00:00:00Z"}, "BillingPeriodEnd is not after BillingPeriodStart"),
    ({"ChargeCategory": "Gift"}, f"ChargeCategory is none of {CATEGORIES}"),
    ({"ChargeCategory": "usage"}, f"ChargeCategory is none of {CATEGORIES}"),
    ({"BillingCurrency": "usd"}, "BillingCurrency is not an upper-case currency code"),
    ({"BillingCurrency": "$"}, "BillingCurrency is not an upper-case currency code"),
    *(({original(name): ""}, f"{pascal_case(name)} is empty") for name in REQUIRED_VALUES),
    *(({original(name): "NULL"}, f"{pascal_case(name)} is empty") for name in ("billed_cost", "service_name")),
]


def test_every_bad_row_is_set_aside_with_its_number_and_reason(duckdb_store: Store, tmp_path: Path) -> None:
    path = write(
        tmp_path / "bad.csv", focus_text({"BilledCost": "1"}, *(row for row, _ in BAD_ROWS), {"BilledCost": "2"})
    )
    outcome = loaded(duckdb_store, path)
    assert (outcome.row_count, outcome.quarantined_count) == (2, len(BAD_ROWS))
    assert f"{len(BAD_ROWS)} bad rows set aside" in outcome.sentence()
    assert quarantined(duckdb_store) == [
        ("bad.csv", number, reason) for number, (_, reason) in enumerate(BAD_ROWS, start=2)
    ]
    assert sorted(row["billed_cost"] for row in rows(duckdb_store, Charge)) == [1, 2]


def test_rows_with_too_few_or_too_many_fields_are_set_aside_and_others_keep_their_numbers(
    duckdb_store: Store, tmp_path: Path
) -> None:
    header, good = focus_text({"ChargeDescription": "two\nlines"}).split("\n", 1)
    wrong = focus_text({"BilledCost": "abc"}).splitlines()[1]
    few = ",".join(good.replace('"two\nlines"', "x").strip().split(",")[:10])
    many = good.replace('"two\nlines"', "x").strip() + ",one,two"
    content = "\n".join([header, good.strip(), few, wrong, many, good.strip(), wrong]) + "\n"
    assert loaded(duckdb_store, write(tmp_path / "bad.csv", content)).row_count == 2
    assert quarantined(duckdb_store) == [
        ("bad.csv", 2, "the row has 10 fields where the header has 21"),
        ("bad.csv", 3, "BilledCost is not a decimal number"),
        ("bad.csv", 4, "the row has more than the 21 fields of the header"),
        ("bad.csv", 6, "BilledCost is not a decimal number"),
    ]


def test_each_part_of_a_folder_answers_for_its_own_rows(duckdb_store: Store, tmp_path: Path) -> None:
    broken = focus_text({"BilledCost": "abc"}) + "only,three,fields\n" + focus_text().splitlines()[1] + "\n"
    write(tmp_path / "part-1.csv", broken)
    write(tmp_path / "part-2.csv", focus_text({}, {"BillingCurrency": "?"}))
    assert loaded(duckdb_store, tmp_path).row_count == 2
    assert quarantined(duckdb_store) == [
        ("part-1.csv", 1, "BilledCost is not a decimal number"),
        ("part-1.csv", 2, "the row has 3 fields where the header has 21"),
        ("part-2.csv", 2, "BillingCurrency is not an upper-case currency code"),
    ]


def test_row_numbers_hold_in_files_of_many_blocks(duckdb_store: Store, tmp_path: Path) -> None:
    header, good = focus_text({"BilledCost": "0"}).splitlines(keepends=True)
    wrong = focus_text({"BilledCost": "abc"}).splitlines(keepends=True)[1]
    write(tmp_path / "big.csv", header + good * 40_000 + "few\n" + good * 40_000 + wrong)
    assert loaded(duckdb_store, tmp_path / "big.csv").row_count == 80_000
    assert [number for _, number, _ in quarantined(duckdb_store)] == [40_001, 80_002]


@pytest.mark.parametrize("column", REQUIRED_COLUMNS)
def test_a_mandatory_column_that_is_missing_is_named(column: str) -> None:
    with pytest.raises(DataError) as caught:
        column_map([name for name in CHARGE if name != original(column)], "a.csv")
    assert str(caught.value).startswith(f"a.csv lacks the mandatory FOCUS column {pascal_case(column)}; nothing of it")


def test_two_missing_columns_are_told_at_once(duckdb_store: Store, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", focus_text({"ListCost": None, "PricingUnit": None}))
    assert "lacks the mandatory FOCUS column ListCost and 1 more (PricingUnit);" in refused(duckdb_store, path)
    assert rows(duckdb_store, Charge) == []


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("invoice.csv", b"date,amount\n2026-11-01,3.5\n", "invoice.csv is not a FOCUS file: its first line has none"),
        ("letter.csv", b"Dear customer,\nthank you.\n", "letter.csv is not a FOCUS file: its first line has none"),
        ("empty.csv", b"", "empty.csv is empty; deliver it again."),
        ("empty.parquet", b"", "empty.parquet is empty; deliver it again."),
        ("empty.csv.gz", gzip.compress(b"", mtime=0), "empty.csv.gz is not a FOCUS file"),
        ("noise.csv", bytes(range(256)) * 40, "noise.csv cannot be read: it is not a CSV file in UTF-8"),
        ("noise.parquet", bytes(range(256)) * 40, "noise.parquet cannot be read: "),
        ("noise.csv.gz", bytes(range(256)) * 40, "noise.csv.gz cannot be read: "),
        ("truncated.csv.gz", gzip.compress(os.urandom(9000))[:4000], "truncated.csv.gz cannot be read: "),
        ("header.csv", focus_text().splitlines()[0].encode(), "header.csv has no row that can be loaded."),
        (
            "bad.csv",
            focus_text({"BilledCost": "x"}).encode(),
            "bad.csv has no row that can be loaded: row 1: BilledCost is not a decimal number.",
        ),
    ],
)
def test_a_file_that_cannot_be_a_bill_gets_one_sentence_and_a_failed_run(
    duckdb_store: Store, tmp_path: Path, name: str, content: bytes, told: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    sentence = refused(duckdb_store, path)
    assert sentence.startswith(told)
    assert "\n" not in sentence
    assert sentence.isprintable()
    (run,) = rows(duckdb_store, CollectorRun)
    assert (run["status"], run["error_kind"], run["error_message"]) == ("failed", "data", sentence)


def test_a_path_that_is_not_there_and_a_file_of_another_kind_are_named(duckdb_store: Store, tmp_path: Path) -> None:
    assert (
        refused(duckdb_store, tmp_path / "no.csv") == f"There is no file or folder {tmp_path}/no.csv; check the path."
    )
    other = write(tmp_path / "bill.xlsx", "x")
    assert refused(duckdb_store, other).startswith("bill.xlsx is of an unknown kind; give .csv, .csv.gz, .parquet")
    (tmp_path / "none").mkdir()
    assert "holds no .csv, .csv.gz, .parquet file" in refused(duckdb_store, tmp_path / "none")


def test_a_bad_part_refuses_the_whole_delivery_and_the_old_one_stays(duckdb_store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "november"
    write(folder / "part-1.csv", focus_text({"BilledCost": "5"}))
    loaded(duckdb_store, folder)
    write(folder / "part-2.csv", "date,amount\n2026-11-01,3.5\n")
    assert refused(duckdb_store, folder).startswith("part-2.csv is not a FOCUS file")
    assert [row["billed_cost"] for row in rows(duckdb_store, Charge)] == [Decimal(5)]


def test_latin_1_text_costs_its_rows_and_says_so(duckdb_store: Store, tmp_path: Path) -> None:
    path = tmp_path / "latin.csv"
    path.write_bytes(focus_text({}, {"ChargeDescription": "Zürich"}).encode("latin-1"))
    assert loaded(duckdb_store, path).row_count == 1
    ((_, number, reason),) = quarantined(duckdb_store)
    assert number == 2
    assert "not utf-8" in reason
