"""features.toml: the AI features and who answers for them."""

from urllib.parse import urlsplit

from pydantic import Field

from config.reference.problem import Problems
from config.reference.reading import Entry, Line, toml_entries

TIERS = ("critical", "standard", "internal")
STATUSES = ("live", "pilot", "building", "retired")
"""What is retired is in no count of teams or features that something is expected of."""


class FeatureEntry(Entry):
    """`[[feature]]` of features.toml."""

    key: str
    name: str
    team: str
    tier: str = "standard"
    owner: str = ""
    status: str = "live"
    links: dict[str, str] = Field(default_factory=dict)


def read_features(problems: Problems) -> tuple[FeatureEntry, ...]:
    """The features; a repeated key counts once, an unknown tier as standard, an unknown status as live, a
    link that is no web address not at all: their costs keep their owner."""
    features: dict[str, FeatureEntry] = {}
    lines: dict[str, Line] = {}
    for line, entry in toml_entries("feature", FeatureEntry, problems):
        if entry.key in features:
            problems.add(line, f"the feature {entry.key!r} stands in line {lines[entry.key]} already; keep one")
            continue
        if entry.tier not in TIERS:
            problems.add(line, f"{entry.key} has the tier {entry.tier!r}; use {', '.join(TIERS)}")
            entry = entry.model_copy(update={"tier": "standard"})
        if entry.status not in STATUSES:
            problems.add(line, f"{entry.key} has the status {entry.status!r}; use {', '.join(STATUSES)}")
            entry = entry.model_copy(update={"status": "live"})
        entry = entry.model_copy(update={"links": _usable(entry, line, problems)})
        features[entry.key], lines[entry.key] = entry, line
    return tuple(features.values())


def _usable(entry: FeatureEntry, line: Line, problems: Problems) -> dict[str, str]:
    """The links that can be followed; a name is one word or more on one line."""
    usable = {}
    for label, url in entry.links.items():
        if not label.strip() or "\n" in label:
            problems.add(line, f'a link of {entry.key} has no name; write links = {{ runbook = "https://…" }}')
        elif not _is_web_address(url):
            problems.add(line, f"the link {label!r} of {entry.key} is no web address; begin it with https://")
        else:
            usable[label.strip()] = url
    return usable


def _is_web_address(url: str) -> bool:
    """True for http and https with a host: nothing else may be clicked on a page."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not any(c.isspace() for c in url)
    except ValueError:
        return False
