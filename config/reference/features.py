"""features.toml: the AI features and who answers for them."""

from config.reference.problem import Problems
from config.reference.reading import Entry, Line, toml_entries

TIERS = ("critical", "standard", "internal")


class FeatureEntry(Entry):
    """`[[feature]]` of features.toml."""

    key: str
    name: str
    team: str
    tier: str = "standard"
    owner: str = ""
    status: str = "live"


def read_features(problems: Problems) -> tuple[FeatureEntry, ...]:
    """The features; a repeated key counts once, an unknown tier as standard: their costs keep their owner."""
    features: dict[str, FeatureEntry] = {}
    lines: dict[str, Line] = {}
    for line, entry in toml_entries("feature", FeatureEntry, problems):
        if entry.key in features:
            problems.add(line, f"the feature {entry.key!r} stands in line {lines[entry.key]} already; keep one")
            continue
        if entry.tier not in TIERS:
            problems.add(line, f"{entry.key} has the tier {entry.tier!r}; use {', '.join(TIERS)}")
            entry = entry.model_copy(update={"tier": "standard"})
        features[entry.key], lines[entry.key] = entry, line
    return tuple(features.values())
