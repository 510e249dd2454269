"""Filters that live in the URL, so that a view can be shared: the key of a widget is the parameter's name."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Any

import streamlit as st

from app import data, period
from app import format as fmt
from app.components.markdown import plain
from app.data import Horizon
from app.period import Period

DIMENSIONS = {
    "feature": "Feature",
    "team": "Team",
    "provider": "Provider",
    "model": "Model",
    "project": "Project",
    "environment": "Environment",
}
LABELS = {
    **DIMENSIONS,
    "service": "Service",
    "severity": "Severity",
    "rule": "Rule",
    "status": "Status",
    "tier": "Tier",
}
"""Of everything that can be filtered by; costs have none of the last to be grouped by."""
BUCKETS = {"day": "Day", "week": "Week", "month": "Month"}
MEASURES = {"billed": "Billed", "effective": "Effective"}
WHOSE = {"all": "All", "own": "Our own", "providers": "Providers"}
FILTERABLE = ("provider", "team", "feature", "model", "environment")
URL: Any = "query-params"
KEYS = {"feature": "features"}
"""Names of filters in the URL that differ from their dimension: `feature` is the one feature a page looks into."""

ADDRESSED = {"kpi": "KPI", "slo": "SLO", "look": "provider", "span": "period", "by": "grouping"}
"""What people call a parameter that is no filter and whose name is no word for it."""

SHOWN_LENGTH, SHOWN_UNKNOWN = 60, 5
"""Of what an address asks for in vain, in one sentence."""

Items = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a page was asked for. `filters` holds only dimensions that are filtered."""

    period: Period
    currency: str
    filters: tuple[tuple[str, Items], ...] = ()

    def params(self, *names: str) -> dict[str, Any]:
        """Parameters of a query that takes start, end, currency and the named filters."""
        chosen = {name: items for name, items in self.filters if name in names}
        return {"start": self.period.start, "end": self.period.end, "currency": self.currency, **chosen}


@dataclass(frozen=True, slots=True)
class Options:
    """Values seen in the store by dimension, with names to show."""

    items: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def of(self, dimension: str) -> Mapping[str, str]:
        """Item → name of one dimension."""
        return self.items.get(dimension, {})


def accept_keys(found: Options, *dimensions: str, **one_of: str) -> None:
    """Streamlit binds labels (`?by=Team`) and drops all else; links that use keys (`?by=team`) work as well.

    Call it before the first widget of a page: the address is rewritten to labels and the page runs once more. What it
    asks for and is not there is told. `dimensions` are the filters of the page, `one_of` maps further parameters to
    their dimension.
    """
    names: dict[str, Mapping[str, str]] = {
        "period": period.NAMES,
        "by": DIMENSIONS,
        "bucket": BUCKETS,
        "measure": MEASURES,
        "whose": WHOSE,
    }
    names |= {KEYS.get(name, name): found.of(name) for name in dimensions}
    names |= {key: found.of(name) for key, name in one_of.items()}
    _accept(names, dimensions)


def accept_item(key: str, names: Mapping[str, str]) -> None:
    """The same for one box that a page draws later, of item → name; call it before that box."""
    if key not in st.session_state:
        _accept({key: names}, ())


def _accept(names: Mapping[str, Mapping[str, str]], dimensions: Sequence[str]) -> None:
    rewritten = {}
    unknown: list[tuple[str, str]] = []
    instead: list[str] = []
    for key, labels in names.items():
        given = st.query_params.get_all(key)
        if any(value in labels and labels[value] != value for value in given):
            rewritten[key] = [labels.get(value, value) for value in given]
        known = {*labels, *labels.values(), ""}
        vain = [(key, value) for value in given if value not in known]
        unknown += vain
        if len(vain) == len(given) > 0:
            instead += _instead(key, labels, dimensions)
    if rewritten:
        st.query_params.update(rewritten)
        st.rerun()
    if unknown:
        st.warning(_not_there(unknown, instead), icon=":material/link_off:")


def _instead(key: str, labels: Mapping[str, str], dimensions: Sequence[str]) -> list[str]:
    """What a page shows where an address asks in vain: a filter is open, of a choice the first is taken."""
    name = next((name for name in dimensions if KEYS.get(name, name) == key), None)
    if name is None:
        return []
    if name in LABELS:
        return [f"every {LABELS[name].lower()}"]
    return [plain(label) for label in [*labels.values()][:1]]


