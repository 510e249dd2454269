"""`burnline.toml`: what an operator decides, validated with sentences a person can act on."""

import os
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from config.secret_reference import SecretReference
from domain.anomaly.incidents import MIN_IMPACT, MIN_IMPACT_RATIO
from domain.anomaly.method import Sensitivity
from domain.duration import parse_duration
from domain.weekly import parse_weekly

CONFIG_DIR_VARIABLE = "BURNLINE_CONFIG_DIR"
STORE_URL_VARIABLE = "BURNLINE_STORE_URL"
FILE_NAME = "burnline.toml"
DEFAULT_STORE_URL = "duckdb:///var/burnline.duckdb"


class SettingsError(Exception):
    """A config file that cannot be used: which file, which key, what to do."""


def check_duration(text: str) -> str:
    """The text itself when it is a duration such as 6h. Raises ValueError."""
    parse_duration(text)
    return text


Duration = Annotated[str, AfterValidator(check_duration)]
"""The type of a setting such as 6h; checked when the settings load."""

MetricName = Literal[
    "cost", "cost_per_request", "requests", "tokens_per_request", "latency_p95", "error_rate", "safety_rate"
]
"""What is watched for days unlike its past."""

Percent = Annotated[int, Field(ge=1, le=1000)]
Share = Annotated[int, Field(ge=0, le=100)]
"""Whole percent of something."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def known_zone(value: str) -> str:
    """The name of a time zone. Raises ValueError when there is none of that name."""
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"{value!r} is not an IANA time zone such as Europe/Berlin") from None
    return value


class Organization(_Section):
    """Who is watched. `timezone` cuts the weeks, months and quarters that are reviewed; the buckets of providers are
    UTC days and say so. `fiscal_year_start` is the month that the fiscal year begins in."""

    name: str = "My organisation"
    timezone: str = "UTC"
    currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$")
    fiscal_year_start: int = Field(default=1, ge=1, le=12)

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        return known_zone(value)


class StoreSettings(_Section):
    """Where the tables live, as an SQLAlchemy URL."""

    url: str = DEFAULT_STORE_URL


class Server(_Section):
    """Where the dashboard listens, where people reach it, and where they read this folder of `docs`."""

    host: str = "127.0.0.1"
    port: int = Field(default=8501, ge=1, le=65535)
    public_url: str | None = Field(default=None, pattern=r"^https?://")
    docs_url: str | None = Field(default=None, pattern=r"^https?://")


class Slack(_Section):
    """One workspace. `bot_token` is a reference such as env:SLACK_BOT_TOKEN; `channel` is a channel ID.

    With an `app_token` (Socket Mode) messages have buttons.
    """

    bot_token: SecretReference
    channel: str
    app_token: SecretReference | None = None
    base_url: str = "https://slack.com/api/"


class Email(_Section):
    """The mail server of the sink `email`. `starttls` and `tls` check its certificate; `none` sends readable text.

    `password` is a reference such as file:/run/secrets/smtp; without `user` nobody logs in.
    """

    host: str
    port: int = Field(default=587, ge=1, le=65535)
    encryption: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password: SecretReference | None = None
    sender: str = Field(pattern=r"^[^\s@<>,;\"]+@[^\s@<>,;\"]+$")

    @model_validator(mode="after")
    def _log_in_unread(self) -> Self:
        if (self.user is None) != (self.password is None):
            raise ValueError("user and password belong together; set both, or neither")
        if self.password and self.encryption == "none":
            raise ValueError('a password needs encryption = "starttls" or "tls"')
        return self


class AlertOwners(_Section):
    """Whose an alert is, by what its rule is about, where neither a feature nor a team says it."""

    cost: str | None = None
    usage: str | None = None
    promise: str | None = None
    incident: str | None = None
    safety: str | None = None
    source: str | None = None


class Alerts(_Section):
    """Defaults of the rules: when a budget is worth a message, and how late a source may be; `off` are left out.

    `every` is how often it is looked which rules are due; each rule says how often it is worth asking. `rule_limit` is
    how long one rule may ask the store; the others are asked whatever becomes of it.

    `unattributed_percent` of the bill may belong to nobody; `reconciled_percent` of what a provider bills for usage
    agrees with the usage it reports.
    """

    every: Duration = "20s"
    rule_limit: Duration = "1m"
    off: tuple[str, ...] = ()
    budget_thresholds: tuple[Percent, ...] = (50, 80, 100)
    stale_after: Duration = "6h"
    unattributed_percent: Share = 5
    reconciled_percent: Share = 90
    owners: AlertOwners = AlertOwners()


class Digest(_Section):
    """The weekly digest: `to` is a destination of routes.toml, `at` a time of the organisation's own clock."""

    to: str
    at: str = "Mon 08:00"

    @field_validator("at")
    @classmethod
    def _weekly(cls, value: str) -> str:
        parse_weekly(value)
        return value


