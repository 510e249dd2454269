"""Logging for all commands: one line an event, secrets scrubbed."""

import logging
import os
import sys
from typing import TextIO

from config.secrets import RedactingFilter

LEVEL_VARIABLE = "BURNLINE_LOG"


class _StandardErrorNow(logging.StreamHandler[TextIO]):
    """Looks standard error up for every line: progress bars stand in for it while they are drawn."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


def set_up_logging() -> None:
    """Logs to standard error at the level that BURNLINE_LOG names (default: warning)."""
    level = os.environ.get(LEVEL_VARIABLE, "warning").upper()
    handler = _StandardErrorNow()
    handler.addFilter(RedactingFilter())
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level if level in logging.getLevelNamesMapping() else "WARNING", handlers=[handler])
    logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)  # its tracebacks repeat what is told in a sentence
    for noisy in ("httpx2", "httpcore2", "apscheduler", "snowflake.connector"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
