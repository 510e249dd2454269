"""What went wrong, how long it hurt, and what is still owed: our incidents, and the providers' beside them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import streamlit as st

from app import data, events, incident_chart, incident_tables, incidents
from app import format as fmt
from app.charts import incident_timeline
from app.charts.marks import marked
from app.components import (
    chart,
    chooser,
    columns,
    empty,
    filters,
    head,
    incident_debts,
    incident_detail,
    metrics,
    table,
)
from app.components.filters import Items
from app.components.markdown import plain
from app.components.metrics import Card
from app.components.section import section
from app.components.sql import show_sql
from app.incidents import Line
from app.period import Period
from domain.incident.period import PeriodClocks, period_clocks
from domain.window import Window
from queries.incident_clocks import incidents_of
from queries.runner import Result

PAGE = {"title": "Incidents", "url": "incidents", "icon": ":material/emergency:", "order": 54}

FILTERS = ("severity", "team", "feature")
FILTER_VALUES = "incident/filter_values"
OWN, PROVIDERS = "own", "providers"
MINUTE = timedelta(minutes=1)
OF_OURS = ("detected", "acknowledged", "postmortem", "team")
"""What no provider tells of its incidents."""
CONNECT = (
    "No incident is known. Connect PagerDuty, incident.io or ServiceNow and the providers' status pages in "
    "`burnline.toml`, or load a file: `python -m burnline import incidents FILE`. docs/incidents.md shows how."
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page was asked for, and when: `at` is the minute that ages count to."""

    period: Period
    whose: str
    filters: tuple[tuple[str, Items], ...]
    at: datetime

    @property
    def window(self) -> Window:
        """The days of the period in UTC."""
        return Window(_midnight(self.period.start), _midnight(self.period.end))

    @property
    def seen(self) -> Window:
        """What of it is over."""
        return Window(self.window.start, max(min(self.window.end, self.at), self.window.start + MINUTE))

    @property
    def lists(self) -> dict[str, list[str]]:
        """The filters as parameters of a query."""
        return {name: list(items) for name, items in self.filters}

    @property
    def of_owner(self) -> dict[str, list[str]]:
        """Those of team and feature: of any severity an item is owed, and requests have none."""
        return {name: items for name, items in self.lists.items() if name != "severity"}


def render() -> None:
    """The page."""
    found = filters.options(FILTER_VALUES)
    filters.accept_keys(found, *FILTERS)
    head.draw("Incidents")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        period = filters.choose_period(data.to_now())
        whose = filters.choose_one("Whose", filters.WHOSE, "whose")
        asked = Asked(
            period, whose, filters.choose_filters(found, FILTERS), data.now().replace(second=0, microsecond=0)
        )
    if told := filters.told(asked.filters, found):
        st.caption(f"{told} Providers' incidents have no team and no feature; they stay beside ours.")
    if not _timeline(asked).row_count and not _providers(asked).row_count and not found.items.get("severity"):
        st.info(CONNECT, icon=":material/emergency:")
        show_sql(_timeline(asked), _providers(asked))
        return
    if whose == PROVIDERS:
        _provider_summary(asked)
    else:
        _summary(asked)
    _chart(asked)
    lines = _lines(asked)
    _list(asked, lines)
    by_key = {line.url_key: line for line in lines}
    names = {key: f"{line.name} ({key})" for key, line in by_key.items()}
    if key := chooser.box(names, "incident", "Click a row above or choose an incident"):
        chosen = by_key[key]
        incident_detail.draw(chosen, _timeline(asked) if chosen.incident else _providers(asked), asked.at)
    if whose != PROVIDERS:
        incident_debts.actions(asked.at.date(), asked.of_owner)
        incident_debts.postmortems(asked.window.start, asked.at, asked.of_owner)


@section
def _summary(asked: Asked) -> None:
    now, before = _clocks(asked, asked.window), _clocks(asked, _window_before(asked))
    own = [line for line in _lines(asked) if line.incident]
    days = fmt.days(asked.period.start, asked.period.end)
    st.markdown(f"## {plain(incidents.headline(now, own, days))}")
    if warning := incidents.open_warning(now):
        st.warning(warning, icon=":material/hourglass_top:")
    grave = incidents.graves(own, asked.window)
    oldest = now.open.incidents[0] if now.open.count else None
    metrics.draw(
        [
            Card(
                "Open now",
                fmt.count(now.open.count),
                note=f"oldest {fmt.clock(oldest.age_seconds)}, {oldest.severity or 'no severity'}" if oldest else None,
                help="Of any time; in no mean. The age counts from the impact's start, else from the declaration.",
            ),
            Card(
                "Sev1 + sev2 of AI",
                fmt.count(grave.count),
                note=f"{grave.sev1} sev1, {grave.sev2} sev2",
                help="Declared in the period, by the severity they have now. "
                f"{grave.others} more are not related to AI, of {grave.not_told} nobody said it.",
            ),
            _clock_card("MTTD", now.detect, "Detected − impact start, of those declared in the period."),
            _clock_card(
                "MTTA", now.acknowledge, "First acknowledgement − declaration, of those declared in the period."
            ),
            _clock_card(
                "MTTR",
                now.restore,
                "Mitigated (else resolved) − impact start, of those restored in the period; pauses of one that came "
                "back are left out. Open ones are in no mean.",
            ),
        ],
        metrics.WIDE,
    )
    told = incidents.coverage(now, incidents.uncounted(_timeline(asked).rows()))
    told.append(incidents.before_note(before, fmt.days(asked.period.before, asked.period.before_end)))
    st.caption(" ".join(told))
    show_sql(_clock_rows(asked), _timeline(asked))


