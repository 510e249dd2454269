"""The folder slos/ beside burnline.toml: every file in it, and what is wrong with each."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from config.reference.problem import Problem, Problems
from config.slo_files.asked import unasked
from config.slo_files.building import Named, build
from config.slo_files.documents import Document, Place, PlacedError, read_documents
from config.slo_files.parsing import parse
from config.slo_files.schema import AlertCondition, AlertPolicy, DataSource, Object, Service, Sli, Slo
from domain.slo.definition import SloDefinition

FOLDER = "slos"
ENDINGS = (".yaml", ".yml")
CONNECTION_KEYS = {"source"}
"""What a DataSource may say of its connection: address and secret stand in burnline.toml only."""

Kept = TypeVar("Kept")
Found = TypeVar("Found", bound=Object)


@dataclass(frozen=True, slots=True)
class SloFiles:
    """The SLOs that can be used. `problems` are what is left out, or not counted; `notes` tell what has no effect."""

    definitions: tuple[SloDefinition, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Read:
    problems: Problems
    notes: Problems
    document: Document
    content: Object

    def tell(self, place: Place, sentence: str) -> None:
        self.problems.add(self.document.line(place), f"{self.content.kind} {self.content.metadata.name!r}: {sentence}")

    def note(self, place: Place, sentence: str) -> None:
        self.notes.add(self.document.line(place), f"{self.content.kind} {self.content.metadata.name!r}: {sentence}")


def slo_paths(folder: Path) -> list[Path]:
    """The YAML files of a folder and of those in it, by name."""
    return sorted(path for path in folder.rglob("*") if path.suffix in ENDINGS and path.is_file())


def read_slos(
    paths: Sequence[Path],
    beside: Iterable[Path] = (),
    *,
    anywhere: bool = False,
    servers: Collection[str] | None = None,
) -> SloFiles:
    """The SLOs of the files; one that cannot be used is a problem, and all others stand.

    What SLOs refer to may stand in any of the files, and in those `beside` them, whose own SLOs and problems do not
    count. `anywhere`: the numbers come from a file, so where an indicator would be read is not looked at. `servers` are
    the Prometheus sources, None when they are not known; an SLO that none of them counts is a problem and stands.
    """
    problems = {path: Problems(path) for path in paths}
    notes = {path: Problems(path) for path in paths}
    read = [item for path in paths for item in _objects(problems[path], notes[path])]
    known = _distinct(read)
    others = [item for path in beside if path not in problems for item in _objects(Problems(path), Problems(path))]
    named = _named([*known, *_distinct(others, silent=True)], anywhere=anywhere)
    definitions = []
    for item in known:
        if isinstance(item.content, Slo):
            try:
                definition = build(item.content, named, item.note)
            except PlacedError as error:
                item.tell(error.place, error.sentence)
                continue
            definitions.append(definition)
            if servers is not None:
                for place, sentence in unasked(item.content, definition, servers).items():
                    item.tell(place, sentence)
    return SloFiles(
        definitions=tuple(definitions),
        problems=tuple(problem for found in problems.values() for problem in _sorted(found.found)),
        notes=tuple(note for found in notes.values() for note in _sorted(found.found)),
    )


def load_slos(folder: Path, servers: Collection[str] | None = None) -> SloFiles:
    """The SLOs of `slos/` in the operator's folder; none when there is no such folder."""
    return read_slos(slo_paths(folder / FOLDER), servers=servers)


def _objects(problems: Problems, notes: Problems) -> list[_Read]:
    found = []
    for document in read_documents(problems):
        content, wrong = parse(document)
        for error in wrong:
            problems.add(document.line(error.place), error.sentence)
        if content is not None:
            found.append(_Read(problems, notes, document, content))
    return found


def _distinct(read: Sequence[_Read], *, silent: bool = False) -> list[_Read]:
    first: dict[tuple[str, str], _Read] = {}
    for item in read:
        key = (item.content.kind, item.content.metadata.name)
        before = first.setdefault(key, item)
        if before is not item and not silent:
            where = f"{before.problems.path.name} line {before.document.line(('metadata', 'name'))}"
            item.tell(("metadata", "name"), f"the name is taken by {where}; choose another")
        wrong = _connection(item.content) if before is item else None
        if wrong:
            item.tell(("spec", "connectionDetails"), wrong)
    return list(first.values())


def _connection(content: Object) -> str | None:
    if isinstance(content, DataSource) and set(content.spec.connection_details) - CONNECTION_KEYS:
        return "connectionDetails names the source only (source: NAME); address and secret stand in burnline.toml"
    return None


def _named(read: Sequence[_Read], *, anywhere: bool) -> Named:
    contents = [item.content for item in read]
    return Named(
        indicators=_by_name(contents, Sli, lambda found: found.spec),
        services=_by_name(contents, Service, lambda found: found.metadata.display_name or found.metadata.name),
        policies=_by_name(contents, AlertPolicy, lambda found: found.spec),
        conditions=_by_name(contents, AlertCondition, lambda found: found.spec),
        sources=_by_name(contents, DataSource, lambda found: found.spec),
        anywhere=anywhere,
    )


def _by_name(contents: list[Object], kind: type[Found], kept: Callable[[Found], Kept]) -> dict[str, Kept]:
    found: dict[str, Kept] = {}
    for content in contents:
        if isinstance(content, kind):
            found.setdefault(content.metadata.name, kept(content))
    return found


def _sorted(problems: list[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: problem.line or 0)
