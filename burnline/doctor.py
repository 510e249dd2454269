"""Tries everything that is configured and says what to fix."""

from dataclasses import dataclass

from burnline.context import open_context
from collectors.errors import CollectorError
from config.secrets import SecretError


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried: `sentence` says ok, or what to fix."""

    what: str
    ok: bool
    sentence: str


def examine() -> list[Finding]:
    """One cheap call per source. Raises SettingsError, StoreError when nothing can be tried at all."""
    context = open_context()
    findings = [Finding("store", True, f"{context.store.label} is open and current.")]
    runner = context.runner()
    for source in context.sources:
        try:
            runner.check(source)
        except (CollectorError, SecretError) as error:
            findings.append(Finding(source.name, False, str(error)))
        else:
            findings.append(Finding(source.name, True, "answers."))
    if not context.sources:
        findings.append(Finding("sources", True, "none configured; `python -m burnline run` shows the demo."))
    return findings
