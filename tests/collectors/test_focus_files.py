"""FOCUS files of every version and kind: headers, formats, folders, times, numbers."""

import gzip
import io
from datetime import UTC, datetime
from decimal import Context, Decimal, localcontext
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collectors.focus_columns import column_map, guess_version, snake_case
from domain.attribution import Dimensions
from store.engine import Store
from store.tables import Attribution, Charge, CostDay
from tests.collectors.delivering import CHARGE, focus_text, ingest, loaded, only, quarantined, rows, write

VERSIONS: dict[str, dict[str, str | None]] = {
    "1.0": {},
    "1.1": {"SkuMeter": "input"},
    "1.2": {"SubAccountType": "Project", "InvoiceId": "inv-1"},
    "1.3": {"ServiceProviderName": "Renamed", "HostProviderName": "Host", "AllocatedMethodId": "even"},
    "1.4": {"ServiceProviderName": "Renamed", "ProviderName": None, "PublisherName": None, "InvoiceDetailId": "d-1"},
}


def parquet(path: Path, **changes: Any) -> Path:
    columns: dict[str, Any] = {name: [value or None] for name, value in CHARGE.items()} | changes
    pq.write_table(pa.table(columns), path)
    return path


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_is_normalised_to_the_names_of_1_4(duckdb_store: Store, tmp_path: Path, version: str) -> None:
    loaded(duckdb_store, write(tmp_path / "a.csv", focus_text(VERSIONS[version])))
    charge = only(duckdb_store, Charge)
    assert charge["focus_version"] == version
    assert charge["service_provider_name"] == ("Renamed" if version in ("1.3", "1.4") else "Vendor")
    assert charge["provider"] == charge["service_provider_name"]
    assert charge["publisher_name"] == (None if version == "1.4" else "Vendor")
    assert (charge["billed_cost"], charge["effective_cost"]) == (Decimal("0.9"), Decimal("0.8"))
    kept = {"SkuMeter": "sku_meter", "SubAccountType": "sub_account_type", "AllocatedMethodId": "allocated_method_id"}
    for name in kept.keys() & VERSIONS[version].keys():
        assert charge[kept[name]] == VERSIONS[version][name]


@pytest.mark.parametrize("order", [["ProviderName", "ServiceProviderName"], ["ServiceProviderName", "ProviderName"]])
def test_the_new_name_of_the_provider_wins_wherever_it_stands(order: list[str]) -> None:
    header = [*(name for name in CHARGE if name != "ProviderName"), *order]
    assert column_map(header, "a.csv")["service_provider_name"] == "ServiceProviderName"
    assert guess_version(header) == "1.3"


def test_own_columns_with_the_x_prefix_are_read(duckdb_store: Store, tmp_path: Path) -> None:
    own = {"x_Model": "model-x", "x_ApiKeyId": "key-1", "x_TokenType": "input", "x_ServiceTier": "batch"}
    loaded(duckdb_store, write(tmp_path / "a.csv", focus_text({**own, "SubAccountId": "proj-1"})))
    charge = only(duckdb_store, Charge)
    assert (charge["model"], charge["api_key_id"]) == ("model-x", "key-1")
    assert (charge["token_type"], charge["service_tier"]) == ("input", "batch")
    key = Dimensions("Vendor", "org-demo", "proj-1", "key-1", None, "model-x", "Model API").key()
    assert charge["attribution_key"] == key


@pytest.mark.parametrize("spelling", ["OpenAI", "openai", " OPENAI "])
def test_a_bill_of_a_model_vendor_meets_its_usage_under_one_word(
    duckdb_store: Store, tmp_path: Path, spelling: str
) -> None:
    loaded(duckdb_store, write(tmp_path / "a.csv", focus_text({"ProviderName": spelling})))
    assert only(duckdb_store, Charge)["provider"] == "openai"


