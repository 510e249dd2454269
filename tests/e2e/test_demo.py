"""From the vendors' bills over HTTP to the page a reader sees and the message a channel gets."""

import os
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Literal, TypeAlias

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from burnline.demo import SEED
from config.loader import load_reference
from sandbox.company import Company
from sandbox.truth import Truth
from store.export import plain
from tests.e2e.conftest import slack_messages
from tests.support.browser import screenshot_folder, wait_until_drawn
from tests.support.served import Served

PAGES = {
    "weekly": "/",
    "metric": "/metric?kpi=safety_violation_rate",
    "today": "/today",
    "alerts": "/alerts",
    "spend": "/spend",
    "why-it-moved": "/why-it-moved",
    "unit-economics": "/unit-economics",
    "slos": "/slos",
    "latency": "/latency",
    "budgets": "/budgets",
    "reconciliation": "/reconciliation",
    "incidents": "/incidents",
    "quality": "/quality",
    "delivery": "/delivery",
    "people": "/people",
    "catalogue": "/catalogue",
    "providers": "/providers?look=OpenAI",
    "sources": "/sources",
}
Scheme: TypeAlias = Literal["light", "dark"]
LOOKS: list[tuple[Scheme, int]] = [("light", 1440), ("dark", 390)]
"""Both themes and both widths once each; the pictures of the documentation take all four."""
if os.environ.get("BURNLINE_SCREENSHOTS"):
    LOOKS += [("dark", 1440), ("light", 390)]
UPSTREAM = ("svg-img-alt",)
"""Streamlit's own sparklines in metric cards have no name for a screen reader, and no way to give one."""
EXPECTED_404 = ("/_stcore/health", "/_stcore/host-config")
"""A deep link asks for these below its own path first (streamlit#7074)."""


@pytest.fixture(scope="module")
def truth(demo: Served, demo_folder: Path) -> Truth:
    anchor = date.fromisoformat((demo_folder / "demo/sandbox/anchor.txt").read_text().strip())
    return Truth(Company(SEED, anchor))


def last_month() -> tuple[date, date]:
    this = datetime.now(UTC).date().replace(day=1)
    return (this - timedelta(days=1)).replace(day=1), this


def opened(browser: Browser, url: str) -> Page:
    page = browser.new_context(viewport={"width": 1440, "height": 1000}, reduced_motion="reduce").new_page()
    page.goto(url)
    wait_until_drawn(page)
    return page


@pytest.mark.parametrize("name", PAGES)
def test_a_page_draws_whole_and_can_be_read_by_everybody_in_both_themes_and_on_a_phone(
    demo: Served, browser: Browser, tmp_path: Path, name: str
) -> None:
    """Every other page begins dark and on a phone: a page is loaded once, and each look is some pages' first."""
    is_odd = list(PAGES).index(name) % 2
    looks = LOOKS[::-1] if is_odd else LOOKS
    context = browser.new_context(
        viewport={"width": looks[0][1], "height": 1000}, color_scheme=looks[0][0], reduced_motion="reduce"
    )
    page = context.new_page()
    failures = failures_of(page)
    page.goto(demo.url + PAGES[name])
    for scheme, width in looks:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": 1000})
        wait_until_drawn(page, settle_milliseconds=200)
        main = page.locator('[data-testid="stMain"]')
        text = main.inner_text()
        assert "Demo data" in text
        assert "could not be drawn" not in text
        assert "Traceback" not in text
        assert main.evaluate("e => e.scrollWidth <= e.clientWidth + 1"), "the page scrolls sideways"
        height = main.evaluate("e => e.scrollHeight")
        page.set_viewport_size({"width": width, "height": min(max(int(height), 800), 5000)})
        wait_until_drawn(page)
        page.screenshot(path=screenshot_folder(tmp_path) / f"{name}-{scheme}-{width}.png", animations="disabled")
        barriers = Axe().run(page).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"][:200]) for v in barriers if v["id"] not in UPSTREAM] == []
    assert failures == []
    context.close()


