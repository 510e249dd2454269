"""Finds the rules that a key can match without trying all of them: most rules name one project or key. Pure."""

from collections import defaultdict
from collections.abc import Sequence

from domain.attribution import Dimensions, Rule, is_plain


class RuleIndex:
    """The rules of attribution.toml, filed under the value that each names plainly."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._filed: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        self._others: list[int] = []
        for position, rule in enumerate(rules):
            plain = _most_telling(rule)
            if plain is None:
                self._others.append(position)
            else:
                self._filed[plain][rule.match[plain]].append(position)

    def candidates(self, dimensions: Dimensions) -> list[Rule]:
        """In their order, every rule that matches these dimensions, and some that do not."""
        positions = list(self._others)
        for dimension, by_value in self._filed.items():
            positions += by_value.get(getattr(dimensions, dimension) or "", ())
        return [self._rules[position] for position in sorted(positions)]


_TELLING = ("api_key_id", "user_id", "project_id", "model", "account_id", "service", "provider")
"""Dimensions from the one with the most values to the one with the fewest."""


def _most_telling(rule: Rule) -> str | None:
    return next((name for name in _TELLING if name in rule.match and is_plain(rule.match[name])), None)
