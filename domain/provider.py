"""One word per provider, so that bills and usage meet."""

CANONICAL = {"openai": "openai", "anthropic": "anthropic"}
"""Lower-case spelling on a bill → the word of OpenTelemetry (gen_ai.provider.name)."""

NAMES = {"openai": "OpenAI", "anthropic": "Anthropic"}
"""How the makers of the words of OpenTelemetry write themselves."""


def canonical_provider(name: str) -> str:
    """`openai` and `anthropic` in the words of OpenTelemetry; any other name as the bill spells it."""
    return CANONICAL.get(name.strip().lower(), name.strip())


def provider_name(word: str) -> str:
    """`openai` → `OpenAI`; a name that a bill spelled stays as it is."""
    return NAMES.get(word, word)
