"""Commands around anomalies: try the detector on the past."""

from pathlib import Path
from typing import Annotated

import typer

from burnline.anomaly import backtest_anomalies, write_alerts
from burnline.anomaly_file import read_metrics
from burnline.failure import errors, one_sentence
from burnline.options import Json
from burnline.output import out, print_json
from config.settings import SettingsError

app = typer.Typer(no_args_is_help=True, help="Days that are not like their past.")


@app.callback()
def _group() -> None:
    """A group of commands, even while there is only one."""


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
