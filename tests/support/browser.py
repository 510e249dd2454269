"""A headless Chromium, whichever the machine has."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
]

READY = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  return app && app.dataset.testScriptState === 'notRunning' && app.dataset.testConnectionState === 'CONNECTED'
    && !document.querySelector('[data-testid="stSkeleton"]') && !document.querySelector('[data-stale="true"]');
}"""
"""Idle is not painted: skeletons and stale elements must be gone too."""


def executable() -> str | None:
    """The installed browser; None lets Playwright use its own."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((found for found in map(shutil.which, names) if found), None)


@contextmanager
def running_browser() -> Iterator[Browser]:
    """A browser for as long as the block lasts."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def wait_until_drawn(page: Page, *, settle_milliseconds: int = 800) -> None:
    """Waits until Streamlit is idle and everything is painted; text and layout settle sooner than charts."""
    page.wait_for_function(READY, timeout=60_000)
    page.wait_for_timeout(settle_milliseconds)


def screenshot_folder(tmp_path: Path) -> Path:
    """Where screenshots go: BURNLINE_SCREENSHOTS, else a folder of this run."""
    folder = Path(os.environ.get("BURNLINE_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
