"""The reference files: features, rules, budgets, prices, annotations."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from config.loader import load_reference
from config.settings import Budgets, SettingsError

FEATURES = '[[feature]]\nkey = "search"\nname = "Search"\nteam = "Discovery"\n'
BUDGETS = "scope_type,scope,period,period_start,amount,currency\n"
PRICE = '[[price]]\nprovider = "openai"\nmodel = "m"\n'


def refused(folder: Path, file: str, content: str) -> str:
    """The error of a file that cannot be read at all."""
    (folder / file).write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_reference(folder)
    message = str(caught.value).replace(f"{folder}/", "")
    assert "\n" not in message
    assert message.startswith(file)
    return message.removeprefix(file).lstrip(": ")


def told(folder: Path, file: str, content: str, budgets: Budgets | None = None) -> str:
    """The only problem: where and what."""
    if not (folder / "features.toml").exists():
        (folder / "features.toml").write_text(FEATURES, encoding="utf-8")
    (folder / file).write_text(content, encoding="utf-8")
    (problem,) = load_reference(folder, budgets).problems
    message = str(problem).replace(f"{folder}/", "")
    assert "\n" not in message
    assert message.startswith(f"{file}: line ")
    return message.removeprefix(f"{file}: ")


def test_without_files_there_is_nothing_to_know(tmp_path: Path) -> None:
    reference = load_reference(tmp_path)
    assert (reference.features, reference.rules, reference.budgets) == ((), (), ())


def test_a_whole_set_of_files_is_read(tmp_path: Path) -> None:
    (tmp_path / "features.toml").write_text(FEATURES)
    (tmp_path / "attribution.toml").write_text(
        '[[rule]]\nname = "r"\nproject = "proj-*"\ntags = {team = "x"}\nfeature = "search"\nvalid_from = 2026-01-01\n'
    )
    (tmp_path / "budgets.csv").write_text("\ufeff" + BUDGETS + "organization,,month,2026-11-01,1000.50,USD\n")
    (tmp_path / "prices.toml").write_text(PRICE + 'unit = "output_tokens"\nprice_per_million = "7.5"\n')
    (tmp_path / "annotations.csv").write_text("occurred_at,kind,title\n2026-11-01T00:00:00Z,launch,Search\n")
    reference = load_reference(tmp_path)
    (rule,) = reference.rules
    assert (rule.match, rule.tags, rule.valid_from) == ({"project_id": "proj-*"}, {"team": "x"}, date(2026, 1, 1))
    (budget,) = reference.budgets
    assert (budget.amount, budget.period_end) == (Decimal("1000.50"), date(2026, 12, 1))
    assert reference.prices[0].price_per_million == Decimal("7.5")
    assert reference.annotations[0].feature == ""


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (FEATURES + FEATURES, "line 5: the feature 'search' stands in line 1 already; keep one"),
        (
            "\n" + FEATURES + 'teir = "critical"',
            "line 2: [[feature]] unknown key 'teir'; check its spelling or remove it",
        ),
        ('[[feature]]\nkey = "a"\nname = "A"', "line 1: [[feature]] the key 'team' is missing"),
        (FEATURES + 'tier = "gold"', "line 1: search has the tier 'gold'; use critical, standard, internal"),
        (FEATURES + 'status = "gone"', "line 1: search has the status 'gone'; use live, pilot, building, retired"),
        (
            FEATURES + 'links = { runbook = "javascript:alert(1)" }',
            "line 1: the link 'runbook' of search is no web address; begin it with https://",
        ),
        (
            FEATURES + 'links = { " " = "https://wiki.example.com" }',
            'line 1: a link of search has no name; write links = { runbook = "https://…" }',
        ),
    ],
)
def test_a_feature_that_cannot_be_used_is_named_with_its_line(tmp_path: Path, content: str, sentence: str) -> None:
    assert told(tmp_path, "features.toml", content) == sentence


def test_tables_in_another_spelling_have_no_line(tmp_path: Path) -> None:
    (tmp_path / "features.toml").write_text("feature = ['x']")
    (problem,) = load_reference(tmp_path).problems
    assert problem.line is None
    assert str(problem).endswith(
        "features.toml: [[feature]] Input should be a valid dictionary or instance of FeatureEntry"
    )


def test_a_feature_of_an_unknown_tier_keeps_its_costs(tmp_path: Path) -> None:
    (tmp_path / "features.toml").write_text(FEATURES + 'tier = "gold"')
    (feature,) = load_reference(tmp_path).features
    assert (feature.key, feature.tier) == ("search", "standard")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (FEATURES.replace("[[feature]]", "[feature]"), "write [[feature]] with two brackets, one table for each"),
        (FEATURES.replace("[[feature]]", "[[features]]"), "unknown key 'features'; this file holds [[feature]] tables"),
        ("[[feature]\n", "is not valid TOML: "),
    ],
)
def test_a_file_that_is_no_toml_of_its_kind_is_refused(tmp_path: Path, content: str, sentence: str) -> None:
    assert sentence in refused(tmp_path, "features.toml", content)


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        (
            'project = "p"\nfeature = "serch"',
            "line 2: the rule 'r' names the feature 'serch', which features.toml does not",
        ),
        ('feature = "search"', "line 2: the rule 'r' matches nothing in particular; name at least one of provider, "),
        ('project = "p"', "line 2: [[rule]] the key 'feature' is missing"),
        ('projekt = "p"\nfeature = "search"', "line 2: [[rule]] unknown key 'projekt'; check its spelling"),
        ('project = ["p"]\nfeature = "search"', "line 2: [[rule]] project: Input should be a valid string"),
        (
            'project = "p"\nfeature = "search"\nvalid_from = 2026-02-01\nvalid_to = 2026-01-01',
            "line 2: the rule 'r' ends before it begins; swap valid_from and valid_to",
        ),
        ('project = "p"\nfeature = "search"\nvalid_from = "soon"', "line 2: [[rule]] valid_from: Input should be a"),
    ],
)
def test_a_rule_that_cannot_be_used_is_named_with_its_line(tmp_path: Path, keys: str, sentence: str) -> None:
    assert told(tmp_path, "attribution.toml", f'# Rules\n[[rule]]\nname = "r"\n{keys}\n').startswith(sentence)
    assert load_reference(tmp_path).rules == ()


def test_a_rule_that_splits_by_no_request_log_is_told_and_keeps_its_feature(tmp_path: Path) -> None:
    (tmp_path / "features.toml").write_text(FEATURES)
    content = '[[rule]]\nname = "r"\nproject = "p"\nfeature = "search"\nsplit_by = "{}"\nvalid_from = 2026-11-01\n'
    (tmp_path / "attribution.toml").write_text(content.format("gatway") + content.format("gateway"))
    reference = load_reference(tmp_path, logs={"gateway"})
    assert [(rule.feature, rule.split_by) for rule in reference.rules] == [("search", None), ("search", "gateway")]
    assert [str(p).partition("attribution.toml: ")[2] for p in reference.problems] == [
        "line 1: the rule 'r' splits by 'gatway', which burnline.toml does not configure as a request log that "
        "counts usage; correct the name, or write counts_usage = true in [sources.gatway]. "
        "Until then search bears all of it",
        "line 7: the rule 'r' can never match, since 'r' in line 1 takes all of its costs; "
        "put the narrower rule first, or remove one",
    ]


def test_who_does_not_know_the_sources_takes_a_rule_at_its_word(tmp_path: Path) -> None:
    (tmp_path / "features.toml").write_text(FEATURES)
    (tmp_path / "attribution.toml").write_text(rules('project = "p"\nsplit_by = "gateway"'))
    reference = load_reference(tmp_path)
    assert (reference.rules[0].split_by, reference.problems) == ("gateway", ())


def rules(*keys: str) -> str:
    return "".join(f'[[rule]]\nname = "r{n}"\nfeature = "search"\n{k}\n' for n, k in enumerate(keys))


def test_a_rule_behind_a_wider_one_is_told_with_both_lines_and_kept(tmp_path: Path) -> None:
    content = rules('project = "shop-*"', 'project = "shop-eu"\nmodel = "gpt-*"')
    assert told(tmp_path, "attribution.toml", content) == (
        "line 5: the rule 'r1' can never match, since 'r0' in line 1 takes all of its costs; "
        "put the narrower rule first, or remove one"
    )
    assert len(load_reference(tmp_path).rules) == 2


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ('project = "shop-eu"', 'project = "shop-*"'),
        ('project = "shop-*"', 'model = "gpt-*"'),
        ('project = "shop-*"\nvalid_to = 2026-01-01', 'project = "shop-eu"'),
        ('tags = {team = "x"}', 'tags = {owner = "x"}'),
        ('project = "shop-?"', 'project = "shop-*"'),
    ],
)
def test_a_rule_that_leaves_something_to_the_next_is_fine(tmp_path: Path, first: str, second: str) -> None:
    (tmp_path / "features.toml").write_text(FEATURES)
    (tmp_path / "attribution.toml").write_text(rules(first, second))
    assert load_reference(tmp_path).problems == ()


def test_budgets_in_another_encoding_are_told(tmp_path: Path) -> None:
    (tmp_path / "budgets.csv").write_bytes((BUDGETS + "team,Zürich,month,2026-11-01,5,USD\n").encode("latin-1"))
    with pytest.raises(SettingsError, match=r"budgets\.csv is not a CSV file in UTF-8"):
        load_reference(tmp_path)


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        (
            'unit = "input_tokens"\nprice_per_million = 1',
            "line 1: m has a price for the unknown unit 'input_tokens'; use uncached",
        ),
        ('unit = "output_tokens"\nprice_per_million = -1', "line 1: [[price]] price_per_million: Input should be gr"),
        ('unit = "output_tokens"', "line 1: [[price]] the key 'price_per_million' is missing"),
        (
            'unit = "output_tokens"\nprice_per_million = 1\nvalid_to = 1970-01-01',
            "line 1: the price of m output_tokens ends before it begins; swap its dates",
        ),
    ],
)
def test_a_price_that_cannot_be_used_is_named_with_its_line(tmp_path: Path, keys: str, sentence: str) -> None:
    assert told(tmp_path, "prices.toml", PRICE + keys + "\n").startswith(sentence)


def test_an_annotation_without_a_time_is_told(tmp_path: Path) -> None:
    content = "occurred_at,kind,title\nsometime,launch,Search\n"
    assert told(tmp_path, "annotations.csv", content).startswith(
        "line 2: occurred_at: Input should be a valid datetime"
    )


def test_prices_and_discounts_are_read(tmp_path: Path) -> None:
    (tmp_path / "prices.toml").write_text(
        '[[discount]]\nprovider = "openai"\nmodel = "gpt-*"\npercent = 12.5\nvalid_from = 2026-07-01\n'
        + PRICE
        + 'service_tier = "default"\nper_million = { output_tokens = 7.5, images = "40000" }\n'
    )
    reference = load_reference(tmp_path)
    assert reference.problems == ()
    assert [(p.service_tier, p.unit, p.price_per_million) for p in reference.prices] == [
        ("standard", "output_tokens", Decimal("7.5")),
        ("standard", "images", Decimal(40_000)),
    ]
    (discount,) = reference.discounts
    assert (discount.model, discount.service_tier, discount.percent) == ("gpt-*", "*", Decimal("12.5"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("percent = 120", "line 1: [[discount]] percent: Input should be less than or equal to 100"),
        ("", "line 1: [[discount]] the key 'percent' is missing"),
        ("percent = 5\nratio = 0.05", "line 1: [[discount]] unknown key 'ratio'; check its spelling or remove it"),
        (
            "percent = 5\nvalid_to = 1970-01-01",
            "line 1: the discount of openai ends before it begins; swap its dates",
        ),
    ],
)
def test_a_discount_that_cannot_be_used_is_named_with_its_line(tmp_path: Path, content: str, sentence: str) -> None:
    assert told(tmp_path, "prices.toml", f'[[discount]]\nprovider = "openai"\n{content}\n') == sentence


def test_two_prices_for_one_day_are_told_with_both_lines(tmp_path: Path) -> None:
    first = PRICE + 'unit = "output_tokens"\nprice_per_million = 1\nvalid_to = 2026-07-01\n'
    second = PRICE + "per_million = { output_tokens = 2 }\nvalid_from = 2026-06-30\n"
    assert told(tmp_path, "prices.toml", first + second) == (
        "line 7: the price of m output_tokens holds on days that line 1 has a price for already; end one of them"
    )
    assert len(load_reference(tmp_path).prices) == 1
    (tmp_path / "prices.toml").write_text(first + second.replace("06-30", "07-01"), encoding="utf-8")
    assert load_reference(tmp_path).problems == ()


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ('unit = "images"\nprice_per_million = 1\nper_million = {}', "give either per_million or unit with price_per"),
        ("per_million = { tokens = 1 }", "m has a price for the unknown unit 'tokens'; use uncached_input_tokens"),
        ('per_million = { output_tokens = "USD" }', "[[price]] per_million.output_tokens: Input should be a valid dec"),
    ],
)
def test_prices_of_several_units_that_cannot_be_used_are_named(tmp_path: Path, keys: str, sentence: str) -> None:
    assert sentence in told(tmp_path, "prices.toml", PRICE + keys + "\n")
