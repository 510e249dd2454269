"""What guardrails and reviewers found, from files (CSV, JSONL, Parquet) by a mapping of columns.

Grain: UTC hour × feature × policy × provider × model; rows that share these are added up. The policy `any`, which is
what a file without one has, counts each interaction once; those of single policies overlap and stand beside it. All
files below the path are one delivery: it replaces the hours from its first to its last. No text of a prompt or an
answer is read.
"""

from functools import partial

from collectors.base import FileSource
from collectors.count_files import CountFileSettings, check_counts, deliver_counts
from collectors.count_table import SAFETY
from store.tables import SafetyHour

SOURCE = FileSource(
    name="safety_csv",
    title="Safety checks from files",
    role="metrics",
    writes=SafetyHour,
    settings=CountFileSettings,
    deliver=partial(deliver_counts, SAFETY),
    check=partial(check_counts, SAFETY),
    every="1h",
)
