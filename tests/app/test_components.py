"""Downloads and the SQL behind a number."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pyarrow as pa
from pyarrow import csv, parquet

from app import data
from app.as_file import as_csv, as_parquet
from app.components.markdown import plain
from app.components.sql import parameters
from store.engine import Store
from store.schema import MONEY
from store.tables import CollectorRun
from tests.app.conftest import NOW
from tests.app.support.seed import insert, runs

TABLE = pa.table({"provider": ["aws", "azure"], "billed_cost": pa.array([Decimal("18.006638618400"), None], MONEY)})


def test_a_csv_has_every_digit_and_an_empty_field_for_unknown() -> None:
    assert as_csv(TABLE).decode().splitlines() == ['"provider","billed_cost"', '"aws",18.006638618400', '"azure",']


def test_a_text_that_a_spreadsheet_would_run_is_inert_in_csv_and_exact_in_parquet() -> None:
    texts = ["=1+1", "+cmd|' /C calc'!A0", "-A1", "@sum(1)", "\t=1", "\r=1", "＝1", "-1+HYPERLINK(1)", '=a"b']
    harmless = ["plain", "a=1", "+7.5 pp", "-12.5%", "-3 days", "+$1.20", "–", "", None]
    table = pa.table({"text": [*texts, *harmless], "n": [-1.5] * (len(texts) + len(harmless))})
    read = csv.read_csv(
        BytesIO(as_csv(table)),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(strings_can_be_null=True, quoted_strings_can_be_null=False),
    )
    assert read.column("text").to_pylist() == [*(f"'{text}" for text in texts), *harmless]
    assert read.column("n").to_pylist() == table.column("n").to_pylist()
    assert parquet.read_table(BytesIO(as_parquet(table))).equals(table)


def test_a_list_is_one_field_of_a_csv() -> None:
    table = pa.table({"trend": pa.array([[1.5, -2.0], [], None], pa.list_(pa.float64()))})
    assert as_csv(table).decode().splitlines() == ['"trend"', '"1.5 -2.0"', '""', ""]


def test_parquet_keeps_money_decimal() -> None:
    read = parquet.read_table(BytesIO(as_parquet(TABLE)))
    assert read.schema.field("billed_cost").type == MONEY
    assert read.equals(TABLE)


def test_parameters_are_shown_as_bound() -> None:
    types = {"start": "date", "team": "texts", "model": "texts"}
    given = {"start": date(2026, 11, 1), "team": ("Discovery", "Trust")}
    assert parameters(types, given) == ":start = 2026-11-01\n:team = Discovery, Trust\n:model = all"


def test_an_answer_is_kept_until_the_store_changes(empty_store: Store) -> None:
    first = data.ask("ops/sources")
    assert data.ask("ops/sources") is first
    insert(empty_store, CollectorRun, runs(NOW)[:1])
    data.forget_version()
    assert data.ask("ops/sources").row_count == first.row_count + 1


def test_text_from_elsewhere_is_no_markup() -> None:
    assert plain("$5 *of* [x](y) :smile:") == "\\$5 \\*of\\* \\[x\\](y) \\:smile\\:"
    assert plain("a &lt;\n# b\n - c\n1. d\n---") == "a \\&lt;  \n\\# b  \n\\- c  \n1\\. d  \n\\---"
    assert ":material" not in plain(":material/delete:"), "Streamlit draws icons also from escaped text"
    assert plain("\u202eturned") == "turned"
