"""Whether a pack is as it was made: what was changed, what is missing, what was added."""

import json
import struct
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from domain.evidence.archive import MANIFEST, SUMS, overall_sha256, sha256_of, zipped

KIND = "burnline evidence"
"""What a manifest calls itself."""
SPAN = frozenset({"from", "to", "time_zone"})
LONGEST = 400
"""Signs of one fault: a name in a zip may have 65,535."""
UNREADABLE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    NotImplementedError,
    RuntimeError,
    ValueError,
    EOFError,
    OSError,
    struct.error,
)
"""What Python's zipfile raises for bytes that are no zip, or one that is damaged, encrypted or of another kind."""


@dataclass(frozen=True, slots=True)
class Verified:
    """The sentences of everything that is wrong, none for a whole pack; `manifest` is empty where it is unreadable."""

    faults: tuple[str, ...]
    manifest: Mapping[str, Any] = field(default_factory=dict)


def verify(content: bytes) -> Verified:
    """Looks at every member and at the archive itself: not a byte may differ."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members, faults = _read(archive)
    except UNREADABLE as error:
        return Verified((_printable(f"The file is no zip that can be read: {error}"),))
    manifest = _parsed(members.get(MANIFEST, b""))
    faults = faults or [f"{name} is missing." for name in (SUMS, MANIFEST) if name not in members]
    faults = faults or [*_against_sums(members), *_against_manifest(members, manifest)]
    if not faults and zipped(members) != content:
        faults = ["Every file in it is as it was made, but the archive is not: it was damaged or packed again."]
    return Verified(tuple(map(_printable, faults)), manifest)


def _read(archive: zipfile.ZipFile) -> tuple[dict[str, bytes], list[str]]:
    members: dict[str, bytes] = {}
    faults = []
    twice = Counter(info.filename for info in archive.infolist())
    faults += [f"{name} is in the zip {count} times." for name, count in twice.items() if count > 1]
    for info in archive.infolist():
        if info.compress_type != zipfile.ZIP_STORED or info.file_size != info.compress_size:
            faults.append(f"{info.filename} is compressed, which no pack of Burnline's is.")
            continue
        try:
            members[info.filename] = archive.read(info)
        except UNREADABLE as error:
            faults.append(f"{info.filename} is damaged: {error}")
    return members, faults


def _printable(fault: str) -> str:
    """One sentence for a terminal, whatever names the archive holds."""
    told = "".join(sign if sign.isprintable() else "?" for sign in fault)
    told = told if len(told) <= LONGEST else f"{told[:LONGEST]}…"
    return f"{told.rstrip('.')}."


def _against_sums(members: Mapping[str, bytes]) -> Iterator[str]:
    listed = _listed_sums(members[SUMS])
    yield from _compared(members, listed, SUMS)
    yield from (f"{name} was added: {SUMS} does not name it." for name in members if name not in {*listed, SUMS})


def _against_manifest(members: Mapping[str, bytes], manifest: Mapping[str, Any]) -> Iterator[str]:
    if not manifest:
        yield f"{MANIFEST} is not the manifest of a pack of evidence."
        return
    yield from _compared(members, _listed_in(manifest), MANIFEST)
    told = {name: content for name, content in members.items() if name != SUMS}
    if manifest.get("overall_sha256") != overall_sha256(told):
        yield f"The overall hash of {MANIFEST} is not that of the files."


def _compared(members: Mapping[str, bytes], listed: Mapping[str, str], by: str) -> Iterator[str]:
    for name, digest in listed.items():
        if name not in members:
            yield f"{name} is missing: {by} names it."
        elif sha256_of(members[name]) != digest:
            yield f"{name} was changed: its SHA-256 is not the one that {by} tells."


def _listed_sums(content: bytes) -> dict[str, str]:
    lines = [line.partition("  ") for line in content.decode(errors="replace").splitlines()]
    return {name: digest for digest, _, name in lines}


def _listed_in(manifest: Mapping[str, Any]) -> dict[str, str]:
    """By name: the files and the texts of their queries."""
    found: dict[str, str] = {}
    entries = manifest.get("files")
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict):
            found[str(entry.get("name"))] = str(entry.get("sha256"))
            if "query_file" in entry:
                found[str(entry["query_file"])] = str(entry.get("query_sha256"))
    return found


def _parsed(content: bytes) -> Mapping[str, Any]:
    try:
        manifest = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return manifest if isinstance(manifest, dict) and _is_ours(manifest) else {}


def _is_ours(manifest: Mapping[str, Any]) -> bool:
    span = manifest.get("span")
    return (
        manifest.get("pack") == KIND
        and isinstance(manifest.get("organization"), str)
        and isinstance(manifest.get("files"), list)
        and isinstance(span, dict)
        and all(isinstance(span.get(name), str) for name in SPAN)
    )