def _not_there(unknown: Sequence[tuple[str, str]], instead: Sequence[str]) -> str:
    """One sentence on what the address asks for in vain, and what is shown; long values are cut."""
    words = {**ADDRESSED, **{KEYS.get(name, name): label.lower() for name, label in LABELS.items()}}
    told = [f"{words.get(key, key)} “{plain(_cut(value))}”" for key, value in unknown[:SHOWN_UNKNOWN]]
    if len(unknown) > SHOWN_UNKNOWN:
        told.append(f"{len(unknown) - SHOWN_UNKNOWN} more")
    shown = f"shown instead: {fmt.listed(instead)}" if instead else "it is read without that"
    return f"The address asks for what is not there: {fmt.listed(told)}; {shown}."


def _cut(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= SHOWN_LENGTH else f"{line[: SHOWN_LENGTH - 1]}…"


def options(query: str = "cost/filter_values") -> Options:
    """What can be filtered by, from a query of (dimension, item, item_name)."""
    return data.derived(("filter options", query), lambda: _options(query))


def _options(query: str) -> Options:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    used: dict[str, set[str]] = defaultdict(set)
    for row in data.ask(query).rows():
        names = found[row["dimension"]]
        taken = row["item_name"] in used[row["dimension"]]
        used[row["dimension"]].add(row["item_name"])
        names[row["item"]] = f"{row['item_name']} ({row['item']})" if taken else row["item_name"]
    return Options(found)


def choose_period(horizon: Horizon) -> Period:
    """The period, with two dates of its own when it is custom."""
    name = st.segmented_control(
        "Period",
        list(period.NAMES),
        default=period.DEFAULT,
        required=True,
        format_func=period.NAMES.__getitem__,
        key="period",
        bind=URL,
    )
    custom: tuple[date, ...] = ()
    if name == "custom":
        first = horizon.complete_end - timedelta(days=period.ROLLING[period.DEFAULT])
        custom = st.date_input(
            "First and last day (UTC)",
            value=(first, horizon.complete_end - timedelta(days=1)),
            max_value=horizon.today,
            key="range",
            bind=URL,
            format="YYYY-MM-DD",
            width=260,
        )
    return period.resolve(name or period.DEFAULT, horizon.today, horizon.complete_end, custom)


def choose_one(label: str, names: Mapping[str, str], key: str, *, disabled: bool = False) -> str:
    """One of a few, as buttons beside each other; the first is the default. `disabled` where it decides nothing."""
    first = next(iter(names))
    chosen = st.segmented_control(
        label,
        list(names),
        default=first,
        required=True,
        format_func=names.__getitem__,
        key=key,
        bind=URL,
        disabled=disabled,
    )
    return chosen or first


def choose_currency(currencies: list[str]) -> str:
    """The organisation's currency first; a choice only when there are others."""
    own = data.currency()
    names = [own, *(c for c in currencies if c != own)]
    if len(names) == 1:
        return own
    return st.segmented_control("Currency", names, default=own, required=True, key="currency", bind=URL) or own


def choose_filters(found: Options, dimensions: tuple[str, ...]) -> tuple[tuple[str, Items], ...]:
    """Any number of values per dimension; none means all."""
    chosen = []
    with st.popover("Filters", icon=":material/filter_list:"):
        for name in dimensions:
            names = found.of(name)
            items = st.multiselect(
                LABELS[name],
                list(names),
                format_func=partial(_named, names),
                key=KEYS.get(name, name),
                bind=URL,
                placeholder="All",
            )
            if items:
                chosen.append((name, tuple(items)))
    return tuple(chosen)


def leave_nothing(chosen: tuple[tuple[str, Items], ...], found: Options) -> bool:
    """True, and said on the page, when no declared feature is in all of the filters of a review."""
    if not chosen or data.ask("kpi/scope", **dict(chosen)).row_count:
        return False
    parts = [
        f"{LABELS[name].lower()} {plain(' or '.join(found.of(name).get(item, item) for item in items))}"
        for name, items in chosen
    ]
    st.info(
        f"Nothing is in this filter: no feature has {fmt.listed(parts)}. Take one of them away to see numbers.",
        icon=":material/filter_list_off:",
    )
    return True


def _named(names: Mapping[str, str], item: str) -> str:
    return names.get(item, item)


def told(chosen: tuple[tuple[str, Items], ...], found: Options) -> str:
    """The active filters as Markdown: `Team: Discovery. Model: a and b.`; empty without any."""
    parts = [
        f"{LABELS[name]}: {plain(fmt.listed([found.of(name).get(item, item) for item in items]))}."
        for name, items in chosen
    ]
    return f"Only {' '.join(parts)}" if parts else ""
