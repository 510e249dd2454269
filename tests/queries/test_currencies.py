import re

import pytest
import sqlglot
from sqlglot import exp

from queries.catalog import Query, catalog

COSTS = {"attributed_cost_day", "cost_day", "scope_cost_day"}


def selects_of_costs(query: Query) -> list[exp.Select]:
    """The selects that add up something of a table of costs."""
    sql = re.sub(r"case\s+:\w+", "case 'x'", query.sql)  # which the parser does not know
    found = sqlglot.parse_one(sql, read="duckdb").find_all(exp.Select)
    return [select for select in found if _tables(select) & COSTS and _own(select, exp.Sum)]


def _tables(select: exp.Select) -> set[str]:
    source = select.args.get("from") or select.args.get("from_")
    return {source.this.name} if source and isinstance(source.this, exp.Table) else set()


def _own(select: exp.Select, kind: type[exp.Expression]) -> bool:
    return any(expression.find(kind) for expression in select.expressions)


@pytest.mark.parametrize("query", [q for q in catalog().values() if selects_of_costs(q)], ids=lambda q: q.name)
def test_no_query_adds_two_currencies(query: Query) -> None:
    """Each select that adds up money takes one currency, or keeps currencies apart."""
    for select in selects_of_costs(query):
        where, group = select.args.get("where"), select.args.get("group")
        one = where is not None and "currency = :currency" in where.sql(dialect="duckdb").replace(
            "$currency", ":currency"
        )
        apart = group is not None and any(c.name.endswith("currency") for c in group.find_all(exp.Column))
        assert one or apart, select.sql(dialect="duckdb", pretty=True)


def test_selects_of_costs_are_found() -> None:
    assert len(selects_of_costs(catalog()["cost/unit_total"])) == 1
