"""Progress on a terminal: one bar per source, gone when the work is done."""

from threading import Lock
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from collectors.run import Step

COLUMNS = (
    TextColumn("{task.description}", markup=False),
    BarColumn(),
    TextColumn("{task.fields[count]}", markup=False),
    TimeElapsedColumn(),
    TextColumn("{task.fields[words]}", markup=False),
)


class Bars:
    """Draws what sources tell between `open` and `close`, or inside a `with`; nothing where no person looks.

    Sources may tell from several threads. A bar whose total nobody knows moves without a length.
    """

    def __init__(self, console: Console, *, quiet: bool = False) -> None:
        self._bars = Progress(*COLUMNS, console=console, transient=True, disable=quiet or not console.is_terminal)
        self._tasks: dict[str, TaskID] = {}
        self._lock = Lock()
        self._closed = False

    def open(self) -> None:
        """Begins to draw, unless all is over already."""
        with self._lock:
            if not self._closed:
                self._bars.start()

    def close(self) -> None:
        """Takes the bars off the terminal, for good."""
        with self._lock:
            if not self._closed:
                self._bars.stop()
            self._closed = True

    def tell(self, step: Step) -> None:
        """Moves the bar of one source."""
        now: dict[str, Any] = {
            "completed": step.done,
            "total": step.total,
            "count": count(step),
            "words": step.words,
        }
        with self._lock:
            if step.source in self._tasks:
                self._bars.update(self._tasks[step.source], **now)
            else:
                self._tasks[step.source] = self._bars.add_task(step.source, **now)

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def count(step: Step) -> str:
    """`3 of 18`; `3 so far` when the total is unknown; nothing before there is something to count."""
    if step.total:
        return f"{step.done} of {step.total}"
    return f"{step.done} so far" if step.done else ""
