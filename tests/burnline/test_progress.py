"""Progress bars: on a terminal one per source, elsewhere nothing; gone when all is loaded."""

from io import StringIO
from pathlib import Path
from threading import Event

import pytest
from rich.console import Console

from burnline.context import open_context
from burnline.progress import Bars, count
from burnline.scheduler import Worker
from collectors.run import Step
from config.settings import CONFIG_DIR_VARIABLE, STORE_URL_VARIABLE
from tests.collectors.delivering import SAMPLE, write

STEP = Step("openai_costs", "from 01 Nov 2026", 3, 18)


def terminal() -> Console:
    return Console(file=StringIO(), force_terminal=True, width=100)


def shown(console: Console) -> str:
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_a_terminal_shows_a_bar_per_source_with_how_much_of_how_much() -> None:
    console = terminal()
    with Bars(console) as bars:
        bars.tell(STEP)
        bars.tell(Step("files", "reading", 0, None))
    assert "━" in shown(console)
    for told in ("openai_costs", "3 of 18", "from 01 Nov 2026", "files", "reading"):
        assert told in shown(console)


def test_names_with_brackets_are_shown_as_they_are() -> None:
    console = terminal()
    with Bars(console) as bars:
        bars.tell(Step("[red]a", "[b].csv", 1, 2))
    assert "[red]a" in shown(console)
    assert "[b].csv" in shown(console)


@pytest.mark.parametrize("quiet", [True, False], ids=["quiet", "no terminal"])
def test_where_no_person_looks_nothing_is_written(quiet: bool) -> None:
    console = Console(file=StringIO(), force_terminal=quiet, width=100)
    with Bars(console, quiet=quiet) as bars:
        bars.tell(STEP)
    assert shown(console) == ""


def test_bars_that_are_over_before_they_are_opened_stay_away() -> None:
    console = terminal()
    bars = Bars(console)
    bars.tell(STEP)
    bars.close()
    before = shown(console)
    bars.open()
    bars.close()
    assert shown(console) == before


@pytest.mark.parametrize(
    ("done", "total", "told"), [(3, 18, "3 of 18"), (0, 4, "0 of 4"), (3, None, "3 so far"), (0, None, ""), (0, 0, "")]
)
def test_what_nobody_can_know_is_not_counted(done: int, total: int | None, told: str) -> None:
    assert count(Step("a", "reading", done, total)) == told


@pytest.mark.parametrize("configured", [f"[sources.focus]\npath = '{SAMPLE}'\n", "demo = true\n"], ids=["one", "none"])
def test_the_worker_says_when_every_source_has_run_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, configured: str
) -> None:
    write(tmp_path / "burnline.toml", configured)
    monkeypatch.setenv(CONFIG_DIR_VARIABLE, str(tmp_path))
    monkeypatch.setenv(STORE_URL_VARIABLE, f"duckdb:///{tmp_path / 'store.duckdb'}")
    context, steps, loaded = open_context(), list[Step](), Event()
    worker = Worker(context, progress=steps.append, on_loaded=loaded.set)
    worker.start()
    try:
        assert loaded.wait(60)
    finally:
        worker.stop(wait=True)
        context.store.close()
    assert [(step.words.split()[0], step.done, step.total) for step in steps] == [
        (words, done, total)
        for _ in context.sources
        for words, done, total in (
            ("reading", 0, None),
            (SAMPLE.name, 0, None),
            ("reading", 1, None),
            ("done", 1, 1),
        )
    ]
