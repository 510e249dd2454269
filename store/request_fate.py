"""What became of a request, in SQL: answered, throttled, rejected (the caller's fault) or failed."""

import sqlalchemy as sa

from store.schema import table
from store.tables import InferenceRequest

Flag = sa.ColumnElement[bool]

TOO_MANY, TIMED_OUT = 429, 408
"""408 is the server's patience at an end, not the caller's mistake."""
THROTTLED_ERRORS = ("429", "rate_limit", "rate_limit_error", "rate_limit_exceeded", "RateLimitError")
"""How providers' SDKs name a 429 in `error.type` where no status is logged."""

_R = table(InferenceRequest).c
_STATUS = sa.func.coalesce(_R.status_code, 0)
_ERROR = sa.func.coalesce(_R.error_type, "")


def is_throttled() -> Flag:
    """The provider or gateway had enough of us."""
    return (_STATUS == TOO_MANY) | ((_STATUS == 0) & _ERROR.in_(THROTTLED_ERRORS))


def is_rejected() -> Flag:
    """The request itself was wrong, so nobody broke a promise."""
    return (_STATUS >= 400) & (_STATUS < 500) & (_STATUS != TOO_MANY) & (_STATUS != TIMED_OUT)


def is_failed() -> Flag:
    """A 5xx, a timeout, or an error without a status that tells otherwise."""
    return sa.not_(is_throttled()) & sa.not_(is_rejected()) & ((_STATUS >= 400) | (_ERROR != ""))


def is_answered() -> Flag:
    """Nothing went wrong."""
    return (_STATUS < 400) & (_ERROR == "")
