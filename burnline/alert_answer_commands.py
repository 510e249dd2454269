"""Commands for people who answer alerts: list, acknowledge, judge, snooze, mute."""

from datetime import datetime
from typing import Annotated

import typer

from alerts.discovery import rules
from alerts.silence import said
from alerts.silencing import mute, unmute
from burnline import exit_codes
from burnline.alert_answers import alert_line, answer, listed_alerts, silence_line, who
from burnline.context import open_context, utc_now
from burnline.failure import errors, one_sentence
from burnline.options import Json, moment_of_option
from burnline.output import out, print_json
from config.settings import SettingsError
from domain.duration import parse_duration
from queries.runner import run

app = typer.Typer()

AlertId = Annotated[str, typer.Argument(help="The alert's id as `alerts list` shows it; its first 6 characters do.")]
By = Annotated[str | None, typer.Option(help="Who you are (default: the user of the operating system).")]
Until = Annotated[str | None, typer.Option(help="ISO 8601; without a zone it is UTC.")]
Note = Annotated[str | None, typer.Option(help="Why, for others.")]
Reason = Annotated[str, typer.Option(help="Why, for others.")]


@app.command("list")
def alerts_list(
    everything: Annotated[bool, typer.Option("--all", help="Also what ended in the last ninety days.")] = False,
    as_json: Json = False,
) -> None:
    """List the open alerts, gravest first."""
    with one_sentence():
        rows = listed_alerts(open_context(sync=False), utc_now(), everything=everything)
        if as_json:
            print_json({"alerts": rows})
            return
        out.print("\n".join(map(alert_line, rows)) or "No alert is open.", markup=False)


@app.command("ack")
def alerts_ack(alert: AlertId, by: By = None) -> None:
    """Take an alert on: its message says who has it, and nobody else is woken."""
    _answer(alert, "acknowledge", by)


@app.command("useful")
def alerts_useful(alert: AlertId, note: Note = None, by: By = None) -> None:
    """Tell that an alert was worth the time."""
    _answer(alert, "useful", by, reason=note)


@app.command("not-useful")
def alerts_not_useful(alert: AlertId, note: Note = None, by: By = None) -> None:
    """Tell that it was not; detection of an anomaly learns from it."""
    _answer(alert, "not useful", by, reason=note)


@app.command("expected")
def alerts_expected(alert: AlertId, until: Until = None, note: Note = None, by: By = None) -> None:
    """Tell that it was planned: an anomaly's days are judged no more, any other alert is silent until then."""
    _answer(alert, "expected", by, reason=note, until=moment_of_option("--until", until))


@app.command("snooze")
def alerts_snooze(
    alert: AlertId,
    reason: Reason,
    lasting: Annotated[str | None, typer.Option("--for", help="A duration such as 4h.")] = None,
    until: Until = None,
    by: By = None,
) -> None:
    """Tell nobody of one alert for a while, unless it becomes a page."""
    with one_sentence():
        if (lasting is None) == (until is None):
            raise SettingsError("Say until when: either --for or --until.")
        end = moment_of_option("--until", until) if lasting is None else _after(lasting)
        _answer(alert, "snooze", by, reason=reason, until=end)


@app.command("unsnooze")
def alerts_unsnooze(alert: AlertId, by: By = None) -> None:
    """End a snooze early."""
    _answer(alert, "unsnooze", by)


@app.command("mute")
def alerts_mute(
    until: Annotated[str, typer.Option(help="ISO 8601; without a zone it is UTC.")],
    reason: Reason,
    rule: Annotated[str | None, typer.Option(help="As docs/rules.md lists them.")] = None,
    feature: Annotated[str | None, typer.Option(help="Alerts of this feature.")] = None,
    team: Annotated[str | None, typer.Option(help="Alerts of this team.")] = None,
    provider: Annotated[str | None, typer.Option(help="As the bills name it.")] = None,
    service: Annotated[str | None, typer.Option(help="Alerts of this service.")] = None,
    since: Annotated[str | None, typer.Option(help="When it begins (default: now).")] = None,
    maintenance: Annotated[bool, typer.Option("--maintenance", help="Call it planned maintenance.")] = False,
    by: By = None,
) -> None:
    """Tell nobody of any alert that fits everything named, pages included."""
    with one_sentence():
        named = {"rule": rule, "feature": feature, "team": team, "provider": provider, "service": service}
        if rule is not None and rule not in rules():
            known = ", ".join(rules())
            raise SettingsError(f"There is no rule {rule!r}, so nothing would be silent; use one of {known}.")
        now, ends_at = utc_now(), moment_of_option("--until", until)
        assert ends_at is not None
        context = open_context(sync=False)
        silence = mute(
            context.store,
            context.settings,
            context.routing,
            {name: value for name, value in named.items() if value is not None},
            starts_at=moment_of_option("--since", since) or now,
            ends_at=ends_at,
            reason=reason,
            by=who(by),
            now=now,
            is_maintenance=maintenance,
        )
        out.print(" ".join(said(silence)) + ".")


@app.command("silences")
def alerts_silences(as_json: Json = False) -> None:
    """List snoozes, mutes and maintenance that hold or will hold."""
    with one_sentence():
        rows = run(open_context(sync=False).store, "alert/silences", now=utc_now()).rows()
        if as_json:
            print_json({"silences": rows})
            return
        out.print("\n".join(map(silence_line, rows)) or "Nothing is silent.", markup=False)


@app.command("unmute")
def alerts_unmute(
    silence: Annotated[str, typer.Argument(help="Its id as `alerts silences` shows it; its first 6 characters do.")],
    by: By = None,
) -> None:
    """End a snooze, mute or maintenance early; what is still open is told."""
    with one_sentence():
        context = open_context(sync=False)
        ended = unmute(context.store, context.settings, context.routing, silence, who(by), utc_now())
        out.print(f"Ended: {' '.join(said(ended))}.")


def _answer(
    alert_id: str, action: str, by: str | None, *, reason: str | None = None, until: datetime | None = None
) -> None:
    with one_sentence():
        outcome = answer(open_context(sync=False), alert_id, action, by, utc_now(), reason=reason, until=until)
        (out if outcome.done else errors).print(outcome.sentence)
        if not outcome.done:
            raise typer.Exit(exit_codes.BAD_INPUT)


def _after(duration: str) -> datetime:
    try:
        return utc_now() + parse_duration(duration)
    except ValueError as error:
        raise SettingsError(f"--for: {error}.") from None
