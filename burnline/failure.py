"""Turns expected errors into one sentence and an exit code that means something."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console

from burnline.exit_codes import BAD_INPUT, SOURCE_FAILED, STORE_UNUSABLE, UNEXPECTED
from collectors.errors import CollectorError
from config.secrets import redact
from config.settings import SettingsError
from queries.catalog import QueryError
from store.errors import StoreError

log = logging.getLogger(__name__)
errors = Console(stderr=True, soft_wrap=True, highlight=False, markup=False, emoji=False)


@contextmanager
def one_sentence() -> Iterator[None]:
    """No traceback reaches a person: an expected error is told, an unexpected one is logged and owned."""
    try:
        yield
    except (SettingsError, QueryError) as error:
        _leave(error, BAD_INPUT)
    except StoreError as error:
        _leave(error, STORE_UNUSABLE)
    except CollectorError as error:
        _leave(error, SOURCE_FAILED)
    except BrokenPipeError:  # `… | head` has read enough; Python would complain once more when it flushes
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (typer.Exit, typer.Abort, KeyboardInterrupt, SystemExit):
        raise
    except Exception as error:
        log.debug("unexpected", exc_info=True)
        message = f"Burnline hit a defect ({type(error).__name__}); run again with BURNLINE_LOG=debug for the details."
        _leave(RuntimeError(message), UNEXPECTED)


def _leave(error: Exception, code: int) -> None:
    sys.stdout.flush()
    errors.print(redact(str(error)), markup=False)
    raise typer.Exit(code) from None
