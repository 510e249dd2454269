"""Commands around anomalies: judge what is stored, try the detector on any series."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from alerts.detection.evaluate import detect
from burnline.anomaly import backtest_anomalies, write_alerts
from burnline.anomaly_file import read_metrics
from burnline.context import open_context, utc_now
from burnline.failure import errors, one_sentence
from burnline.options import Json
from burnline.output import out, print_json
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
