"""Rules find problems, the lifecycle keeps one alert per problem, the outbox tells people: `check`, then `deliver`."""

from alerts.engine import Report, check
from alerts.outbox import Sent, deliver

__all__ = ["Report", "Sent", "check", "deliver"]
