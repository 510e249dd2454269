"""How far a forecast may be off, from how far the same method was off at earlier cut-offs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from domain.forecast.expected import expected_days
from domain.forecast.fit import HISTORY_DAYS, PROFILE_WEEKS, ROBUST
from domain.forecast.series import Values, mean, median

CUTOFFS = 12
CUTOFF_STEP_DAYS = 7
MIN_CUTOFFS = 3
"""Below three there is nothing to take a scale from."""
OFFSET_SHARE = 0.02
"""c: this part of an average day per day ahead keeps the logarithm finite where a series falls to 0."""
BELOW_ZERO = 2
"""Where sums fall below 0, c grows by twice the lowest: the logarithm then bends little between it and 0."""
LARGEST_ERROR = 10.0
"""A sum 22,000 times the forecast: beyond it a range says nothing more."""
OWN_WEIGHT, POOLED_WEIGHT = 12, 4
"""A series' own scale counts as its number of cut-offs, at most 12; the scale of all series as 4."""
KNOWN_RATIO = 0.75
"""A cut-off whose days are known to less than this is no test of the method."""
REFERENCE_COUNT = 16
REFERENCE_SCALE = 0.9
"""Twelve overlapping errors of one series hold no 2.5 % tail. So many quantiles of Student's t with 4 degrees of
freedom join the pool: most of it for one series, nothing beside hundreds."""
IN_SAMPLE = 1.1
"""An error divided by a scale that it helped to set looks smaller than the next one will; measured, not derived."""


@dataclass(frozen=True, slots=True)
class Errors:
    """`scale` per series (NaN below three cut-offs), `cutoffs` used, `offset` is c; `pool` is sorted r / s."""

    offset: Values
    scale: Values
    cutoffs: NDArray[np.int64]
    pool: Values

    def bounds(self, ahead: Values, probability: float) -> tuple[Values, Values]:
        """Low and high of the sum ahead that hold it with `probability`; NaN where the scale is unknown.

        The forecast itself always lies between them: errors all of one sign are a trend, not a certainty.
        """
        tail = (1 - probability) / 2
        low, high = np.quantile(self.pool, [tail, 1 - tail], method="weibull")
        return self._at(ahead, min(low, 0.0)), self._at(ahead, max(high, 0.0))

    def exceeds(self, ahead: Values, room: Values) -> Values:
        """Share of the pooled errors with which the sum ahead exceeds `room`; NaN where the scale is unknown."""
        reach, needed = ahead + self.offset, room + self.offset
        possible, certain = (reach > 0) & (needed > 0) & (self.scale > 0), ahead > room
        distance = np.log(np.divide(needed, reach, out=np.ones(len(reach)), where=possible))
        place = np.divide(distance, self.scale, out=np.zeros(len(reach)), where=possible)
        share = 1 - np.searchsorted(self.pool, place, side="right") / len(self.pool)
        return np.where(np.isnan(self.scale), np.nan, np.where(possible, share, certain))

    def _at(self, ahead: Values, quantile: float) -> Values:
        at: Values = (ahead + self.offset) * np.exp(quantile * self.scale) - self.offset
        return at


def past_errors(
    values: Values, first_day: date, first_ahead: int, last_ahead: int, ahead: Values, widen: float
) -> Errors:
    """Errors of the sum of the days `first_ahead` to `last_ahead` after 12 earlier ends on the same weekday.

    Series count upwards: a series of credits is passed with its sign turned. `ahead` is the sum expected now.
    """
    newest = values.shape[1] - CUTOFF_STEP_DAYS * -(-last_ahead // CUTOFF_STEP_DAYS)
    ends = [end for end in range(newest, newest - CUTOFFS * CUTOFF_STEP_DAYS, -CUTOFF_STEP_DAYS) if end > 0]
    days = range(first_ahead, last_ahead + 1)
    outcome, forecast = _past_sums(values, first_day, ends, days)
    lowest = np.nanmin(np.column_stack([outcome, forecast, ahead, np.zeros(len(values))]), axis=1)
    size = np.nan_to_num(mean(np.abs(values[:, -HISTORY_DAYS:])))
    offset = OFFSET_SHARE * len(days) * size - BELOW_ZERO * lowest
    errors = _log_errors(outcome, forecast, offset[:, np.newaxis])
    cutoffs = (~np.isnan(errors)).sum(axis=1)
    own = np.where(cutoffs >= MIN_CUTOFFS, _scale(errors), np.nan)
    pooled = _scale(errors[cutoffs >= MIN_CUTOFFS].reshape(1, -1))[0]
    weight = np.minimum(cutoffs, OWN_WEIGHT)
    scale = np.sqrt((weight * own**2 + POOLED_WEIGHT * pooled**2) / (weight + POOLED_WEIGHT))
    ratios = np.divide(errors, scale[:, np.newaxis], out=np.full(errors.shape, np.nan), where=scale[:, np.newaxis] > 0)
    return Errors(offset, scale * widen, cutoffs, _pool(ratios[~np.isnan(ratios)]))


def _past_sums(values: Values, first_day: date, ends: Sequence[int], days: range) -> tuple[Values, Values]:
    """Outcome and forecast over series × ends, of the days that are known; NaN where history or outcome is not."""
    if not ends:
        return np.full((len(values), 0), np.nan), np.full((len(values), 0), np.nan)
    expected = expected_days(values, first_day, ends, days)
    actual = values[:, np.array(ends)[:, np.newaxis] + np.array(days) - 1]
    known = ~np.isnan(actual)
    usable = (expected.fit.known_days >= 7 * PROFILE_WEEKS) & (known.mean(axis=-1) >= KNOWN_RATIO)
    outcome = np.where(known, actual, 0.0).sum(axis=-1)
    forecast = np.where(known, expected.cost, 0.0).sum(axis=-1)
    return np.where(usable, outcome, np.nan), np.where(usable, forecast, np.nan)


def _log_errors(outcome: Values, forecast: Values, offset: Values) -> Values:
    """ln((actual + c) / (forecast + c)); 0 where everything is 0."""
    positive = offset > 0
    ratio = np.divide(outcome + offset, forecast + offset, out=np.where(np.isnan(outcome), np.nan, 1.0), where=positive)
    errors: Values = np.clip(np.log(ratio), -LARGEST_ERROR, LARGEST_ERROR)
    return errors


def _scale(errors: Values) -> Values:
    """Half robust, half root mean square, both around no error."""
    robust = ROBUST * median(np.abs(errors))
    known = ~np.isnan(errors)
    count = np.maximum(known.sum(axis=-1), 1)
    rms = np.sqrt((np.where(known, errors, 0.0) ** 2).sum(axis=-1) / count)
    scale: Values = robust / 2 + rms / 2
    return scale


def _pool(ratios: Values) -> Values:
    places = (np.arange(REFERENCE_COUNT) + 0.5) / REFERENCE_COUNT
    return np.sort(np.concatenate([IN_SAMPLE * ratios, REFERENCE_SCALE * student_t4(places)]))


def student_t4(places: Values) -> Values:
    """Quantiles of Student's t with 4 degrees of freedom, in closed form."""
    a = 4 * places * (1 - places)
    q = np.cos(np.arccos(np.sqrt(a)) / 3) / np.sqrt(a) - 1
    quantiles: Values = np.sign(places - 0.5) * 2 * np.sqrt(q)
    return quantiles