def test_csv_gz_is_read_like_csv(duckdb_store: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(focus_text({"BilledCost": "1.25"}).encode()))
    assert loaded(duckdb_store, path).row_count == 1
    assert only(duckdb_store, Charge)["billed_cost"] == Decimal("1.25")


@pytest.mark.parametrize("name", ["A.CSV", "a.Csv", "A.CSV.GZ", "a.csv.Gz", "A.PARQUET"])
@pytest.mark.parametrize("whole_folder", [False, True])
def test_the_suffix_may_be_in_capitals(duckdb_store: Store, tmp_path: Path, name: str, whole_folder: bool) -> None:
    path = tmp_path / name
    content = focus_text({"BilledCost": "1.25"}).encode()
    if name.lower().endswith(".parquet"):
        parquet(path, BilledCost=[1.25])
    else:
        path.write_bytes(gzip.compress(content) if name.lower().endswith(".gz") else content)
    assert loaded(duckdb_store, tmp_path if whole_folder else path).row_count == 1
    assert only(duckdb_store, Charge)["billed_cost"] == Decimal("1.25")


def test_bad_rows_of_a_file_with_a_suffix_in_capitals_are_set_aside(duckdb_store: Store, tmp_path: Path) -> None:
    loaded(duckdb_store, write(tmp_path / "A.CSV", focus_text() + "only,three,fields\n"))
    assert quarantined(duckdb_store) == [("A.CSV", 2, "the row has 3 fields where the header has 21")]


@pytest.mark.parametrize(
    ("renamed", "name"), [("Renamed", "Renamed"), ("", "Vendor"), ("NULL", "Vendor")], ids=["both", "empty", "null"]
)
def test_a_row_of_1_3_without_the_new_name_of_its_provider_takes_the_old_one(
    duckdb_store: Store, tmp_path: Path, renamed: str, name: str
) -> None:
    loaded(duckdb_store, write(tmp_path / "a.csv", focus_text({"ServiceProviderName": renamed})))
    charge = only(duckdb_store, Charge)
    assert (charge["service_provider_name"], charge["provider"]) == (name, name)


def test_a_bill_is_the_same_on_every_engine(store: Store, tmp_path: Path) -> None:
    write(
        tmp_path / "1.csv", focus_text({"BilledCost": "0.000000000001", "Tags": '{"a": "ü"}'}, {"ChargeClass": "NULL"})
    )
    parquet(tmp_path / "2.parquet", BilledCost=[1.5], RegionId=["eu-1"])
    assert loaded(store, tmp_path).row_count == 3
    found = {(row["billed_cost"], row["tags"], row["charge_class"], row["region_id"]) for row in rows(store, Charge)}
    assert found == {
        (Decimal("0.000000000001"), '{"a": "ü"}', None, None),
        (Decimal("0.9"), None, None, None),
        (Decimal("1.5"), None, None, "eu-1"),
    }
    days = rows(store, CostDay)
    assert {row["attribution_key"] for row in days} == {row["attribution_key"] for row in rows(store, Charge)}
    assert ingest(store, tmp_path) == []


