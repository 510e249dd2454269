"""What stands on top of every page: its title, how fresh the data are, the demo's notice, the backfill's progress."""

from datetime import date

import streamlit as st

from app import data, freshness
from app import format as fmt
from app.components.sql import show_sql
from app.data import Horizon
from app.freshness import SourceState
from domain.duration import parse_duration

DEMO = (
    "**Demo data:** a fictional company, served by the sandbox on this machine. "
    "To connect your own provider, see the README."
)
LOADING_SECONDS = 3
IDLE_SECONDS = 60


def source_states() -> list[SourceState]:
    """Every source's state now, gravest first."""
    settings = data.settings()
    configured = {
        name: parse_duration(keys["stale_after"]) if keys.get("stale_after") else None
        for name, keys in settings.sources.items()
        if keys.get("enabled", True)
    }
    rows = data.ask("ops/sources").rows()
    return freshness.states(rows, configured, data.now(), parse_duration(settings.alerts.stale_after))


def draw(title: str) -> None:
    """The head of a page."""
    found = source_states()
    if data.settings().demo:
        st.info(DEMO, icon=":material/science:")
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.title(title, anchor=False, width="content")
        _badges(found, data.horizon())
    loading = [state for state in found if state.is_loading_history]
    if loading:
        _progress(found)
    version = data.data_version()
    st.fragment(_watch, run_every=LOADING_SECONDS if loading else IDLE_SECONDS)(version, bool(loading))


def _badges(found: list[SourceState], horizon: Horizon) -> None:
    trouble = freshness.summary(found)
    asked = [data.ask("ops/sources"), data.ask("ops/cost_freshness", since=horizon.billing_since)]
    with st.container(horizontal=True, width="content", gap="small", vertical_alignment="center"):
        if horizon.costs_to:
            _known(f"Costs to {fmt.moment(horizon.costs_to)}")
        else:
            asked.append(data.ask("cost/currencies", start=horizon.billing_since, end=horizon.today))
            _ended(max((row["last_day"] for row in asked[-1].rows()), default=None), horizon.billing_since)
        if trouble:
            st.badge(trouble, icon=":material/error:", color="orange", help="See the page Sources.")
        show_sql(*asked)


def _ended(last_day: date | None, billing_since: date) -> None:
    """Without a source that still bills: the last day with costs, and whether it is long ago."""
    if last_day is None:
        _known("No costs yet")
    elif last_day >= billing_since:
        _known(f"Costs until {fmt.day(last_day)}")
    else:
        told = f"No source has costs after this day, for more than {data.ENDED_DAYS} days. See the page Sources."
        st.badge(f"Costs until {fmt.day(last_day)}", icon=":material/history:", color="orange", help=told)


def _known(text: str) -> None:
    st.badge(text, icon=":material/schedule:", color="gray", help="All days are UTC days.")


def _progress(found: list[SourceState]) -> None:
    done = [s for s in found if not s.is_loading_history]
    shares = {s.source: freshness.loaded_share(s, data.now()) for s in found}
    running = [_loading(s.source, shares[s.source]) for s in found if s.state == "running"]
    waiting = [s.source for s in found if s.state == "waiting"]
    rows = sum(s.facts.get("loaded_row_count") or 0 for s in found)
    parts = [f"{len(done)} of {len(found)} sources loaded"]
    if running:
        parts.append(f"loading {fmt.listed(running)}")
    if waiting:
        parts.append(f"waiting: {fmt.listed(waiting)}")
    told = f"Loading history: {'; '.join(parts)}. {fmt.count(rows)} rows so far."
    st.progress(sum(shares.values()) / len(found), text=told)


def _loading(source: str, share: float) -> str:
    return f"{source} ({fmt.percent(share)})" if share else source


def _watch(version: str, loading: bool) -> None:
    """Draws the page again when data arrived: at once during the first load, on request afterwards."""
    if data.data_version() == version:
        return
    if loading or st.button("New data arrived: refresh", icon=":material/refresh:", type="tertiary"):
        st.rerun(scope="app")
