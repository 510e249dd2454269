"""What is wrong with a line of a reference file, while everything else goes on working."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Problem:
    """`sentence` says what is wrong and what to do; `line` is None where the file has no such place."""

    path: Path
    line: int | None
    sentence: str

    def __str__(self) -> str:
        where = f"{self.path}: " if self.line is None else f"{self.path}: line {self.line}: "
        return where + self.sentence


class Problems:
    """Collects the problems of one file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.found: list[Problem] = []

    def add(self, line: int | None, sentence: str) -> None:
        """Notes one problem."""
        self.found.append(Problem(self.path, line, sentence))
