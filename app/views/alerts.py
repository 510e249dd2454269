"""What needs a person now, what became of the rest, and whether the rules are worth listening to."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import streamlit as st

from app import alert_tables, alerts, data
from app import format as fmt
from app.alerts import DAYS, Line
from app.components import (
    alert_actions,
    alert_detail,
    alert_rules,
    alert_trouble,
    chooser,
    columns,
    empty,
    filters,
    head,
    metrics,
    table,
)
from app.components.filters import Items, Options
from app.components.markdown import plain
from app.components.metrics import Card
from app.components.section import section
from app.components.sql import show_sql
from app.period import Period
from queries.runner import Result

PAGE = {"title": "Alerts", "url": "alerts", "icon": ":material/notifications:", "order": 15}

FILTERS = ("severity", "team", "feature", "rule", "status")
CHOICE = "alert"
MOST_SHOWN = 200
"""Of the open ones and of those that are over; the files hold all."""
SEVERITIES = {"page": "Page", "ticket": "Ticket", "info": "Info"}
STATUSES = {"open": "Open", "acknowledged": "Acknowledged", "resolved": "Resolved", "withdrawn": "Withdrawn"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page was asked for, and when: `at` is the minute that ages count to."""

    period: Period
    filters: tuple[tuple[str, Items], ...]
    at: datetime

    def of(self, name: str) -> list[str]:
        """What one filter leaves; empty for all."""
        return list(dict(self.filters).get(name, ()))

    @property
    def rated(self) -> dict[str, list[str]]:
        """The filters that the numbers of rules know."""
        return {name: self.of(name) for name in ("severity", "rule")}


def render() -> None:
    """The page."""
    found = _options()
    filters.accept_keys(found, *FILTERS)
    head.draw("Alerts")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        period = filters.choose_period(data.to_now())
        asked = Asked(period, filters.choose_filters(found, FILTERS), data.now().replace(second=0, microsecond=0))
    if told := filters.told(asked.filters, found):
        st.caption(told)
    _summary(asked)
    alert_trouble.messages(asked.at)
    lines = _lines(asked)
    going_on = alerts.by_impact(lines, data.currency())
    _open(asked, going_on)
    ended = [line for line in lines if not line.is_open]
    by_key = {line.key: line for line in (*going_on, *ended)}
    names = {key: found.of(CHOICE).get(key, key) for key in by_key}
    chosen = {st.session_state.get(CHOICE), st.query_params.get(CHOICE)}  # the box is not drawn yet
    drawn = {line.key for line in (*going_on[:MOST_SHOWN], *ended[:MOST_SHOWN])}
    names = {key: name for key, name in names.items() if key in drawn or key in chosen or name in chosen}
    if names and (key := chooser.box(names, CHOICE, "Click an open alert or choose one")):
        alert_detail.draw(by_key[key], asked.at)
        alert_actions.draw(by_key[key])
        alert_detail.history(by_key[key])
    _history(asked, ended)
    alert_rules.rules(asked.at, asked.rated)
    alert_rules.noise(asked.at)
    alert_trouble.silences(asked.at)
    alert_trouble.silences_toolbar(asked.at)


@section
def _summary(asked: Asked) -> None:
    lines = [line for line in _lines(asked) if line.is_open]
    currency = data.currency()
    st.markdown(f"## {plain(alerts.headline(lines, asked.at, 'with these filters' if asked.filters else ''))}")
    rated, noticed = alert_rules.by_rule(asked.at, asked.rated), _noticed(asked)
    found = alerts.stake(lines)
    right, wrong, unanswered = (
        sum(row[f"{name}_count"] for row in rated.rows()) for name in ("right", "wrong", "unanswered")
    )
    others = [fmt.money(cost, code) for code, cost in sorted(found.costs.items()) if code != currency]
    waiting = sum(1 for line in lines if line.has_it is None)
    notice = next(iter(noticed.rows()), None)
    metrics.draw(
        [
            Card("Open now", fmt.count(len(lines)), note=alerts.severities_told(lines) or None),
            Card(
                "Money at stake",
                fmt.money(found.costs.get(currency), currency),
                note="; ".join(filter(None, [*others, _stake_note(found)])) or None,
                help="Of open alerts. One that is a part of a larger open one counts there. Alerts about one cause may "
                "still share money.",
            ),
            Card(
                "Nobody has it",
                f"{waiting} of {len(lines)}" if lines else "0",
                note=alerts.holders_told(lines) or None,
                help="Open alerts that nobody has acknowledged.",
            ),
            Card(
                f"Right, {DAYS} days",
                alerts.precision(right, wrong),
                note=f"{fmt.count(unanswered)} unanswered",
                help=alert_rules.PRECISION,
            ),
            Card(
                f"Time to notice, {DAYS} days",
                fmt.clock(notice["median_notice_seconds"] if notice else None),
                note=f"median of {notice['noticed_count']} of {notice['fired_count']}" if notice else "none opened",
                help="From opening to the first person who acknowledged or answered; others are in no median.",
            ),
        ],
        metrics.WIDE,
    )
    show_sql(_found(asked), rated, noticed)