class ReviewSettings(_Section):
    """The weekly review: `close` is when the week before is put on record, by the organisation's own clock.

    While a source is late it waits for it, at most `wait`. A closed week is told once at `to`, a destination of
    routes.toml, and written as HTML and PDF into `folder`, which is relative to the folder of burnline.toml.
    """

    close: str = "Mon 12:00"
    wait: Duration = "24h"
    to: str | None = None
    folder: str | None = None

    @field_validator("close")
    @classmethod
    def _weekly(cls, value: str) -> str:
        parse_weekly(value)
        return value


class Anomalies(_Section):
    """How sensitively days are judged, and from what amount on a person hears of it.

    `metrics` overrides `sensitivity` for metrics by name. `holidays` are dates, or dates by country. An
    anomaly of money is sent when more than `min_impact` (in the organisation's currency) and more than
    `min_impact_ratio` of the organisation's daily costs are at stake.
    """

    sensitivity: Sensitivity = Sensitivity.NORMAL
    metrics: dict[MetricName, Sensitivity] = {}
    holidays: tuple[date, ...] | dict[str, tuple[date, ...]] = ()
    min_impact: Decimal = Field(default=MIN_IMPACT, ge=0)
    min_impact_ratio: Decimal = Field(default=MIN_IMPACT_RATIO, ge=0, le=1)

    def sensitivity_of(self, metric: str) -> Sensitivity:
        """Its own, else the one of all."""
        return {str(name): one for name, one in self.metrics.items()}.get(metric, self.sensitivity)

    @property
    def holiday_dates(self) -> frozenset[date]:
        """Of all countries together: where some rest, use is lower."""
        lists = self.holidays.values() if isinstance(self.holidays, dict) else [self.holidays]
        return frozenset(day for days in lists for day in days)


BudgetColumn = Literal["scope_type", "scope", "period", "period_start", "amount", "currency", "version", "approved_on"]


class Budgets(_Section):
    """Finance's file: `columns` maps our names to its own, `set` gives what it does not say, alike for all lines.

    `path` is relative to the folder of burnline.toml.
    """

    path: str = "budgets.csv"
    columns: dict[BudgetColumn, str] = {}
    set: dict[BudgetColumn, str] = {}


class Settings(_Section):
    """The whole of burnline.toml. `sources` holds one table per source; each source checks its own keys."""

    organization: Organization = Organization()
    store: StoreSettings = StoreSettings()
    server: Server = Server()
    alerts: Alerts = Alerts()
    digest: Digest | None = None
    review: ReviewSettings = ReviewSettings()
    anomalies: Anomalies = Anomalies()
    budgets: Budgets = Budgets()
    slack: Slack | None = None
    email: Email | None = None
    sources: dict[str, dict[str, Any]] = {}
    demo: bool = False

    def enabled_sources(self, kind: str) -> frozenset[str]:
        """The names of the tables [sources.*] of a kind, without those that are switched off."""
        return frozenset(
            name
            for name, content in self.sources.items()
            if (content.get("kind") or name) == kind and content.get("enabled", True)
        )


def config_dir() -> Path:
    """The operator's folder: BURNLINE_CONFIG_DIR, else `config/` below the working directory."""
    return Path(os.environ.get(CONFIG_DIR_VARIABLE) or "config")


def load_settings(folder: Path | None = None) -> Settings:
    """Reads burnline.toml (defaults when there is none); BURNLINE_STORE_URL wins. Raises SettingsError."""
    path = (folder or config_dir()) / FILE_NAME
    settings = parse_settings(read_toml(path), path) if path.exists() else Settings()
    url = os.environ.get(STORE_URL_VARIABLE)
    return settings.model_copy(update={"store": StoreSettings(url=url)}) if url else settings


def parse_settings(content: dict[str, Any], path: Path) -> Settings:
    """Settings from parsed TOML. Raises SettingsError that names file and key."""
    try:
        return Settings.model_validate(content)
    except ValidationError as error:
        raise SettingsError(f"{path}: {explain(error)}") from None


def read_toml(path: Path) -> dict[str, Any]:
    """Parsed TOML. Raises SettingsError with the line of a syntax error."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}") from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from None


def explain(error: ValidationError) -> str:
    """The first problem of a validation in one sentence, without the value (it may be a secret)."""
    first = error.errors(include_input=False, include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"unknown key {where!r}; check its spelling or remove it"
    if first["type"] == "missing":
        return f"the key {where!r} is missing"
    told = first["msg"].removeprefix("Value error, ")
    return f"{where}: {told}" if where else told
