"""routes.toml decides where an alert goes, says why, and names what is wrong with it."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.configured import routing_of
from alerts.routing import Choice, Route, Routing, Subject, choose
from config.loader import load_reference
from config.settings import Settings, SettingsError, Slack

SLACK = Settings(slack=Slack(bot_token="env:T", channel="C1"))
FEATURES = '[[feature]]\nkey = "search"\nname = "Search"\nteam = "Discovery"\n'
DESTINATIONS = """\
[to.oncall]
sink = "slack"
channel = "C2"

[to.pager]
sink = "pagerduty"
routing_key = "env:KEY"

[to.finops]
sink = "email"
to = ["finops@example.com"]
"""
PAGE = Subject(
    rule="slo_burn",
    kind="promise",
    severity="page",
    scope={"feature": "search", "team": "Discovery", "tier": "critical"},
    impact_cost=Decimal(500),
)


def routing(folder: Path, routes: str, settings: Settings = SLACK) -> tuple[Routing, list[str]]:
    (folder / "features.toml").write_text(FEATURES)
    (folder / "routes.toml").write_text(DESTINATIONS + routes)
    reference = load_reference(folder)
    found, problems = routing_of(reference.routes, settings, reference.features)
    return found, [str(each).partition("routes.toml: ")[2] for each in (*reference.problems, *problems)]


def names(found: Routing, subject: Subject = PAGE) -> list[str]:
    return [choice.destination for choice in choose(found, subject).choices]


def test_the_first_route_that_fits_takes_the_alert_and_says_why(tmp_path: Path) -> None:
    found, problems = routing(
        tmp_path,
        '[[route]]\nkind = "cost"\nto = ["finops"]\n'
        '[[route]]\nseverity = "page"\nto = ["oncall", "pager"]\n'
        '[[route]]\nteam = "Disc*"\nto = ["finops"]\n',
    )
    assert problems == []
    verdict = choose(found, PAGE)
    assert verdict.choices == (Choice("oncall", "route 2 (line 15)"), Choice("pager", "route 2 (line 15)"))
    assert verdict.passed_over == {
        "route 1 (line 12)": "its kind is promise, not cost",
        "route 3 (line 18)": "route 2 (line 15) has taken it",
    }


def test_a_route_that_continues_adds_and_one_with_a_time_waits_for_an_acknowledgement(tmp_path: Path) -> None:
    found, problems = routing(
        tmp_path,
        '[[route]]\nseverity = "page"\nto = "oncall"\ncontinue = true\n'
        '[[route]]\ntier = ["critical", "standard"]\nto = ["pager"]\n'
        '[[route]]\nseverity = "page"\nafter = "15m"\nto = ["finops", "oncall"]\n',
    )
    assert problems == []
    verdict = choose(found, PAGE)
    assert [(choice.destination, choice.after) for choice in verdict.choices] == [
        ("oncall", None),
        ("pager", None),
        ("finops", timedelta(minutes=15)),
    ]
    assert verdict.choices[-1].reason == "route 3 (line 19), not acknowledged for 15 minutes"
    assert len(verdict.due(timedelta(minutes=14))) == len(verdict.due(None)) == 2
    assert len(verdict.due(timedelta(minutes=15))) == 3


@pytest.mark.parametrize(
    ("keys", "subject", "fits"),
    [
        ("min_impact = 500", PAGE, True),
        ("min_impact = 500.01", PAGE, False),
        ("min_impact = 0", Subject(rule="slo_burn", kind="promise", severity="page"), False),
        ('provider = "*"', PAGE, False),
        ('rule = "slo_*"\nfeature = "search"', PAGE, True),
        ('rule = "slo_*"\nfeature = "search"\nseverity = "ticket"', PAGE, False),
    ],
)
def test_every_key_must_fit_and_what_is_unknown_fits_none(
    tmp_path: Path, keys: str, subject: Subject, fits: bool
) -> None:
    found, _ = routing(tmp_path, f'[[route]]\n{keys}\nto = ["oncall"]\n')
    assert names(found, subject) == (["oncall"] if fits else ["slack"])


def test_what_no_route_takes_goes_to_the_default(tmp_path: Path) -> None:
    never = '[[route]]\nkind = "cost"\nto = ["finops"]\n'
    assert names(routing(tmp_path, never)[0]) == ["slack"]
    assert names(routing(tmp_path, never + '[default]\nto = ["oncall"]\n')[0]) == ["oncall"]
    found, problems = routing(tmp_path, never, Settings())
    assert names(found) == []
    assert problems == ['an alert that no route takes is told nowhere; add [default] with to = ["…"]']


def test_without_the_file_or_with_comments_only_everything_goes_to_the_channel_of_slack(tmp_path: Path) -> None:
    for content in (None, "# [to.oncall]\n"):
        if content:
            (tmp_path / "routes.toml").write_text(content)
        found, problems = routing_of(load_reference(tmp_path).routes, SLACK)
        assert (names(found), problems) == (["slack"], ())
        assert found.destinations["slack"].target == "C1"
        assert names(routing_of(load_reference(tmp_path).routes, Settings())[0]) == []


@pytest.mark.parametrize(
    ("routes", "told"),
    [
        ('[to.x]\nsink = "slak"\n', "has the unknown sink 'slak'; use one of email, pagerduty, s"),
        ('[to.x]\nsink = "slack"\n', "[to.x] the key 'channel' is missing"),
        ('[to.x]\nsink = "teams"\nurl = "https://secret"\n', "[to.x] url: must be a reference such as env:"),
        ('[to.x]\nsink = "email"\nto = ["a"]\n', "[to.x] to.0: 'a' is no e-mail address; write it bare"),
        ('[to.x]\nchannel = "C1"\n', "[to.x] the key 'sink' is missing"),
        ('[[route]]\nto = ["nobody"]\n', "names 'nobody', which no usable [to.<name>]"),
        ('[[route]]\nto = ["oncall", "nobody"]\n', "names 'nobody', which no usable"),
        ('[[route]]\nto = []\n', "to: "),
        ('[[route]]\nseverty = "page"\nto = ["oncall"]\n', "unknown key 'severty'"),
        ('[[route]]\nseverity = "sev1"\nto = ["oncall"]\n', "has the unknown severity 'sev1'; use one of page"),
        ('[[route]]\nkind = "costs"\nto = ["oncall"]\n', "has the unknown kind 'costs'; use one of cost"),
        ('[[route]]\nrule = "burn"\nto = ["oncall"]\n', "has the unknown rule 'burn'; use one of b"),
        ('[[route]]\nfeature = "serch"\nto = ["oncall"]\n', "has the unknown feature 'serch'; use one of s"),
        ('[[route]]\nafter = "soon"\nto = ["oncall"]\n', "after: 'soon' is not a duration"),
        ('[[route]]\nmin_impact = -1\nto = ["oncall"]\n', "min_impact: Input should be greater"),
        ('[default]\nto = ["nobody"]\n', "[default] names 'nobody'"),
        ('[default]\nfor = ["oncall"]\n', "[default] the key 'to' is missing"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_named_with_its_line_and_everything_else_works(
    tmp_path: Path, routes: str, told: str
) -> None:
    found, problems = routing(tmp_path, routes)
    assert problems[0].startswith("line 12: [")
    assert told in problems[0]
    assert len(problems) == 1
    assert {"slack", "oncall", "pager", "finops"} <= found.destinations.keys()
    assert names(found)


def test_a_route_below_one_that_takes_everything_is_named(tmp_path: Path) -> None:
    found, problems = routing(tmp_path, '[[route]]\nto = ["oncall"]\n[[route]]\nkind = "cost"\nto = ["finops"]\n')
    (told,) = problems
    assert told.startswith(
        "line 14: [[route]] never counts, because route 1 (line 12) takes every alert; move it above"
    )
    assert len(found.routes) == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            "[routes]\n",
            r"unknown key 'routes'; this file holds \[to.<name>\], \[\[route\]\] and ",
        ),
        ("[route]\n", r"write \[\[route\]\] with two brackets"),
        ("to = 'oncall'\n", r"write to as tables with a name each: \[to.<name>\]"),
        ("[to.oncall\n", "is not valid TOML"),
    ],
)
def test_a_file_of_another_form_is_refused(tmp_path: Path, content: str, told: str) -> None:
    (tmp_path / "routes.toml").write_text(content)
    with pytest.raises(SettingsError, match=told):
        load_reference(tmp_path)


_words = st.sampled_from(["a", "b", "*"])
_routes = st.builds(
    Route,
    label=st.text(min_size=1),
    match=st.dictionaries(st.sampled_from(["team", "feature", "tier"]), st.tuples(_words), max_size=2),
    to=st.lists(st.sampled_from(["x", "y", "z"]), min_size=1, max_size=3).map(tuple),
    after=st.none() | st.just(timedelta(minutes=5)),
    goes_on=st.booleans(),
)
_scopes = st.dictionaries(st.sampled_from(["team", "feature", "tier"]), st.sampled_from(["a", "b"]))


@given(st.lists(_routes, max_size=5), _scopes)
def test_every_alert_goes_somewhere_and_nowhere_twice(routes: list[Route], scope: dict[str, str]) -> None:
    subject = Subject(rule="r", kind="cost", severity="info", scope=scope)
    choices = choose(Routing(routes=routes, default=("d",)), subject).choices
    told = [choice.destination for choice in choices]
    assert len(set(told)) == len(told)
    assert any(choice.after is None for choice in choices)
    if "d" not in told:
        firsts = [route for route in routes if route.after is None and fits(route, scope)]
        assert firsts[0].to[0] == told[0]


def fits(route: Route, scope: dict[str, str]) -> bool:
    return all(key in scope and globs[0] in ("*", scope[key]) for key, globs in route.match.items())
