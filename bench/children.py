"""Runs a piece of work in a process of its own, so that its memory can be told."""

import json
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Done:
    """What a child printed as JSON, how long it took, and its largest memory."""

    answer: Any
    seconds: float
    peak_megabytes: float


def run_child(module: str, *arguments: str) -> Done:
    """`python -m module arguments…`; its last line of output is JSON."""
    started = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", module, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{module} failed:\n{done.stderr}")
    answer = json.loads(done.stdout.strip().splitlines()[-1])
    return Done(answer["answer"], answer.get("seconds", time.perf_counter() - started), answer["peak_megabytes"])


def tell(answer: Any, seconds: float) -> None:
    """What a child calls at its end."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"answer": answer, "seconds": seconds, "peak_megabytes": peak}))
