"""What OpenSLO has no key for: maintenance, and how many bad events are too few to alert on."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from config.slo_files.documents import PlacedError
from config.slo_files.schema import Metadata
from domain.slo.definition import DEFAULT_MIN_BAD, Exclusion
from domain.window import Window

PREFIX = "burnline/"
EXCLUSIONS, MIN_BAD = "burnline/exclusions", "burnline/min-bad"
KNOWN = (EXCLUSIONS, MIN_BAD)
PLACE = ("metadata", "annotations")


def check_annotations(metadata: Metadata) -> None:
    """Raises PlacedError for one of ours that does not exist."""
    for name in metadata.annotations:
        if name.startswith(PREFIX) and name not in KNOWN:
            raise PlacedError((*PLACE, name), f"the annotation {name!r} is unknown; use {' or '.join(KNOWN)}")


def min_bad_of(metadata: Metadata) -> int:
    """At least 1. Raises PlacedError."""
    text = metadata.annotations.get(MIN_BAD, str(DEFAULT_MIN_BAD))
    if not re.fullmatch(r"[1-9]\d{0,8}", text.strip()):
        raise PlacedError((*PLACE, MIN_BAD), f"{MIN_BAD} {text!r} is not a whole number of bad events from 1 on")
    return int(text)


def exclusions_of(metadata: Metadata) -> tuple[Exclusion, ...]:
    """One for each line `FROM/TO why`, in ISO 8601; without a zone it is UTC. Raises PlacedError."""
    return tuple(_exclusions(metadata.annotations.get(EXCLUSIONS, "")))


def _exclusions(text: str) -> Iterator[Exclusion]:
    for line in filter(None, map(str.strip, text.splitlines())):
        match = re.fullmatch(r"(\S+?)/(\S+)(?:\s+(.+))?", line)
        if not match:
            raise _fault(line, "write FROM/TO why, such as 2026-11-07T22:00Z/2026-11-08T02:00Z database move")
        try:
            start, end = _moment(match[1]), _moment(match[2])
        except ValueError:
            raise _fault(line, "FROM and TO are times in ISO 8601, such as 2026-11-07T22:00Z") from None
        if end <= start:
            raise _fault(line, "it ends before it begins; swap FROM and TO")
        if not match[3]:
            raise _fault(line, "say why behind it; who reads the report will ask")
        yield Exclusion(window=Window(start, end), reason=match[3])


def _fault(line: str, told: str) -> PlacedError:
    return PlacedError((*PLACE, EXCLUSIONS), f"the exclusion {line!r}: {told}")


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
