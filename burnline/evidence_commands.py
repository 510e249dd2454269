"""`evidence`: writes what auditors ask for as one file, and says whether such a file is as it was made."""

from pathlib import Path
from typing import Annotated, Any

import typer

from burnline import exit_codes
from burnline.alert_answers import who
from burnline.context import open_context, utc_now
from burnline.evidence import export, make_pack, target_of
from burnline.evidence_span import scope_of, span_of
from burnline.failure import errors, one_sentence
from burnline.output import out
from config.settings import SettingsError
from domain.evidence.verify import verify
from domain.wording import count
from queries.runner import run

app = typer.Typer()

SHOWN_FAULTS = 30


@app.callback(invoke_without_command=True)
def evidence(
    context: typer.Context,
    first: Annotated[str | None, typer.Option("--from", help="First day, in the organisation's time zone.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="The day after the last; at the latest today.")] = None,
    scope: Annotated[list[str], typer.Option(help="feature:KEY, team:NAME or tier:NAME; repeat it.")] = [],  # noqa: B006
    path: Annotated[
        Path | None, typer.Option("--out", help="File to write (default: burnline-evidence-FROM-TO.zip).")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
    by: Annotated[str | None, typer.Option(help="Who you are (default: the user of the operating system).")] = None,
) -> None:
    """Write a pack of evidence for auditors: one zip with hashes and the query behind each file."""
    if context.invoked_subcommand is not None:
        return
    with one_sentence():
        now, opened = utc_now(), open_context(sync=False)
        span = span_of(first, end, opened.settings.organization.timezone, now)
        narrowed = scope_of(scope, run(opened.store, "evidence/scopes").rows())
        target = target_of(path, span, force=force)
        pack = make_pack(opened, span, narrowed)
        export(opened, pack, target, span, narrowed, who(by), now)
        out.print(
            f"Wrote {target}: {count(pack.file_count, 'file')} with {count(pack.row_count, 'row')}, "
            f"SHA-256 {pack.sha256}"
        )


@app.command("verify")
def evidence_verify(
    path: Annotated[Path, typer.Argument(help="A zip that `evidence` wrote.")],
) -> None:
    """Say whether a pack of evidence is as it was made; name every file that is not."""
    with one_sentence():
        try:
            verified = verify(path.read_bytes())
        except OSError as error:
            raise SettingsError(f"{path} cannot be read: {error.strerror}.") from None
        for fault in verified.faults[:SHOWN_FAULTS]:
            errors.print(f"{path}: {fault}")
        if (more := len(verified.faults) - SHOWN_FAULTS) > 0:
            errors.print(f"{path}: {count(more, 'more fault')}.")
        if verified.faults:
            raise typer.Exit(exit_codes.SOURCE_FAILED)
        out.print(f"{path} is as it was made: {_told(dict(verified.manifest))}.")


def _told(manifest: dict[str, Any]) -> str:
    span = manifest["span"]
    return (
        f"evidence of {manifest['organization']} from {span['from']} to before {span['to']} ({span['time_zone']}), "
        f"overall hash {manifest['overall_sha256']}"
    )
