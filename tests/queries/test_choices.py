"""A text parameter with choices: what its header declares is taken, anything else gets one sentence."""

from pathlib import Path
from typing import Any

import pytest

from app.components.filters import BUCKETS, DIMENSIONS, MEASURES
from queries.catalog import Query, QueryError, catalog, parse
from queries.runner import bind, run
from scripts.generate_docs import queries
from store.engine import Store
from tests.queries.test_header_contract import params

OFFERED = {"bucket": BUCKETS, "dimension": DIMENSIONS, "measure": MEASURES}
WITH_CHOICES = [(query, param) for query in catalog().values() for param in query.choices]


def written(folder: Path, declared: str) -> Path:
    """A query file with these parameters."""
    path = folder / "cost" / "made.sql"
    path.parent.mkdir()
    path.write_text(f"-- title: What?\n-- grain: one row\n-- params: {declared}\n-- returns: x text\nselect 'x' as x\n")
    return path


def test_a_header_declares_what_a_parameter_may_be(tmp_path: Path) -> None:
    query = parse(written(tmp_path, "day date (UTC), bucket text(day|week) (from Monday), currency text (ISO 4217)"))
    assert query.params == {"day": "date", "bucket": "text", "currency": "text"}
    assert query.choices == {"bucket": ("day", "week")}


@pytest.mark.parametrize("declared", ["bucket text (day|week)", "bucket text(day | week)", "bucket text(day|)"])
def test_choices_that_would_be_taken_for_a_remark_are_refused(tmp_path: Path, declared: str) -> None:
    with pytest.raises(QueryError, match="choices are written without a space"):
        parse(written(tmp_path, declared))


@pytest.mark.parametrize(("query", "param"), WITH_CHOICES, ids=lambda value: getattr(value, "name", value))
def test_each_choice_is_taken_and_nothing_else(query: Query, param: str) -> None:
    given = params(query)
    for word in query.choices[param]:
        assert bind(query, given | {param: word})[param] == word
    allowed = ", ".join(query.choices[param])
    for wrong in ("century", "", query.choices[param][0].upper()):
        with pytest.raises(QueryError) as refused:
            bind(query, given | {param: wrong})
        assert str(refused.value) == f"{query.name}: {param} must be one of {allowed}, not {wrong!r}"


@pytest.mark.parametrize("param", OFFERED)
def test_pages_offer_what_the_queries_take(param: str) -> None:
    taken = [set(query.choices[param]) for query, chosen in WITH_CHOICES if chosen == param]
    assert taken
    assert all(words == set(OFFERED[param]) for words in taken)


@pytest.mark.parametrize("bucket", ["hour", "Day", "week "])
def test_a_bucket_nobody_knows_is_not_taken_for_a_day(duckdb_store: Store, bucket: str) -> None:
    given: dict[str, Any] = params(catalog()["cost/spend_by_bucket"]) | {"bucket": bucket}
    with pytest.raises(QueryError, match="bucket must be one of day, week, month"):
        run(duckdb_store, "cost/spend_by_bucket", **given)


def test_the_documentation_shows_the_choices() -> None:
    assert "`bucket` text (day, week, month)" in queries()
