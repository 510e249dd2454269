"""The rules that are asked: all there are, but for those that the settings switch off."""

from alerts.base import Rule
from alerts.discovery import rules
from config.settings import Settings, SettingsError
from domain.wording import listed


def watched(settings: Settings) -> dict[str, Rule]:
    """Every rule that is not switched off, by name. Raises SettingsError for the name of a rule that does not exist."""
    known = rules()
    unknown = [repr(name) for name in settings.alerts.off if name not in known]
    if unknown:
        raise SettingsError(
            f"burnline.toml: [alerts] off names {listed(unknown)}, which is no rule; the rules are {', '.join(known)}."
        )
    return {name: rule for name, rule in known.items() if name not in settings.alerts.off}
