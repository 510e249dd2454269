"""From `[sources.*]` of the settings to sources that are ready to run."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from pydantic import ValidationError

from collectors.base import AnySource, SourceSettings
from collectors.discovery import sources
from config.settings import Settings, SettingsError, explain
from domain.duration import parse_duration
from store.tables import InferenceRequest


@dataclass(frozen=True, slots=True)
class Configured:
    """One source as this operator uses it; `name` is its own, `source` the kind it is of.

    `is_only`: no other is of that kind, so who means the kind means it.
    """

    name: str
    source: AnySource
    settings: Any
    is_only: bool = True

    @property
    def every(self) -> timedelta:
        """How often it runs."""
        return parse_duration(self.settings.every or self.source.every)

    @property
    def account(self) -> str | None:
        """The billing account, for sources that are told theirs."""
        return getattr(self.settings, "account", None)


def configured(settings: Settings, known: Callable[[], dict[str, AnySource]] = sources) -> list[Configured]:
    """Every enabled source. Raises SettingsError for an unknown kind, an unknown key or a second bill."""
    found = [_configure(name, dict(content), known()) for name, content in settings.sources.items()]
    enabled = [source for source in found if source.settings.enabled]
    _refuse_second_role(enabled)
    kinds = Counter(source.source.name for source in enabled)
    return [replace(source, is_only=kinds[source.source.name] == 1) for source in enabled]


def request_logs(settings: Settings, known: Callable[[], dict[str, AnySource]] = sources) -> frozenset[str]:
    """The sources whose requests count as usage, which is what a key can be split by.

    Also those that are switched off: their rows are still there.
    """
    kinds = {name: source.settings for name, source in known().items() if source.writes is InferenceRequest}
    counted = {name: model.model_fields["counts_usage"].default for name, model in kinds.items()}
    return frozenset(
        name
        for name, content in settings.sources.items()
        if (kind := content.get("kind") or name) in kinds and content.get("counts_usage", counted[kind])
    )


def _configure(name: str, content: dict[str, Any], known: dict[str, AnySource]) -> Configured:
    kind = content.get("kind") or name
    if kind not in known:
        raise SettingsError(
            f"burnline.toml: [sources.{name}] has the unknown kind {kind!r}; use one of {', '.join(sorted(known))}"
        )
    model: type[SourceSettings] = known[kind].settings
    try:
        return Configured(name, known[kind], model.model_validate({**content, "kind": kind}))
    except ValidationError as error:
        raise SettingsError(f"burnline.toml: [sources.{name}]: {explain(error)}") from None


def _refuse_second_role(found: list[Configured]) -> None:
    """The same account must not be billed, or counted, by two sources."""
    by_account: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for item in found:
        provider = item.source.provider
        if item.account and provider:
            by_account[provider, item.account, item.source.role].append(item.name)
    for (provider, account, role), names in by_account.items():
        if role in ("billing", "usage") and len(names) > 1:
            raise SettingsError(
                f"burnline.toml: {provider} account {account} has two sources with the role {role}: "
                f"{' and '.join(sorted(names))}; keep one and set enabled = false on the other."
            )
