"""Problems that a test decides on, told to endpoints on this machine; run as a program it is killed again and again."""

import mmap
import os
import random
import signal
import struct
import sys
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from alerts import Report, Sent, check, deliver
from alerts.base import Finding, Rule
from alerts.discovery import sinks
from alerts.routing import Routing
from alerts.sink import Destination
from config.settings import Settings
from sandbox.slack_store import AI_ALERTS_CHANNEL
from store.engine import Store, open_store

OPTIONS: dict[str, dict[str, Any]] = {
    "webhook": {"url": "env:BURNLINE_TEST_HOOK", "secrets": ["env:BURNLINE_TEST_SIGN"], "allow_private": True},
    "teams": {"url": "env:BURNLINE_TEST_TEAMS"},
    "slack": {"channel": AI_ALERTS_CHANNEL},
}
STEP = timedelta(minutes=3)
"""Longer than a lease, so that each process sees what the one before left."""

Problems = Mapping[str, int]
"""By name: the level; what is missing is over."""


def problem_rule(problems: Problems) -> Rule:
    """A rule that finds what it is told to find."""

    def find(_rows: object, _situation: object) -> list[Finding]:
        return [
            Finding(
                fingerprint=name,
                severity="page" if level > 2 else "ticket",
                level=level,
                title=name,
                summary=f"{name} is at level {level}.",
                facts={},
            )
            for name, level in problems.items()
        ]

    return Rule("problems", "1m", {}, find, kind="cost")


def routing_to(*kinds: str) -> Routing:
    """A destination of each kind, all of which hear everything."""
    made = {
        kind: Destination(kind, sinks()[kind], sinks()[kind].options.model_validate(OPTIONS[kind])) for kind in kinds
    }
    return Routing(made, default=tuple(made))


def look(store: Store, problems: Problems, routing: Routing, at: datetime, settings: Settings | None = None) -> Report:
    return check(store, settings or Settings(), at, rules={"problems": problem_rule(problems)}, routing=routing)


def send(store: Store, routing: Routing, at: datetime, settings: Settings | None = None) -> Sent:
    """One pass that waits for nothing but the lease."""
    return deliver(
        store, settings or Settings(), at, routing=routing, retry_now=True, sleep=lambda _: None, clock=lambda: 0.0
    )


def problems_at(step: int) -> Problems:
    """Each step brings a problem, which is over at the next."""
    return {f"problem {step}": 1 + step % 3}


class Clock:
    """What all the processes share: the step they are at, and how long one takes."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, 16)

    def next_step(self) -> int:
        step, seconds = struct.unpack("qd", self._memory[:])
        self._memory[:] = struct.pack("qd", step + 1, seconds)
        return int(step)

    def took(self, seconds: float) -> None:
        step, _ = struct.unpack("qd", self._memory[:])
        self._memory[:] = struct.pack("qd", step, seconds)

    @property
    def step_seconds(self) -> float:
        return float(struct.unpack("qd", self._memory[:])[1])


def work(url: str, began: datetime, clock: Clock, steps: int) -> None:
    """Checks and delivers, step by step, each longer after the last than a lease lasts."""
    store = open_store(url)
    routing = routing_to("webhook", "teams")
    for _ in range(steps):
        step = clock.next_step()
        at = began + STEP * step
        since = time.perf_counter()
        look(store, problems_at(step), routing, at)
        send(store, routing, at)
        clock.took(time.perf_counter() - since)
    store.close()


def main(url: str, start: str, kills: int, seed: int) -> None:
    """Starts one process after the other and kills each at a random moment, by a signal that nothing can catch."""
    chance = random.Random(seed)
    began = datetime.fromisoformat(start)
    clock = Clock()
    work(url, began, clock, 2)
    for _ in range(kills):
        child = os.fork()
        if child == 0:
            signal.setitimer(signal.ITIMER_REAL, chance_to_live(chance, clock))
            work(url, began, clock, 1_000)
            os._exit(0)
        chance.random()
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if code != -signal.SIGALRM:
            raise RuntimeError(f"a process ended by itself with {code}")


def chance_to_live(chance: random.Random, clock: Clock) -> float:
    """Seconds: the store is opened, and then a step is done, or a little more."""
    return chance.uniform(0.001, 0.03 + 1.2 * clock.step_seconds)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
