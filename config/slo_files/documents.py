"""YAML documents as plain values that remember the line of each key. Numbers keep every digit."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import yaml

from config.reference.problem import Problems

Place = tuple[str | int, ...]
"""The keys and positions that lead to a value: ("spec", "objectives", 0, "target")."""
LARGEST_BYTES = 1_000_000
MOST_VALUES = 50_000
"""A file by hand has a few hundred; repeated aliases can blow up a small one to billions."""

DEEPEST = 50
"""OpenSLO needs about twelve levels; libyaml puts each level on the stack of the process, and thousands end it."""

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml is five times as fast, where it was built in
_PREFIX = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a file."""

    content: Any
    lines: dict[Place, int]

    def line(self, place: Place) -> int:
        """Where this place is, or what it would be part of."""
        while place not in self.lines:
            place = place[:-1]
        return self.lines[place]


class PlacedError(Exception):
    """Something that cannot be used, with its place in the document."""

    def __init__(self, place: Place, sentence: str) -> None:
        super().__init__(sentence)
        self.place = place
        self.sentence = sentence


def read_documents(problems: Problems) -> list[Document]:
    """The documents of a file. What is no YAML is one problem, and the documents before it are still good."""
    found: list[Document] = []
    try:
        raw = problems.path.read_bytes()
        if len(raw) > LARGEST_BYTES:
            problems.add(None, "the file is larger than a megabyte; split it")
            return []
        text = raw.decode("utf-8-sig")
        _check_depth(text)
        for node in yaml.compose_all(text, Loader=_Loader):
            reader = _Reader()
            try:
                found.append(Document(reader.value(node, ()), reader.lines))
            except PlacedError as fault:
                problems.add(reader.lines.get(fault.place), fault.sentence)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        problems.add(line, f"this is no YAML: {error.problem or error.context}; indent with spaces, quote what is text")
    except (yaml.YAMLError, UnicodeDecodeError):
        problems.add(None, "the file holds bytes that are no text in UTF-8; save it as UTF-8")
    except PlacedError as error:
        problems.add(None, error.sentence)
    except OSError as error:
        problems.add(None, f"the file cannot be read: {error.strerror}")
    return [document for document in found if document.content is not None]


def _check_depth(text: str) -> None:
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_Loader):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > DEEPEST:
                raise PlacedError((), "the file is nested too deeply to be an SLO")
    except yaml.MarkedYAMLError:
        return  # composing stops there as well, after the documents before it


class _Reader:
    def __init__(self) -> None:
        self.lines: dict[Place, int] = {}

    def value(self, node: yaml.Node, place: Place) -> Any:
        self.lines.setdefault(place, node.start_mark.line + 1)
        if len(place) > DEEPEST:
            raise PlacedError((), "the document contains itself (*name inside of &name)")
        if len(self.lines) > MOST_VALUES:
            raise PlacedError((), "the document holds too many values to be an SLO; look for repeated aliases (*name)")
        if isinstance(node, yaml.MappingNode):
            return dict(self._entries(node, place))
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*place, number)) for number, item in enumerate(node.value)]
        return _scalar(node.tag.removeprefix(_PREFIX), str(node.value))

    def _entries(self, node: yaml.MappingNode, place: Place) -> Iterator[tuple[str, Any]]:
        seen: dict[str, int] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
            here = (*place, key)
            if key in seen:
                self.lines[here] = line
                raise PlacedError(here, f"the key {key!r} stands in line {seen[key]} already; keep one")
            seen[key] = self.lines[here] = line
            yield key, self.value(value_node, here)


def _scalar(tag: str, text: str) -> Any:
    """Text stays text, dates too; a number that Python writes in another way is left for the schema to refuse."""
    match tag:
        case "null":
            return None
        case "bool":
            return text.lower() in ("true", "yes", "on")
        case "int" | "float":
            try:
                number = Decimal(text)
            except InvalidOperation:
                return text
            if not number.is_finite():
                return text
            return int(number) if tag == "int" else number
        case _:
            return text