def _clock_card(label: str, found: Any, help_: str) -> Card:
    return Card(label, fmt.clock(found.mean_seconds), note=incidents.spread_note(found), help=f"The mean. {help_}")


@section
def _provider_summary(asked: Asked) -> None:
    lines = _lines(asked)
    going_on = [line for line in lines if line.is_open]
    days = fmt.days(asked.period.start, asked.period.end)
    goes_on = f"; {len(going_on)} {'goes' if len(going_on) == 1 else 'go'} on" if going_on else ""
    st.markdown(f"## Providers had {fmt.plural(len(lines), 'incident')} in {days}{goes_on}")
    st.caption("As their status pages tell. What a provider does not publish is not here.")
    metrics.draw(
        [
            Card(f"{name}, hours of impact", fmt.clock(seconds), note=fmt.plural(count, "incident"))
            for name, count, seconds in incidents.impact_by_provider(lines, asked.seen)
        ]
        or [Card("Incidents", "0")]
    )
    show_sql(_providers(asked))


@section
def _chart(asked: Asked) -> None:
    lines, seen = _lines(asked), asked.seen
    rows, whose = _errors(asked).rows(), _whose_requests(asked)
    during, otherwise = incident_chart.errors_in_trouble(rows, lines, seen)
    bars = "Each bar is a span of impact (▸ goes on, ◇ only the declaration is known)"
    drawn = incident_timeline.timeline(
        incident_chart.bars(lines, seen),
        incident_chart.lanes(lines),
        incident_chart.errors(rows, seen),
        title=incident_chart.finding(during, otherwise, whose),
        subtitle=f"{bars}; shaded: a provider's incident. Above: failed and throttled of {whose} by hour. UTC."
        if rows
        else f"{bars}, UTC. {incident_chart.unknown(whose)}",
        span=(seen.start, seen.end),
    )
    marks = events.marks(seen.start, seen.end, asked.filters, without="incident")
    chart.draw(marked(drawn, marks, exact=True), key="incident-timeline")
    show_sql(_timeline(asked), _providers(asked), _errors(asked), events.asked(seen.start, seen.end))


def _whose_requests(asked: Asked) -> str:
    """Those that the error rate is of."""
    known = filters.options(FILTER_VALUES)
    owners = [fmt.listed([known.of(name).get(item, item) for item in items]) for name, items in asked.of_owner.items()]
    return f"the requests of {', '.join(owners)}" if owners else incident_chart.OURS


def _list(asked: Asked, lines: list[Line]) -> None:
    """Not cached as a section: its rows can be clicked."""
    st.markdown(f"## {fmt.plural(len(lines), 'incident')}, open ones first")
    if not lines:
        empty.nothing("None in this period with these filters.")
        show_sql(_timeline(asked))
        return
    shown = {
        "status": columns.text("Status"),
        "severity": columns.text("Severity"),
        "title": columns.text("Incident", width="medium"),
        "provider": columns.text("Whose"),
        "impact_started_at": columns.moment("Impact from (UTC)"),
        "restored": columns.text("Restored", "After the impact's start: the time it hurt; the age of an open one."),
        "detected": columns.text("Detected", "After the impact's start."),
        "acknowledged": columns.text("Acknowledged", "After the declaration."),
        "postmortem": columns.text("Postmortem", width=150),
        "service": columns.text("Service", width="small"),
        "team": columns.text("Team"),
        "url": columns.link("Link"),
    }
    if not any(line.row["url"] for line in lines):
        del shown["url"]
    if asked.whose == PROVIDERS:
        shown = {name: column for name, column in shown.items() if name not in OF_OURS}
    chooser.rows(
        incident_tables.table(lines, asked.at),
        shown,
        [line.url_key for line in lines],
        "incident",
        alt=f"{fmt.plural(len(lines), 'incident')}, open ones first, then the newest.",
    )
    table.toolbar(
        _timeline(asked),
        _clock_rows(asked),
        _providers(asked),
        name="incidents",
        made=lambda: incident_tables.exact(lines, asked.at),
    )


def _lines(asked: Asked) -> list[Line]:
    return data.derived(("incident lines", asked), lambda: _made_lines(asked))


def _made_lines(asked: Asked) -> list[Line]:
    made: list[Line] = []
    if asked.whose != PROVIDERS:
        made += incidents.own_lines(_timeline(asked).rows(), incidents.known(_incidents(asked), asked.at))
    if asked.whose != OWN:
        made += incidents.provider_lines(_providers(asked).rows(), asked.at)
    return incidents.listed(made)


def _incidents(asked: Asked) -> Any:
    return data.derived(("incidents", asked), lambda: incidents_of(_clock_rows(asked).rows()))


def _clocks(asked: Asked, window: Window) -> PeriodClocks:
    return period_clocks(_incidents(asked), window, asked.at)


def _window_before(asked: Asked) -> Window:
    return Window(_midnight(asked.period.before), _midnight(asked.period.before_end))


def _clock_rows(asked: Asked) -> Result:
    """Of both periods at once: those that are over since the earlier one began."""
    return data.ask("incident/clocks", start=_midnight(asked.period.before), end=asked.window.end, **asked.lists)


def _timeline(asked: Asked) -> Result:
    return data.ask("incident/timeline", start=asked.window.start, end=asked.window.end, **asked.lists)


def _providers(asked: Asked) -> Result:
    severity = asked.lists.get("severity", [])
    return data.ask("incident/provider_incidents", start=asked.window.start, end=asked.window.end, severity=severity)


def _errors(asked: Asked) -> Result:
    return data.ask("slo/errors_by_hour", start=asked.window.start, end=asked.window.end, **asked.of_owner)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


if __name__ == "__main__":
    render()
