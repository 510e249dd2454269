"""`python -m sandbox`: serve the company on this machine until stopped."""

from __future__ import annotations

import argparse
import json
import socket
import sys
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import uvicorn

from sandbox import exports
from sandbox.company import Company
from sandbox.exports import keep_writing
from sandbox.provider_incidents import LIVE_AFTER
from sandbox.server import create_app

HOST = "127.0.0.1"
"""The sandbox has no real authentication: it is never reachable from another machine."""

_ANCHOR_FILE = "anchor.txt"


class SandboxServer(uvicorn.Server):
    """Says on standard output, as one JSON line, where it listens once it accepts connections."""

    def __init__(self, config: uvicorn.Config, url: str) -> None:
        super().__init__(config)
        self._url = url

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        sys.stdout.write(json.dumps({"url": self._url}) + "\n")
        sys.stdout.flush()


def resolve_anchor(given: date | None, state_dir: Path | None, today: date) -> date:
    """The anchor given, else the one stored in the state folder, else today; stored for the next start."""
    stored = state_dir / _ANCHOR_FILE if state_dir else None
    if given is None and stored and stored.exists():
        return date.fromisoformat(stored.read_text().strip())
    anchor = given or today
    if stored:
        stored.parent.mkdir(parents=True, exist_ok=True)
        stored.write_text(f"{anchor}\n")
    return anchor


def main(arguments: list[str] | None = None) -> None:
    """Parse the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one (default)")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--anchor", type=date.fromisoformat, help="YYYY-MM-DD, the company's 'today'")
    parser.add_argument("--state-dir", type=Path, help="keeps Slack messages, the anchor and the exports")
    parser.add_argument("--exit-with-parent", action="store_true", help="stop when standard input closes")
    options = parser.parse_args(arguments)
    anchor = resolve_anchor(options.anchor, options.state_dir, _now().date())
    company = Company(options.seed, anchor)
    if options.state_dir:
        keep_writing(company, options.state_dir / exports.FOLDER, _now)
    app = create_app(company, now=_now, state_dir=options.state_dir, live_from=_now() + LIVE_AFTER)
    listener = socket.create_server((HOST, options.port), backlog=128)
    # asyncio leaves this off for sockets it did not open: every small answer would then wait 40 ms to be confirmed.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    config = uvicorn.Config(app, lifespan="off", access_log=False, log_level="warning", ws="websockets-sansio")
    server = SandboxServer(config, f"http://{HOST}:{listener.getsockname()[1]}")
    if options.exit_with_parent:
        threading.Thread(target=_stop_at_end_of_input, args=(server,), daemon=True).start()
    server.run(sockets=[listener])


def _now() -> datetime:
    return datetime.now(UTC)


def _stop_at_end_of_input(server: SandboxServer) -> None:
    sys.stdin.read()
    server.should_exit = True


if __name__ == "__main__":
    main()
