"""`python -m burnline`: the commands that operate it, and those of the other rooms under one roof."""

from dataclasses import asdict
from typing import Annotated

import typer

from burnline import exit_codes
from burnline.alert_answer_commands import app as alert_answers_app
from burnline.alert_commands import app as alerts_app
from burnline.anomaly_commands import app as anomaly_app
from burnline.collect import collect_sources, report, with_progress
from burnline.context import open_context, utc_now
from burnline.doctor import examine
from burnline.evidence_commands import app as evidence_app
from burnline.failure import one_sentence
from burnline.file_commands import export_app, import_app
from burnline.init import write_template
from burnline.log import set_up_logging
from burnline.options import Json, Moment, window_of
from burnline.output import out, print_json
from burnline.question_commands import app as question_app
from burnline.question_commands import attribution_app
from burnline.review_commands import app as review_app
from burnline.slo_commands import app as slo_app
from config.settings import SettingsError, config_dir, load_settings
from store.calendar import sync_calendar
from store.engine import open_store
from store.forget import forget_source
from store.migrate import upgrade

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Watches AI systems in production: what they cost, and whether they keep their promises.",
    epilog=exit_codes.EPILOG,
)
db_app = typer.Typer(no_args_is_help=True, help="The store.")
app.add_typer(question_app)
app.add_typer(import_app, name="import")
app.add_typer(export_app, name="export")
app.add_typer(attribution_app, name="attribution")
app.add_typer(slo_app, name="slo")
app.add_typer(anomaly_app, name="anomaly")
alerts_app.add_typer(alert_answers_app)
app.add_typer(alerts_app, name="alerts")
app.add_typer(review_app, name="review")
app.add_typer(evidence_app, name="evidence")
app.add_typer(db_app, name="db")


@app.command()
def init() -> None:
    """Write a commented burnline.toml, routes.toml and an SLO to start from."""
    with one_sentence():
        path = write_template(config_dir())
        out.print(f"Wrote {path}. Add a source to it, then: python -m burnline doctor")


@app.command("run")
def run_all(
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port of the dashboard (default: settings, 8501).")
    ] = None,
) -> None:
    """Serve the dashboard and run the scheduler; the demo, when no source is configured."""
    from burnline.serve import serve  # imports streamlit, which the other commands do without

    with one_sentence():
        serve(port)


@app.command()
def collect(
    source: Annotated[str | None, typer.Option(help="Only this source.")] = None,
    since: Moment = None,
    until: Moment = None,
    as_json: Json = False,
) -> None:
    """Load what is due from every source, or a given range again."""
    with one_sentence():
        window = window_of(since, until)
        report(with_progress(lambda tell: collect_sources(source, window, tell), quiet=as_json), as_json)


@app.command()
def doctor(as_json: Json = False) -> None:
    """Try each configured source, and each destination of alerts, with one cheap call."""
    with one_sentence():
        findings = examine()
        if as_json:
            print_json([asdict(finding) for finding in findings])
        else:
            for finding in findings:
                out.print(f"{'ok  ' if finding.ok else 'FIX '} {finding.what}: {finding.sentence}", markup=False)
        if not all(finding.ok for finding in findings):
            raise typer.Exit(exit_codes.SOURCE_FAILED)


@app.command()
def forget(
    source: Annotated[str, typer.Option(help="The source whose data are removed.")],
    yes: Annotated[bool, typer.Option("--yes", help="Really remove them.")] = False,
) -> None:
    """Remove everything a source ever loaded, so that another may bill its accounts."""
    with one_sentence():
        if not yes:
            raise SettingsError(f"This removes all data of {source!r} for good; add --yes to do it.")
        removed = forget_source(open_context(sync=False).store, source)
        if not removed:
            raise SettingsError(f"There is nothing stored of a source {source!r}.")
        out.print(f"Removed {removed:,} rows of {source}.", markup=False)


@db_app.command("upgrade")
def db_upgrade() -> None:
    """Bring the store to the newest schema, with the organisation's calendar."""
    with one_sentence():
        settings = load_settings()
        store = open_store(settings.store.url)
        upgrade(store)
        sync_calendar(store, settings.organization, settings.anomalies.holiday_dates, utc_now().date())
        out.print(f"{store.label} is up to date.")


def main() -> None:
    """Entry point of `python -m burnline`."""
    set_up_logging()
    app()
