"""Which problems are told in the alert of a larger one, and which have an alert of their own. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from alerts.base import Finding
from store.tables import Alert

Reaches = Callable[[str, Finding, Finding], bool]
"""Whether everybody who would hear of a problem hears of it in the alert of a larger one: rule, problem, larger one."""


def parted(
    findings: Mapping[str, Iterable[Finding]], known: Mapping[str, Alert], reaches: Reaches | None = None
) -> dict[str, list[Finding]]:
    """The findings by rule; one that does not take over keeps only the children that are told in its alert.

    `known` are alerts by fingerprint, open or ended lately: what has one goes on in it, in its own thread. Everybody
    hears of everything without `reaches`.
    """
    return {rule: _of_rule(rule, list(of_rule), known, reaches) for rule, of_rule in findings.items()}


def _of_rule(rule: str, found: list[Finding], known: Mapping[str, Alert], reaches: Reaches | None) -> list[Finding]:
    firing = {one.fingerprint: one for one in found if one.state == "firing"}
    told_in: dict[str, str] = {}
    for larger in sorted(found, key=lambda one: -len(one.children)):  # who contains another contains all that is in it
        if larger.takes_over or larger.fingerprint in told_in:
            continue
        for name in larger.children:
            leaf = None if name in known or name in told_in else firing.get(name)
            if leaf is not None and (reaches is None or reaches(rule, leaf, larger)):
                told_in[name] = larger.fingerprint
    return [one if one.takes_over else _with_leaves(one, told_in, firing) for one in found]


def _with_leaves(larger: Finding, told_in: Mapping[str, str], firing: Mapping[str, Finding]) -> Finding:
    leaves = tuple(name for name in larger.children if told_in.get(name) == larger.fingerprint)
    return replace(larger, children=leaves, child_levels=tuple(firing[name].level for name in leaves))
