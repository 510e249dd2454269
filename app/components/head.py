"""What stands on top of every page: its title, how fresh the data are, the demo's notice, the backfill's progress."""

from datetime import datetime

import streamlit as st

from app import data, freshness
from app import format as fmt
from app.components.sql import show_sql
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
        _badges(found, data.horizon().costs_to)
    loading = [state for state in found if state.is_loading_history]
    if loading:
        _progress(found)
    version = data.data_version()
    st.fragment(_watch, run_every=LOADING_SECONDS if loading else IDLE_SECONDS)(version, bool(loading))


def _badges(found: list[SourceState], costs_to: datetime | None) -> None:
    trouble = freshness.summary(found)
    with st.container(horizontal=True, width="content", gap="small", vertical_alignment="center"):
        text = f"Costs to {fmt.moment(costs_to)}" if costs_to else "No costs yet"
        st.badge(text, icon=":material/schedule:", color="gray", help="All days are UTC days.")
        if trouble:
            st.badge(trouble, icon=":material/error:", color="orange", help="See the page Sources.")
        show_sql(data.ask("ops/sources"), data.ask("ops/cost_freshness", since=data.cost_sources_since()))


def _progress(found: list[SourceState]) -> None:
    done = [s for s in found if not s.is_loading_history]
    running = [s.source for s in found if s.state == "running"]
    waiting = [s.source for s in found if s.state == "waiting"]
    rows = sum(s.facts.get("loaded_row_count") or 0 for s in found)
    parts = [f"{len(done)} of {len(found)} sources loaded"]
    if running:
        parts.append(f"loading {fmt.listed(running)}")
    if waiting:
        parts.append(f"waiting: {fmt.listed(waiting)}")
    st.progress(len(done) / len(found), text=f"Loading history: {'; '.join(parts)}. {fmt.count(rows)} rows so far.")


def _watch(version: str, loading: bool) -> None:
    """Draws the page again when data arrived: at once during the first load, on request afterwards."""
    if data.data_version() == version:
        return
    if loading or st.button("New data arrived: refresh", icon=":material/refresh:", type="tertiary"):
        st.rerun(scope="app")
