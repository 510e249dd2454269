"""What comes and goes: after some returns an alert stays open, is told as such, and ends when it stays away. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.base import Finding
from alerts.transition import ENDS, STARTS, Change, Transition
from alerts.wording import duration, moment
from domain.wording import count
from store.tables import Alert

RETURNS = 3
"""Nagios calls it flapping from six changes among its last twenty checks on; three returns are six changes."""
WITHIN = timedelta(hours=6)
"""Sources are mostly read by the hour: one that fails every second time returns three times in it."""
QUIET_FOR = WITHIN / (RETURNS - 1)
"""What returns so often pauses for less than this, so that no pause of a steady flapping is taken for its end."""

RISES: tuple[Transition, ...] = (*STARTS, "worsened", "returned")
FALLS: tuple[Transition, ...] = (*ENDS, "eased", "quiet")
TURNS: tuple[Transition, ...] = (*RISES, *FALLS)


@dataclass(frozen=True, slots=True)
class Course:
    """How one alert came and went: when it rose anew, the first time included, whether it fell since, and since when it
    is quiet while it is kept open."""

    rises: tuple[datetime, ...] = ()
    has_fallen: bool = True
    quiet_since: datetime | None = None

    def risen(self, at: datetime) -> "Course":
        """The same after a rise, which counts when it had fallen before."""
        return Course((*self.rises, at), has_fallen=False) if self.has_fallen else replace(self, quiet_since=None)

    def flaps(self, now: datetime) -> bool:
        """True when it has returned often before its last return, which is not long ago, not counting the present
        quiet."""
        if not self.rises:
            return False
        last = self.rises[-1]
        lately = [rise for rise in self.rises[1:] if last - rise < WITHIN]
        return len(lately) >= RETURNS and (self.quiet_since or now) - last < WITHIN

    def told(self) -> str:
        """`5 times since 22 Nov 2026 08:26 UTC`: its rises up to the last that have no long gap between them."""
        run = list(self.rises[-1:])
        for rise in reversed(self.rises[:-1]):
            if run[-1] - rise >= WITHIN:
                break
            run.append(rise)
        return f"{count(len(run), 'time')} since {moment(run[-1])}"


def course_of(turns: Iterable[tuple[datetime, str]]) -> Course:
    """From the transitions of one alert with their times, oldest first; those that are no TURNS do not matter."""
    course = Course()
    for at, transition in turns:
        if transition in FALLS:
            course = replace(course, has_fallen=True, quiet_since=at if transition == "quiet" else None)
        elif transition in RISES:
            course = course.risen(at)
    return course


def steadied(
    alert: Alert, change: Change | None, finding: Finding | None, course: Course, now: datetime
) -> Change | None:
    """What becomes of an alert that has a course, given what would become of it without one.

    While it flaps, it neither ends nor eases before it was quiet for QUIET_FOR; what is worse than ever is told.
    """
    if change is not None and change.transition in RISES:
        risen = course.risen(now)
        return _with(change, _comes_and_goes(risen)) if risen.flaps(now) else change
    if not course.flaps(now):
        return change
    if change is not None and change.transition in ENDS:
        return _end(alert, change, course, now)
    if course.quiet_since is not None and finding is not None and finding.state == "firing":
        return Change("returned", alert, None)
    if change is None or change.transition == "eased":
        return None
    return _with(change, _comes_and_goes(course))


def _end(alert: Alert, change: Change, course: Course, now: datetime) -> Change | None:
    if course.quiet_since is None:
        return Change("quiet", alert, None)
    if now - course.quiet_since < QUIET_FOR:
        return None
    return _with(change, f"It came and went, {course.told()}, and was quiet for {duration(QUIET_FOR)}.")


def _comes_and_goes(course: Course) -> str:
    return f"It comes and goes: {course.told()}. It stays open until it was quiet for {duration(QUIET_FOR)}."


def _with(change: Change, sentence: str) -> Change:
    return replace(change, alert=replace(change.alert, summary=f"{change.alert.summary} {sentence}"))