def _stake_note(found: alerts.Stake) -> str:
    if not found.known and not found.unknown:
        return ""
    return f"known of {found.known} of {fmt.plural(found.known + found.unknown, 'alert')}"


def _open(asked: Asked, lines: list[Line]) -> None:
    """Not cached as a section: its rows can be clicked."""
    st.markdown("## Open now, by money at stake")
    drawn = lines[:MOST_SHOWN]
    if not lines:
        empty.nothing("✓ No alert is open." if not asked.filters else "None is open with these filters.")
        show_sql(_found(asked))
        return
    shown = {
        "severity": columns.text("Severity"),
        "impact": columns.text("At stake", "– where no amount is known."),
        "title": columns.text("Alert", width="large"),
        "has_it": columns.text("Who has it"),
        "open_for": columns.text("Open for"),
        "answer": columns.text("Answer"),
        "told": columns.text("Told"),
        "owner": columns.text("Owner"),
        "team": columns.text("Team"),
        "feature": columns.text("Feature"),
        "rule": columns.text("Rule"),
    }
    chooser.rows(
        alert_tables.open_table(drawn, asked.at),
        shown,
        [line.key for line in drawn],
        CHOICE,
        alt=f"{fmt.plural(len(drawn), 'open alert')}, the most money at stake first.",
    )
    _cut(len(lines), "with the most at stake")
    table.toolbar(_found(asked), name="alerts-open", made=lambda: alert_tables.exact(lines, asked.at))


def _history(asked: Asked, lines: list[Line]) -> None:
    days = fmt.days(asked.period.start, asked.period.end)
    if not lines:
        st.markdown("## History")
        empty.nothing(f"None ended in {days} with these filters." if asked.filters else f"None ended in {days}.")
        show_sql(_found(asked))
        return
    are_over = "1 alert is over" if len(lines) == 1 else f"{fmt.count(len(lines))} alerts are over"
    st.markdown(f"## {are_over} in {days}")
    shown = {
        "status": columns.text("Status"),
        "severity": columns.text("Severity"),
        "title": columns.text("Alert", width="large"),
        "opened_at": columns.moment("Opened (UTC)"),
        "lasted": columns.text("Lasted"),
        "noticed": columns.text("Noticed after", "Until a person acknowledged or answered it first."),
        "has_it": columns.text("Who had it"),
        "answer": columns.text("Answer"),
        "impact": columns.text("At stake"),
        "team": columns.text("Team"),
        "feature": columns.text("Feature"),
        "rule": columns.text("Rule"),
    }
    table.draw(
        alert_tables.ended_table(lines[:MOST_SHOWN], asked.at),
        shown,
        alt=f"{are_over} in {days}, newest first.",
    )
    _cut(len(lines), "that opened last")
    table.toolbar(_found(asked), name="alerts-ended", made=lambda: alert_tables.exact(lines, asked.at))


def _cut(number: int, which: str) -> None:
    """Says that not all are drawn."""
    if number > MOST_SHOWN:
        st.caption(f"The {MOST_SHOWN} {which} of {fmt.count(number)}; filters narrow them, and the file holds all.")


def _options() -> Options:
    found = filters.options("alert/filter_values")
    return Options({**found.items, "severity": SEVERITIES, "status": STATUSES})


def _lines(asked: Asked) -> list[Line]:
    return data.derived(("alert lines", asked), lambda: _made_lines(asked))


def _made_lines(asked: Asked) -> list[Line]:
    made = alerts.lines(_found(asked).rows(), data.ask("alert/owners").rows())
    return alerts.narrowed(made, asked.of("team"), asked.of("feature"))


def _found(asked: Asked) -> Result:
    lists = {name: asked.of(name) for name in ("severity", "rule", "status")}
    return data.ask("alert/alerts", start=_midnight(asked.period.start), end=_midnight(asked.period.end), **lists)


def _noticed(asked: Asked) -> Result:
    start = asked.at - timedelta(days=DAYS)
    return data.ask("alert/noticed", start=start, end=asked.at + timedelta(minutes=1), **asked.rated)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


if __name__ == "__main__":
    render()
