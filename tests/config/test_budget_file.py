"""The budget file: finance's columns, every scope, months and quarters, versions, and lines that cannot be used."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from config.loader import BudgetEntry, Reference, load_reference
from config.settings import Budgets, SettingsError, load_settings

FEATURES = '[[feature]]\nkey = "search"\nname = "Search"\nteam = "Discovery"\n'
RULES = '[[rule]]\nname = "r"\nproject = "p"\nfeature = "search"\nenvironment = "production"\n'
HEAD = "scope_type,scope,period,period_start,amount,currency,version\n"


def load(folder: Path, content: str, budgets: Budgets | None = None) -> Reference:
    (folder / "features.toml").write_text(FEATURES)
    (folder / "attribution.toml").write_text(RULES)
    (folder / (budgets or Budgets()).path).write_text(content, encoding="utf-8")
    return load_reference(folder, budgets)


def told(folder: Path, content: str, budgets: Budgets | None = None) -> str:
    """The only problem, without the folder."""
    (problem,) = load(folder, content, budgets).problems
    assert "\n" not in str(problem)
    return str(problem).removeprefix(f"{folder}/budgets.csv: ")


def test_every_scope_and_period_is_read(tmp_path: Path) -> None:
    scopes = ["organization,", "team,Discovery", "feature,search", "provider,openai", "model,gpt-5.4"]
    scopes.append("environment,production")
    lines = [f"{scope},month,2026-11-01,10,USD," for scope in scopes]
    reference = load(tmp_path, HEAD + "\n".join([*lines, "organization,,quarter,2026-10-01,30,USD,", ""]))
    assert reference.problems == ()
    assert [budget.scope_type for budget in reference.budgets[:6]] == [line.split(",")[0] for line in scopes]
    quarter = reference.budgets[-1]
    assert (quarter.period_end, quarter.span) == (date(2027, 1, 1), "2026-Q4")


@pytest.mark.parametrize(
    ("written", "period", "start", "end"),
    [
        ("month,2026-11", "month", date(2026, 11, 1), date(2026, 12, 1)),
        (",2026-12", "month", date(2026, 12, 1), date(2027, 1, 1)),
        ("Month,2024-02-01", "month", date(2024, 2, 1), date(2024, 3, 1)),
        (",2026-Q4", "quarter", date(2026, 10, 1), date(2027, 1, 1)),
        ("quarter,2026q1", "quarter", date(2026, 1, 1), date(2026, 4, 1)),
        ("Quarter,2026-07", "quarter", date(2026, 7, 1), date(2026, 10, 1)),
    ],
)
def test_a_period_may_be_written_as_finance_does(
    tmp_path: Path, written: str, period: str, start: date, end: date
) -> None:
    (budget,) = load(tmp_path, f"{HEAD}Organisation,,{written},5,USD,\n").budgets
    assert (budget.scope_type, budget.period) == ("organization", period)
    assert (budget.period_start, budget.period_end) == (start, end)


@pytest.mark.parametrize(
    ("written", "amount"), [("12500", "12500"), ('"12,500.25"', "12500.25"), ('"1,234,567"', "1234567"), (" 5 ", "5")]
)
def test_amounts_may_have_thousands(tmp_path: Path, written: str, amount: str) -> None:
    (budget,) = load(tmp_path, f"{HEAD}organization,,,2026-11,{written},USD,\n").budgets
    assert budget.amount == Decimal(amount)


def test_finance_may_keep_its_own_columns_and_leave_out_what_is_alike_for_all(tmp_path: Path) -> None:
    content = 'Level,Unit,Cost element,FY month,Plan,Rev,Signed\nTeam,Discovery,6100,2026-11,"9,000",R2,2026-10-20\n'
    settings = Budgets(
        path="plan.csv",
        columns={
            "scope_type": "Level",
            "scope": "Unit",
            "period_start": "FY month",
            "amount": "Plan",
            "version": "Rev",
            "approved_on": "Signed",
        },
        set={"currency": "EUR"},
    )
    reference = load(tmp_path, content, settings)
    assert reference.problems == ()
    assert reference.budgets == (
        BudgetEntry(
            scope_type="team",
            scope="Discovery",
            period="month",
            period_start=date(2026, 11, 1),
            amount=Decimal(9000),
            currency="EUR",
            version="R2",
            approved_on=date(2026, 10, 20),
        ),
    )
    assert "budgets.csv" in reference.declared


def test_all_versions_are_kept_in_the_order_of_the_file(tmp_path: Path) -> None:
    lines = ["team,Discovery,month,2026-11,10,USD,plan", "team,Discovery,month,2026-11-01,12,USD,revised"]
    reference = load(tmp_path, HEAD + "\n".join(lines) + "\n")
    assert reference.problems == ()
    assert [(budget.version, budget.amount) for budget in reference.budgets] == [("plan", 10), ("revised", 12)]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (
            "organization,,month,2026-11-01,lots,USD",
            "line 2: amount: 'lots' is not an amount such as 12500 or 12,500.00",
        ),
        ("organization,,month,2026-11-01,NaN,USD", "line 2: amount: 'NaN' is not an amount such as"),
        ('organization,,month,2026-11-01,"12.500,00",USD', "line 2: amount: '12.500,00' is not an amount such as"),
        ("organization,,month,2026-11-01,,USD", "line 2: amount: '' is not an amount such as"),
        ("organization,,month,2026-11-01,-5,USD", "line 2: amount: Input should be greater than or equal to 0"),
        ("organization,,month,2026-11-01,1e40,USD", "line 2: amount: "),
        ("organization,,month,2026-13-01,5,USD", "line 2: period_start: Input should be a valid date"),
        ("organization,,month,0001-01-01,5,USD", "line 2: period_start: Input should be greater than or equal to 2000"),
        ("organization,,month,2026-11-02,5,USD", "line 2: a month does not begin on 2026-11-02; write its first day"),
        ("organization,,quarter,2026-11-01,5,USD", "line 2: a quarter does not begin on 2026-11-01; write its first"),
        ("organization,,year,2026-01-01,5,USD", "line 2: the period 'year' is unknown; use month or quarter"),
        ("galaxy,x,month,2026-11-01,5,USD", "line 2: scope_type 'galaxy' is unknown; use organization, team, feature,"),
        (
            "organization,all,month,2026-11-01,5,USD",
            "line 2: leave the scope of an organization empty instead of 'all'",
        ),
        ("provider,,month,2026-11-01,5,USD", "line 2: the scope is empty; name the provider"),
        (
            "feature,serch,month,2026-11-01,5,USD",
            "line 2: the feature 'serch' is not in features.toml; declare it there, or use one of search",
        ),
        ("team,Nobody,month,2026-11-01,5,USD", "line 2: the team 'Nobody' is not in features.toml; declare it there,"),
        (
            "environment,staging,month,2026-11-01,5,USD",
            "line 2: the environment 'staging' is not in attribution.toml; declare it there, or use one of production",
        ),
        ("organization,,month,2026-11-01,5,usd", "line 2: currency: String should match pattern"),
        ("organization,,month,2026-11-01,5", "line 2: the key 'currency' is missing"),
        ("organization,,month,2026-11-01,5,USD,v1,x", "line 2: it has more fields than the first line names"),
    ],
)
def test_a_line_that_cannot_be_used_is_named_and_the_rest_still_works(tmp_path: Path, line: str, sentence: str) -> None:
    content = f"{HEAD}{line}\nteam,Discovery,month,2026-11,7,USD,\n"
    assert told(tmp_path, content).startswith(sentence)
    assert [budget.amount for budget in load(tmp_path, content).budgets] == [7]


def test_two_budgets_for_one_scope_and_month_are_named_with_both_lines(tmp_path: Path) -> None:
    content = HEAD + "team,Discovery,month,2026-11,5,USD,\n\nteam,Discovery,,2026-11-01,6,USD,\n"
    assert told(tmp_path, content) == (
        "line 4: the budget 'team Discovery 2026-11 USD' stands in line 2 already; "
        "keep one, or name revisions in the column version"
    )
    assert [budget.amount for budget in load(tmp_path, content).budgets] == [5]


def test_one_version_stands_once(tmp_path: Path) -> None:
    content = HEAD + "organization,,quarter,2026-Q4,5,USD,v2\n" * 2
    assert told(tmp_path, content).startswith("line 3: the budget 'organization 2026-Q4 USD' in version 'v2' stands in")


def test_a_month_and_the_quarter_that_begins_with_it_are_two_budgets(tmp_path: Path) -> None:
    content = HEAD + "organization,,,2026-10,5,USD,\norganization,,,2026-Q4,15,USD,\n"
    assert load(tmp_path, content).problems == ()


def test_a_missing_column_is_named_once(tmp_path: Path) -> None:
    sentence = told(
        tmp_path, "scope_type,scope,month,amount\nteam,Discovery,2026-11,5\n", Budgets(set={"currency": "USD"})
    )
    assert sentence.startswith(
        "line 1: the column 'period_start' is missing; name finance's own columns in burnline.toml"
    )


def test_a_column_that_the_settings_name_must_be_there(tmp_path: Path) -> None:
    content = HEAD + "organization,,,2026-10,5,USD,\n"
    assert told(tmp_path, content, Budgets(columns={"version": "Rev"})).startswith(
        "line 1: the column 'Rev' is missing"
    )


def test_a_file_that_the_settings_name_must_be_there(tmp_path: Path) -> None:
    (problem,) = load_reference(tmp_path, Budgets(path="plan.csv")).problems
    assert str(problem).endswith("plan.csv: there is no such file; correct path in burnline.toml under [budgets]")


def test_the_settings_take_only_columns_that_a_budget_has(tmp_path: Path) -> None:
    (tmp_path / "burnline.toml").write_text('[budgets.columns]\namuont = "Plan"\n')
    with pytest.raises(SettingsError, match=r"burnline\.toml: budgets\.columns\.amuont"):
        load_settings(tmp_path)


def test_a_line_number_is_that_of_the_file(tmp_path: Path) -> None:
    content = HEAD + 'provider,"two\nlines",month,2026-11-01,5,USD\nteam,Discovery,month,2026-11-01,x,USD\n'
    assert told(tmp_path, content).startswith("line 4: amount: ")


def test_a_file_that_is_no_csv_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"budgets\.csv is not a CSV file in UTF-8: "):
        load(tmp_path, HEAD + 'organization,,month,2026-11-01,5,"USD\n')
