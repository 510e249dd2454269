"""What goes wrong in the sandbox, on purpose and reproducibly."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

RateFault = Literal["rate_limit", "server_error"]


@dataclass
class Faults:
    """Switches for failures. The occasional ones go by request number, so a run can be repeated.

    Shared by all vendors but Slack and, for the occasional ones, GitHub, whose switches concern them alone.
    """

    rate_limit_rate: float = 1 / 40
    """Share of vendor API requests answered 429; 0 turns it off."""
    server_error_rate: float = 1 / 40
    """Share of vendor API requests answered 500; 0 turns it off."""
    retry_after_seconds: int = 1
    html_errors: bool = False
    """Server errors come from a proxy, as HTML instead of the vendor's envelope."""
    key_expired: bool = False
    """Every admin key is refused with 401."""
    malformed_page: bool = False
    """Pages come back as valid JSON without `has_more` (PagerDuty: `more`), and their buckets without `results`; a
    status page as the HTML of one that has moved; MLflow, Langfuse and LaunchDarkly leave out their list."""
    truncated_body: bool = False
    """Pages come back as JSON cut off in the middle."""
    repeated_cursor: bool = False
    """Every page says `has_more` and names the same cursor; PagerDuty's say `more` for ever, and those
    of MLflow, Langfuse and LaunchDarkly lead back to the first."""
    github_rate_limit_next: int = 0
    """How many of the next lists of deployments GitHub answers 403: too many. Nothing else fails there now and then:
    it is asked once for each deployment."""
    slack_down: bool = False
    """Slack answers 503 to everything."""
    slack_rate_limit_next: int = 0
    """How many of the next calls that post to Slack, or read a channel, are answered 429."""
    slack_without_history: bool = False
    """The bot lacks the scopes to read what was said in a channel."""
    slack_files_forbidden: bool = False
    """The Slack app may not upload files: its scope files:write is missing."""
    slack_file_pending_next: int = 0
    """How many of the next messages with an uploaded file come too early: Slack has not looked at the file yet."""
    slack_repeats_envelopes: bool = False
    """Socket Mode sends every envelope twice."""
    request_count: int = 0
    """Vendor API requests seen so far."""

    @classmethod
    def none(cls) -> Faults:
        """Nothing goes wrong."""
        return cls(rate_limit_rate=0, server_error_rate=0)

    def next_request(self) -> RateFault | None:
        """Count one request and say whether it fails."""
        self.request_count += 1
        if self.rate_limit_rate > 0 and self.request_count % _period(self.rate_limit_rate) == 0:
            return "rate_limit"
        if self.server_error_rate > 0:
            period = _period(self.server_error_rate)
            return "server_error" if self.request_count % period == period // 2 else None
        return None

    def next_github_list_is_limited(self) -> bool:
        """Use up one of the announced limits of GitHub."""
        if self.github_rate_limit_next < 1:
            return False
        self.github_rate_limit_next -= 1
        return True

    def next_slack_call_is_limited(self) -> bool:
        """Use up one of the announced Slack rate limits."""
        if self.slack_rate_limit_next < 1:
            return False
        self.slack_rate_limit_next -= 1
        return True

    def next_slack_file_is_pending(self) -> bool:
        """Use up one of the announced early messages."""
        if self.slack_file_pending_next < 1:
            return False
        self.slack_file_pending_next -= 1
        return True

    def change(self, settings: dict[str, Any]) -> None:
        """Set switches by name; ValueError names one that does not exist or has the wrong type."""
        kinds = {field.name: type(getattr(self, field.name)) for field in fields(self)}
        for name, value in settings.items():
            if name not in kinds:
                raise ValueError(f"Unknown fault '{name}'. Known faults: {', '.join(sorted(kinds))}.")
            accepted = (int, float) if kinds[name] is float else (kinds[name],)
            if type(value) not in accepted:
                raise ValueError(f"Fault '{name}' takes a {kinds[name].__name__}, not {value!r}.")
        for name, value in settings.items():
            setattr(self, name, value)

    def as_dict(self) -> dict[str, Any]:
        """All switches, for `GET /_sandbox/faults`."""
        return asdict(self)


def _period(rate: float) -> int:
    """Every how many requests a fault of that rate comes."""
    return max(1, round(1 / rate))
