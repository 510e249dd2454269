"""`burnline run`: the dashboard and the scheduler in one process, since a DuckDB file lets only one in."""

import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import anyio
import streamlit as st
from rich.console import Console
from starlette.middleware import Middleware

from burnline.context import Context, open_context
from burnline.demo import Demo, running_demo
from burnline.headers import SecurityHeaders
from burnline.probes import probe_routes
from burnline.progress import Bars
from burnline.scheduler import Worker
from config.settings import SettingsError, load_settings
from store.engine import open_store
from store.ledger import has_runs
from store.migrate import upgrade

ROOT = Path(__file__).resolve().parent.parent

out = Console(soft_wrap=True, highlight=False)


def serve(port: int | None) -> None:
    """Blocks until stopped. Raises SettingsError, StoreError before anything is served."""
    with running_demo() if wants_demo() else nullcontext() as demo:
        context = open_beside_pages()
        host = _loopback(context.settings.server.host)
        chosen = port or context.settings.server.port
        _refuse_used_port(host, chosen)
        app = build_app(context, lambda: _announce(host, chosen, demo), Bars(Console(stderr=True)))
        with suppress(KeyboardInterrupt):
            app.run(config={"server.address": host, "server.port": chosen, "logger.hideWelcomeMessage": True})
    out.print("Stopped.")
    out.file.flush()
    os._exit(0)  # a load under way is a transaction that the store drops; waiting for its vendor could take minutes


def open_beside_pages() -> Context:
    """A context whose store leaves half the cores to other sessions and to what draws the pages.

    A page's question gains little from a second thread and pays for it with a third more CPU.
    """
    return open_context(threads=max(1, (os.cpu_count() or 1) // 2))


def wants_demo() -> bool:
    """True when no source is configured and nothing was ever imported."""
    settings = load_settings()
    if settings.sources or settings.demo:
        return False
    store = open_store(settings.store.url)
    upgrade(store)
    empty = not has_runs(store)
    store.close()
    return empty


def build_app(context: Context, on_ready: Callable[[], None] = lambda: None, bars: Bars | None = None) -> st.App:
    """The ASGI application; its lifespan owns the scheduler. `bars` show the first run of each source."""
    return st.App(
        ROOT / "app" / "main.py",
        lifespan=_lifespan(context, on_ready, bars or Bars(out, quiet=True)),
        routes=probe_routes(context.store),
        middleware=[Middleware(SecurityHeaders)],
    )


def _lifespan(
    context: Context, on_ready: Callable[[], None], bars: Bars
) -> Callable[[Any], AbstractAsyncContextManager[Any]]:
    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[dict[str, Any]]:
        worker = Worker(context, progress=bars.tell, on_loaded=bars.close)
        await anyio.to_thread.run_sync(_warm)
        await anyio.to_thread.run_sync(worker.start)
        on_ready()
        bars.open()
        try:
            yield {}
        finally:
            bars.close()
            worker.stop()

    return lifespan


def _warm() -> None:
    """The first reader should not wait for imports."""
    import pandas  # noqa: F401
    import plotly.io  # noqa: F401

    import app.data  # noqa: F401


def _announce(host: str, port: int, demo: Demo | None) -> None:
    if demo:
        out.print("Demo: a fictional company; loading its last 120 days through the real collectors.")
        out.print(f"Its Slack channel: {demo.slack_url}", markup=False)
    out.print(f"Burnline is at http://{host}:{port}  (Ctrl+C ends it)", markup=False)


def _loopback(host: str) -> str:
    try:
        near = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        near = False
    if not near:
        raise SettingsError(
            f"Burnline does not know yet who is asking, so it serves this machine only: set [server] host to "
            f"127.0.0.1 instead of {host!r}, and reach it from elsewhere through an SSH tunnel."
        )
    return host


def _refuse_used_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingsError(
                f"Port {port} on {host} cannot be used ({error.strerror}); end the program that has it, "
                "or choose another with --port or [server] port."
            ) from None
