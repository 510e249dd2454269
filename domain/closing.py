"""Which weeks of costs are closed: every source that still bills has delivered past their end. Pure; days are UTC."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

ENDED_DAYS = 14
"""A source without a cost for so long has ended; it does not hold back what counts as whole."""


@dataclass(frozen=True, slots=True)
class Biller:
    """One source that bills, or is configured to, and how far it has come. Times are None for what never happened."""

    watermark_at: datetime | None
    has_recent_costs: bool
    """True when it has a cost in the last `ENDED_DAYS`."""
    is_configured: bool = False
    """True when it is asked at its own pace, so that its watermark moves on even when there is nothing to bill."""
    last_loaded_at: datetime | None = None
    first_tried_at: datetime | None = None

    def holds_back(self, now: datetime) -> bool:
        """True while its costs are still to come.

        A configured source that has brought nothing for `ENDED_DAYS` of attempts does not block for ever.
        """
        if self.has_recent_costs:
            return True
        if not self.is_configured:
            return False
        last_sign = self.last_loaded_at or self.first_tried_at
        return last_sign is None or now - last_sign < timedelta(days=ENDED_DAYS)


@dataclass(frozen=True, slots=True)
class Closing:
    """Weeks that begin before `end`, a Monday, are closed; None when none is. `watermark_at`: why not later ones.

    `watermark_at` is None when no source bills any more, or one has delivered nothing yet.
    """

    end: date | None
    watermark_at: datetime | None


def closing(billers: Iterable[Biller], now: datetime) -> Closing:
    """How far costs are closed. Without a source that still bills, weeks close as they end."""
    watermarks = [biller.watermark_at for biller in billers if biller.holds_back(now)]
    known = [at for at in watermarks if at is not None]
    if len(known) < len(watermarks):
        return Closing(None, None)
    earliest = min(known, default=None)
    return Closing(monday(min(earliest or now, now).date()), earliest)


def monday(day: date) -> date:
    """The first day of the week that holds `day`."""
    return day - timedelta(days=day.weekday())
