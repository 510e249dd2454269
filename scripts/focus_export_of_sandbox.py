"""Collects three weeks of the sandbox company through the real collectors and writes them as FOCUS 1.2."""

import os
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from burnline.collect import collect_sources
from burnline.context import open_context
from burnline.demo import FOLDER_VARIABLE, running_demo
from collectors.run import untold
from domain.window import Window, floor_day
from store.export import export_focus

DAYS = 21


def main(path: Path) -> None:
    """Writes `path`; usage without a bill is in it as estimates. Raises RuntimeError when a source fails."""
    today = floor_day(datetime.now(UTC))
    window = Window(today - timedelta(days=DAYS), today)
    with tempfile.TemporaryDirectory(prefix="burnline-focus-") as folder:
        os.environ[FOLDER_VARIABLE] = folder
        with running_demo():
            outcomes = collect_sources(None, window, untold)
            failed = [outcome.sentence() for outcome in outcomes if outcome.error]
            if failed:
                raise RuntimeError(failed[0])
            with path.open("w", newline="", encoding="utf-8") as file:
                export_focus(open_context(sync=False).store, file, window, "1.2", with_estimates=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
