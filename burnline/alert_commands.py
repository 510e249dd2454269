"""Commands around alerts: evaluate, say where they go, and how often they would have fired."""

from decimal import Decimal
from typing import Annotated

import typer

from burnline import exit_codes
from burnline.context import open_context, utc_now
from burnline.failure import one_sentence
from burnline.options import Json
from burnline.output import out, print_json

app = typer.Typer(no_args_is_help=True, help="Evaluate rules, send messages, and answer alerts.")


@app.command("check")
def alerts_check(as_json: Json = False) -> None:
    """Evaluate every rule now and send what is due."""
    from burnline.alerting import check_and_deliver

    with one_sentence():
        report = check_and_deliver(open_context(), utc_now())
        if as_json:
            print_json(report.as_dict())
        else:
            out.print(report.sentence(), markup=False)
        if report.failed:
            raise typer.Exit(exit_codes.SOURCE_FAILED)


@app.command("backtest")
def alerts_backtest(
    rule: Annotated[str | None, typer.Option(help="One rule; without it all.")] = None,
    days: Annotated[int, typer.Option(min=1, max=400, help="How far back.")] = 90,
    as_json: Json = False,
) -> None:
    """Tell how often rules would have fired in the stored history; the page Alerts shows that of 90 days."""
    from alerts.replay import DAYS
    from burnline.alert_history import histories, keep_pasts

    with one_sentence():
        context, now = open_context(), utc_now()
        found = histories(context, now, rule, days)
        if days == DAYS:
            keep_pasts(context, found, now)
        if as_json:
            print_json({"rules": [one.as_dict() for one in found]})
        for one in () if as_json else found:
            out.print("\n".join(one.lines()), markup=False)


@app.command("digest")
def alerts_digest(
    week: Annotated[
        str | None, typer.Option(help="An ISO week such as 2026-W47; without it the last whole one.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only print it.")] = False,
) -> None:
    """Print the weekly digest, and send it to the destination of [digest] unless that was done already."""
    from alerts.digest import link_to
    from burnline.digest import digest_of, tell_now, week_asked

    with one_sentence():
        context, now = open_context(), utc_now()
        found = digest_of(context, week_asked(context, week, now), now)
        out.print(found.text(link_to(context.settings)), markup=False)
        if not dry_run:
            out.print(f"\n{tell_now(context, found, now)}", markup=False)


@app.command("route")
def alerts_route(
    rule: Annotated[str, typer.Option(help="The rule that would find it, as docs/rules.md lists them.")],
    severity: Annotated[str, typer.Option(help="page, ticket or info.")] = "page",
    feature: Annotated[str | None, typer.Option(help="Brings its team, tier and owner along.")] = None,
    team: Annotated[str | None, typer.Option(help="Where it is not the feature's.")] = None,
    tier: Annotated[str | None, typer.Option(help="Where it is not the feature's.")] = None,
    owner: Annotated[str | None, typer.Option(help="Where it is not the feature's.")] = None,
    provider: Annotated[str | None, typer.Option(help="As the bills name it.")] = None,
    impact: Annotated[float | None, typer.Option(min=0, help="Money at stake.")] = None,
    as_json: Json = False,
) -> None:
    """Say where an alert would go, and why; nothing is sent."""
    from burnline.routes import where_to

    with one_sentence():
        scope = {"feature": feature, "team": team, "tier": tier, "owner": owner, "provider": provider}
        cost = None if impact is None else Decimal(str(impact))
        answer = where_to(open_context(sync=False), rule=rule, severity=severity, scope=scope, impact_cost=cost)
        if as_json:
            print_json(answer.as_json())
        else:
            for sentence in answer.sentences():
                out.print(sentence)