@pytest.mark.parametrize("store", ["duckdb", "postgresql"], indirect=True)
def test_a_nul_byte_in_a_text_never_keeps_a_bill_out(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", focus_text({"BillingAccountId": "org\0demo", "ChargeDescription": "a\0b"}))
    kept = "\0" if store.dialect == "duckdb" else ""
    for _ in range(2):
        assert loaded(store, path).row_count == 1
        charge = only(store, Charge)
        assert (charge["billing_account_id"], charge["charge_description"]) == (f"org{kept}demo", f"a{kept}b")
        (owner,) = rows(store, Attribution)
        assert (owner["attribution_key"], owner["account_id"]) == (charge["attribution_key"], f"org{kept}demo")
        path = write(tmp_path / "b.csv", path.read_text() + "\n")


def test_a_byte_order_mark_and_windows_line_ends_are_no_part_of_the_data(duckdb_store: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xef\xbb\xbf" + focus_text({"ServiceName": "Last column"}).replace("\n", "\r\n").encode())
    assert loaded(duckdb_store, path).row_count == 1
    assert only(duckdb_store, Charge)["service_name"] == "Last column"


def test_parquet_of_text_columns_is_read_like_csv(duckdb_store: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(
        pa_csv.read_csv(
            io.BytesIO(focus_text({"BilledCost": "0.123456789012"}).encode()),
            convert_options=pa_csv.ConvertOptions(column_types=dict.fromkeys(CHARGE, pa.string())),
        ),
        path,
    )
    loaded(duckdb_store, path)
    assert only(duckdb_store, Charge)["billed_cost"] == Decimal("0.123456789012")


def test_parquet_doubles_keep_the_digits_they_show(duckdb_store: Store, tmp_path: Path) -> None:
    path = parquet(tmp_path / "a.parquet", BilledCost=[0.1], EffectiveCost=[1.5e-7], ListCost=[2.0])
    loaded(duckdb_store, path)
    charge = only(duckdb_store, Charge)
    assert charge["billed_cost"] == Decimal("0.1")
    assert charge["effective_cost"] == Decimal("0.00000015")
    assert charge["list_cost"] == 2


def test_parquet_doubles_are_never_too_long_but_decimals_may_be(duckdb_store: Store, tmp_path: Path) -> None:
    double = parquet(tmp_path / "a.parquet", BilledCost=[0.1 + 0.2], EffectiveCost=[1e-15])
    assert loaded(duckdb_store, double).quarantined_count == 0
    assert only(duckdb_store, Charge)["billed_cost"] == Decimal("0.3")
    exact = pa.array([Decimal("0.1"), Decimal("0.1000000000001")], pa.decimal128(38, 18))
    columns = {name: [value or None] * 2 for name, value in CHARGE.items()} | {"BilledCost": exact}
    pq.write_table(pa.table(columns), tmp_path / "b.parquet")
    assert loaded(duckdb_store, tmp_path / "b.parquet").rounded_count == 1


@pytest.mark.parametrize(
    ("column", "text", "stored"),
    [
        ("BilledCost", "0.0000000000015", "0.000000000002"),
        ("EffectiveCost", "-1234567.1234567890123", "-1234567.123456789012"),
        ("ListCost", "1e-15", "0"),
        ("ContractedCost", "1.25E-11", "0.000000000013"),
    ],
)
def test_a_cost_of_more_than_twelve_decimals_is_rounded_and_told(
    duckdb_store: Store, tmp_path: Path, column: str, text: str, stored: str
) -> None:
    """To set the row aside would take its whole cost out of the bill."""
    outcome = loaded(duckdb_store, write(tmp_path / "a.csv", focus_text({}, {column: text})))
    assert (outcome.row_count, outcome.quarantined_count, outcome.rounded_count) == (2, 0, 1)
    assert "2 rows loaded, 1 with more than 12 decimals rounded." in outcome.sentence()
    assert Decimal(stored) in [row[snake_case(column)] for row in rows(duckdb_store, Charge)]


def test_parquet_decimals_and_timestamps_are_read_as_they_are(duckdb_store: Store, tmp_path: Path) -> None:
    moment = datetime(2026, 11, 3, 4, tzinfo=UTC)
    path = parquet(
        tmp_path / "a.parquet",
        BilledCost=pa.array([Decimal("12345678901234567890.123456789012")], pa.decimal128(38, 12)),
        ChargePeriodStart=pa.array([moment.replace(tzinfo=None)], pa.timestamp("ms")),
        ChargePeriodEnd=pa.array([moment.replace(hour=5)], pa.timestamp("us", tz="UTC")),
        BillingPeriodStart=pa.array([moment.replace(day=1).date()], pa.date32()),
    )
    loaded(duckdb_store, path)
    charge = only(duckdb_store, Charge)
    assert charge["billed_cost"] == Decimal("12345678901234567890.123456789012")
    assert charge["charge_period_start"] == datetime(2026, 11, 3, 4, tzinfo=UTC)
    assert charge["charge_period_end"] == datetime(2026, 11, 3, 5, tzinfo=UTC)
    assert charge["billing_period_start"] == datetime(2026, 11, 1, tzinfo=UTC)


def test_parquet_maps_become_json_tags(duckdb_store: Store, tmp_path: Path) -> None:
    tags = pa.array([[("team", "search"), ("tier", "gold")]], pa.map_(pa.string(), pa.string()))
    loaded(duckdb_store, parquet(tmp_path / "a.parquet", Tags=tags))
    assert only(duckdb_store, Charge)["tags"] == '{"team":"search","tier":"gold"}'


TAGS: list[tuple[str, str | None]] = [
    ('{"team": "search", "pilot": true}', '{"team": "search", "pilot": true}'),
    ('"team": "search"', '{"team": "search"}'),
    ("team=search", "team=search"),
    ("[1, 2]", "[1, 2]"),
    ("", None),
    ("NULL", None),
]


def test_tags_that_are_no_json_object_never_cost_the_bill_a_row(duckdb_store: Store, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", focus_text(*({"Tags": given} for given, _ in TAGS)))
    assert loaded(duckdb_store, path).row_count == len(TAGS)
    assert sorted(str(row["tags"]) for row in rows(duckdb_store, Charge)) == sorted(str(kept) for _, kept in TAGS)


TIMES: list[tuple[str, datetime]] = [
    ("2026-11-03T04:05:06Z", datetime(2026, 11, 3, 4, 5, 6, tzinfo=UTC)),
    ("2026-11-03T04:05:06.000Z", datetime(2026, 11, 3, 4, 5, 6, tzinfo=UTC)),
    ("2026-11-03T04:05:06.000", datetime(2026, 11, 3, 4, 5, 6, tzinfo=UTC)),
    ("2026-11-03 04:05:06", datetime(2026, 11, 3, 4, 5, 6, tzinfo=UTC)),
    ("2026-11-03T04:05:06+00:00", datetime(2026, 11, 3, 4, 5, 6, tzinfo=UTC)),
    ("2026-11-03T04:05:06+02:00", datetime(2026, 11, 3, 2, 5, 6, tzinfo=UTC)),
    ("2026-11-03T04:05:06.250-0330", datetime(2026, 11, 3, 7, 35, 6, 250_000, tzinfo=UTC)),
    ("2026-11-03", datetime(2026, 11, 3, tzinfo=UTC)),
]


def test_times_are_utc_however_they_are_spelled(duckdb_store: Store, tmp_path: Path) -> None:
    changes = ({"ChargePeriodStart": text, "ChargePeriodEnd": "2026-11-30", "SkuId": text} for text, _ in TIMES)
    loaded(duckdb_store, write(tmp_path / "a.csv", focus_text(*changes)))
    assert {row["sku_id"]: row["charge_period_start"] for row in rows(duckdb_store, Charge)} == dict(TIMES)


NUMBERS: list[tuple[str, str]] = [
    ("1.5E-7", "0.00000015"),
    ("4.5e-10", "0.00000000045"),
    ("1E+3", "1000"),
    ("-0.000000000001", "-0.000000000001"),
    ("+7", "7"),
    (".5", "0.5"),
    ("2.000000000000000", "2"),
    ("1.5000000000000E-7", "0.00000015"),
    ("120E-13", "0.000000000012"),
    ("0.00000000000000E-9", "0"),
    ("0.00023323212010399399E+8", "23323.212010399399"),
    ("12345678901234567890.123456789012", "12345678901234567890.123456789012"),
]


def test_numbers_are_exact_however_they_are_spelled(duckdb_store: Store, tmp_path: Path) -> None:
    changes = ({"BilledCost": text, "SkuId": text} for text, _ in NUMBERS)
    loaded(duckdb_store, write(tmp_path / "a.csv", focus_text(*changes)))
    found = {row["sku_id"]: row["billed_cost"] for row in rows(duckdb_store, Charge)}
    assert found == {text: Decimal(exact) for text, exact in NUMBERS}


@given(st.lists(st.decimals(-(10**14), 10**14, places=12), min_size=1, max_size=25), st.booleans())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_amount_survives_to_its_twelfth_digit(
    duckdb_store: Store, tmp_path: Path, costs: list[Decimal], scientific: bool
) -> None:
    with localcontext(Context(prec=60)):
        spelled = [f"{cost:E}" if scientific else f"{cost:f}" for cost in costs]
        path = write(tmp_path / "random.csv", focus_text(*({"BilledCost": text} for text in spelled)))
        ingest(duckdb_store, path)
        assert sorted(row["billed_cost"] for row in rows(duckdb_store, Charge)) == sorted(costs)
        assert sum(row["billed_cost"] for row in rows(duckdb_store, CostDay)) == sum(costs)


def test_null_and_empty_are_unknown_and_never_nought(duckdb_store: Store, tmp_path: Path) -> None:
    unknown = {"ListCost": "NULL", "ContractedCost": "", "ChargeClass": "NULL", "PricingQuantity": ""}
    loaded(duckdb_store, write(tmp_path / "a.csv", focus_text(unknown)))
    charge = only(duckdb_store, Charge)
    for name in ("list_cost", "contracted_cost", "charge_class", "pricing_quantity"):
        assert charge[name] is None


def test_quotes_that_first_come_late_in_a_file_are_understood(duckdb_store: Store, tmp_path: Path) -> None:
    plain = focus_text({"BilledCost": "0", "Tags": ""})
    header, row = plain.splitlines(keepends=True)
    tagged = focus_text({"BilledCost": "1", "Tags": '{"a": "x,y", "b": "line\\nend"}'}).splitlines(keepends=True)[1]
    write(tmp_path / "late.csv", header + row * 30_000 + tagged)
    assert loaded(duckdb_store, tmp_path / "late.csv").row_count == 30_001
    assert quarantined(duckdb_store) == []


@pytest.mark.parametrize(
    "name", ["it's.csv", "a[1].csv", "q?.csv", "st*r.csv", 'say "hi".csv', "{a,b}.csv", "x.csv.parquet"]
)
def test_any_file_name_is_only_a_name(duckdb_store: Store, tmp_path: Path, name: str) -> None:
    write(tmp_path / "a1.csv", focus_text({"BilledCost": "99"}))
    path = tmp_path / name
    if name.endswith(".parquet"):
        parquet(path, BilledCost=["7"])
    else:
        write(path, focus_text({"BilledCost": "7"}))
    assert loaded(duckdb_store, path).row_count == 1
    assert only(duckdb_store, Charge)["billed_cost"] == 7


def test_a_folder_named_like_a_partition_adds_no_column(duckdb_store: Store, tmp_path: Path) -> None:
    write(tmp_path / "Tags=none" / "RegionId=mars" / "a.csv", focus_text())
    loaded(duckdb_store, tmp_path)
    charge = only(duckdb_store, Charge)
    assert (charge["tags"], charge["region_id"]) == (None, None)


def test_the_parts_of_a_folder_are_one_delivery_and_may_differ_in_kind_and_columns(
    duckdb_store: Store, tmp_path: Path
) -> None:
    write(tmp_path / "part-1.csv", focus_text({"BilledCost": "1"}, {"BilledCost": "2"}))
    parquet(tmp_path / "part-2.parquet", BilledCost=[4.0], RegionId=["eu-1"])
    write(tmp_path / "part-3.csv", focus_text().splitlines()[0] + "\n")
    write(tmp_path / "README.txt", "not data")
    outcome = loaded(duckdb_store, tmp_path)
    assert outcome.row_count == 3
    assert sum(row["billed_cost"] for row in rows(duckdb_store, Charge)) == 7
    assert ingest(duckdb_store, tmp_path) == []
