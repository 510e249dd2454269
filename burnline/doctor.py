"""Tries everything that is configured and says what to fix."""

import time
from dataclasses import dataclass

from alerts.sink import Destination, SinkError, Timer
from burnline.context import open_context
from collectors.errors import CollectorError
from config.secrets import SecretError
from config.settings import Settings


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried: `sentence` says ok, or what to fix."""

    what: str
    ok: bool
    sentence: str


def examine() -> list[Finding]:
    """The reference files, and one cheap call per source and per destination of alerts.

    Raises SettingsError, StoreError when nothing can be tried at all.
    """
    context = open_context(sync=False, warn=False)
    findings = [Finding("store", True, f"{context.store.label} is open and current.")]
    findings += [Finding("config", False, str(problem)) for problem in context.problems]
    runner = context.runner()
    for source in context.sources:
        try:
            runner.check(source)
        except (CollectorError, SecretError) as error:
            findings.append(Finding(source.name, False, str(error).removeprefix(f"{source.name}: ")))
        else:
            findings.append(Finding(source.name, True, "answers."))
    findings += [_tried_destination(each, context.settings) for each in context.routing.destinations.values()]
    if not context.sources:
        findings.append(Finding("sources", True, "none configured; `python -m burnline run` shows the demo."))
    return findings


def _tried_destination(destination: Destination, settings: Settings) -> Finding:
    try:
        said = destination.connect(settings, Timer(time.monotonic, time.sleep)).check()
    except SinkError as error:
        return Finding(f"to.{destination.name}", False, str(error))
    return Finding(f"to.{destination.name}", True, said)
