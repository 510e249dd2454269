"""Commands around anomalies: judge what is stored, answer an alert, try the detector on any series."""

from dataclasses import asdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from alerts.detection.calendar import EXPECTED, NOT_USEFUL
from alerts.detection.evaluate import detect
from alerts.detection.feedback import Answer, answer
from burnline.anomaly import backtest_anomalies, write_alerts
from burnline.anomaly_file import read_metrics
from burnline.context import open_context, utc_now
from burnline.failure import errors, one_sentence
from burnline.options import Json
from burnline.output import out, print_json
from burnline.series_file import parse_day
from config.settings import SettingsError

app = typer.Typer(no_args_is_help=True, help="Days that are not like their past.")


@app.command("detect")
def detect_command(as_json: Json = False) -> None:
    """Judge the newest complete days of every stored series now; the rules tell of what was found."""
    with one_sentence():
        context = open_context()
        found = detect(context.store, context.settings, utc_now())
        if as_json:
            print_json(asdict(found))
            return
        out.print(found.sentence())


@app.command("answer")
def answer_command(
    fingerprint: Annotated[str, typer.Argument(help="Which alert, as ops/open_alerts lists it.")],
    expected: Annotated[bool, typer.Option("--expected", help="It was planned: judge its days no more.")] = False,
    not_useful: Annotated[
        bool, typer.Option("--not-useful", help="Not worth the time; every second one counts.")
    ] = False,
    last_day: Annotated[str | None, typer.Option(help="With --expected: its last day (default: its first).")] = None,
    factor: Annotated[float | None, typer.Option(help="With --expected: how many times as much.", min=0)] = None,
    note: Annotated[str | None, typer.Option(help="Why, for others.")] = None,
) -> None:
    """Tell that an anomaly was expected, or not worth an alert."""
    with one_sentence():
        if expected == not_useful:
            raise SettingsError("Say either --expected or --not-useful.")
        if not_useful and (last_day or factor is not None):
            raise SettingsError("--last-day and --factor belong to --expected.")
        given = Answer(
            verdict=EXPECTED if expected else NOT_USEFUL,
            last_day=_day(last_day) if last_day else None,
            factor=None if factor is None else Decimal(repr(factor)),
            note=note,
        )
        row = answer(open_context().store, fingerprint, given, utc_now())
        until = row.end_on - timedelta(days=1)
        out.print(
            f"{row.verdict.capitalize()}: {row.metric} of {row.scope or 'the organisation'}, {row.start_on} to {until}."
        )


@app.command("backtest")
def backtest_command(
    series: Annotated[Path, typer.Option(help="CSV file: series_id, metric, timestamp, value and optionally n.")],
    to: Annotated[Path, typer.Option("--out", help="CSV file to write, one row per alerting day.")],
    as_json: Json = False,
) -> None:
    """Say on which days each series would have alerted, judged by the days before only."""
    with one_sentence():
        if to.exists() and series.exists() and to.samefile(series):
            raise SettingsError(f"--out {to} is the file of --series; name another one.")
        answer = backtest_anomalies(read_metrics(series))
        write_alerts(answer, to)
        for note in answer.notes:
            errors.print(note)
        if as_json:
            print_json(answer.as_json())
            return
        out.print(answer.sentence())
        out.print(answer.table())


def _day(text: str) -> date:
    try:
        return parse_day(text)
    except ValueError as error:
        raise SettingsError(f"--last-day: {error}.") from None