def failures_of(page: Page) -> list[str]:
    """What goes wrong in the page from now on: scripts, policies, requests."""
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.on(
        "console",
        lambda message: failures.append(message.text) if "Content Security Policy" in message.text else None,
    )
    page.on("requestfailed", lambda request: failures.append(request.url))
    page.on(
        "response",
        lambda answer: (
            failures.append(f"{answer.status} {answer.url}")
            if answer.status >= 400 and not answer.url.endswith(EXPECTED_404)
            else None
        ),
    )
    return failures


def test_last_months_spend_on_the_page_is_the_companys_to_the_last_digit(
    demo: Served, browser: Browser, truth: Truth
) -> None:
    start, end = last_month()
    page = opened(browser, demo.url + "/spend?period=last-month")
    text = page.inner_text('[data-testid="stMain"]')
    exact = re.search(r"Exactly (-?[\d,.]+) USD", text)
    assert exact, text
    assert Decimal(exact[1].replace(",", "")) == truth.total_cost(start, end, datetime.now(UTC))


def test_what_nobody_owns_is_shown_and_true(demo: Served, browser: Browser, truth: Truth) -> None:
    start, end = last_month()
    page = opened(browser, demo.url + "/spend?period=last-month")
    unattributed = truth.unattributed_cost(start, end, datetime.now(UTC))
    expect(page.locator('[data-testid="stMain"]')).to_contain_text(f"${unattributed:,.2f}", timeout=15_000)


def test_slack_hears_of_each_budget_in_danger_once(demo: Served, demo_folder: Path, truth: Truth) -> None:
    now = datetime.now(UTC)
    month = now.date().replace(day=1)
    messages = slack_messages(demo)
    roots = [message for message in messages if not message.get("thread_ts")]
    above = {m["ts"] for m in roots if "The organisation " in m["text"] and f"{month:%B} budget" in m["text"]}
    within = str([m for m in messages if m["ts"] in above or m.get("thread_ts") in above])
    texts = [message["text"] for message in roots]
    reference = load_reference(demo_folder / "demo/config")
    names = {feature.key: feature.name for feature in reference.features}
    spent_by_team: dict[str, Decimal] = {}
    teams = {feature.key: feature.team for feature in reference.features}
    for cost in truth.borne_costs(month, now.date(), now):
        if cost.feature:
            team = teams[cost.feature]
            spent_by_team[team] = spent_by_team.get(team, Decimal(0)) + cost.billed_cost
    assert names
    days = (now.date() - month).days
    for budget in reference.budgets:
        if (budget.scope_type, budget.period, budget.period_start) != ("team", "month", month):
            continue
        spent = spent_by_team.get(budget.scope, Decimal(0))
        pace = spent / days * (budget.period_end - month).days if days >= 3 else Decimal(0)
        in_danger = spent > budget.amount * Decimal("0.8") or pace > budget.amount
        about = [text for text in texts if f"Team {budget.scope} " in text and f"{month:%B} budget" in text]
        if not in_danger:  # its forecast may still be over it, and is not ours to know
            about = [text for text in about if "the forecast is" not in text]
        assert len(about) <= 1, (budget, texts)
        is_told = bool(about) or f"Team {budget.scope}" in within
        assert is_told if in_danger else not about, (budget, plain(spent), texts)


def test_a_button_in_slack_is_heard_by_the_running_server(demo: Served, browser: Browser) -> None:
    page = browser.new_context().new_page()
    page.goto(demo.slack_url)
    article = page.locator("article", has=page.get_by_role("button", name="Acknowledge")).first
    name = article.get_attribute("id")
    article.get_by_role("button", name="Acknowledge").click()
    expect(page.locator(f'[id="{name}"]')).to_contain_text("Acknowledged by lucia.farrow on")
    left = page.locator(f'[id="{name}"] button').all_inner_texts()
    assert left[-2:] == ["Not useful", "Snooze 1 day"]
    assert "Acknowledge" not in left


def test_the_server_says_whether_it_is_ready_and_sends_a_strict_policy(demo: Served) -> None:
    import urllib.request

    assert demo.text("/livez") == "ok"
    assert demo.text("/readyz") == "ok"
    with urllib.request.urlopen(demo.url, timeout=30) as answer:
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Frame-Options"] == "DENY"
