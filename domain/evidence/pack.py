"""Puts a pack together: the manifest, the sums and the archive from files that are already written."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.evidence import readme
from domain.evidence.archive import MANIFEST, README, SUMS, overall_sha256, sha256_of, sums, zipped

QUERY_FOLDER = "queries"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The query behind a file: `parameters` are JSON; `can_be_narrowed`: a scope applies to it."""

    query: str
    text: str
    grain: str
    row_count: int
    parameters: Mapping[str, Any]
    can_be_narrowed: bool

    @property
    def path(self) -> str:
        """Where its text stands in the pack."""
        return f"{QUERY_FOLDER}/{self.query}.sql"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file of a pack and the question it answers; `asked` is None where no query made it."""

    name: str
    question: str
    content: bytes
    asked: Asked | None = None


@dataclass(frozen=True, slots=True)
class Pack:
    """A finished pack: `content` is the zip, `row_count` the rows of all its files."""

    content: bytes
    overall_sha256: str
    file_count: int
    row_count: int

    @property
    def sha256(self) -> str:
        """Of the zip."""
        return sha256_of(self.content)


def build(about: Mapping[str, Any], parts: Sequence[Part]) -> Pack:
    """The pack of these files, `about` first in its manifest. The same arguments give the same bytes."""
    told = {README: readme.TEXT.encode(), **{part.name: part.content for part in parts}}
    told |= {part.asked.path: part.asked.text.encode() for part in parts if part.asked}
    overall = overall_sha256(told)
    manifest = {**about, "files": [_entry(part) for part in parts], "overall_sha256": overall}
    named = {README: told.pop(README), MANIFEST: as_json(manifest), **told}
    members = {SUMS: sums(named).encode(), **named}
    row_count = sum(part.asked.row_count for part in parts if part.asked)
    return Pack(zipped(members), overall, len(parts), row_count)


def as_json(content: Mapping[str, Any]) -> bytes:
    """For people and scripts, in the order given."""
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()


def _entry(part: Part) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": part.name, "question": part.question, "sha256": sha256_of(part.content)}
    if part.asked:
        entry |= {
            "rows": part.asked.row_count,
            "grain": part.asked.grain,
            "can_be_narrowed": part.asked.can_be_narrowed,
            "query": part.asked.query,
            "query_file": part.asked.path,
            "query_sha256": sha256_of(part.asked.text.encode()),
            "parameters": dict(part.asked.parameters),
        }
    return entry
