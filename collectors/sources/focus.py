"""FOCUS files (CSV, CSV.gz, Parquet; versions 1.0 to 1.4), one file or a folder of them.

Grain: one charge. A file has no row ids, so a delivery replaces its (billing account, billing period) slices whole;
the files of one folder are one delivery, since exports are split into parts.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import Field

from collectors.base import Delivery, FileApi, FileSource, History, SourceSettings, Undeliverable
from collectors.errors import CollectorError, DataError
from collectors.files import by_folder, digest, up_to_date
from collectors.focus_sql import selection
from collectors.staging import Staging
from domain.window import Window
from store.load import BillingPeriod
from store.tables import Charge, Quarantine

SUFFIXES = (".csv", ".csv.gz", ".parquet")


class FocusSettings(SourceSettings):
    """`path`: a FOCUS file, or a folder with its parts (sub-folders are deliveries of their own)."""

    path: str = Field(min_length=1)


def deliver(api: FileApi, history: History) -> Iterator[Delivery | Undeliverable]:
    """One delivery per folder that holds FOCUS files; a folder with a file that is not whole is Undeliverable."""
    delivered: set[BillingPeriod] = set()
    present = {digest(files): files for files in by_folder(Path(api.settings.path), SUFFIXES)}
    loaded = up_to_date(history, present)
    for detail, files in present.items():
        if detail in loaded:
            continue
        with Staging(Charge) as staging:
            try:
                delivery = _staged(api.name, detail, files, staging)
                _refuse_repeats(files[0].parent, delivery.periods, delivered)
            except CollectorError as error:
                yield Undeliverable(detail, error)
            else:
                yield delivery


def _staged(source: str, detail: str, files: Sequence[Path], staging: Staging) -> Delivery:
    rejected = [
        Quarantine(run_id="", source=source, file_name=path.name, row_number=number, reason=reason)
        for path in files
        for number, reason in staging.add(path, selection(staging.header(path), path.name, source))
    ]
    periods = _periods(staging)
    if not periods:
        told = f": row {rejected[0].row_number}: {rejected[0].reason}" if rejected else ""
        raise DataError(f"{files[0].name} has no row that can be loaded{told}.")
    ((end,),) = staging.ask("select timezone('UTC', max(charge_period_end)) from staged")
    window = _window(staging)
    rounded = staging.rounded_count()
    return Delivery(detail, window, staging.handed_over(), periods, rejected, complete_to=end, rounded_count=rounded)


def check(api: FileApi) -> None:
    """The path holds at least one FOCUS file whose header is whole."""
    first = next(by_folder(Path(api.settings.path), SUFFIXES))[0]
    with Staging(Charge) as staging:
        selection(staging.header(first), first.name, api.name)


def _periods(staging: Staging) -> tuple[BillingPeriod, ...]:
    found = staging.ask(
        "select distinct billing_account_id, timezone('UTC', billing_period_start) from staged order by all"
    )
    return tuple(BillingPeriod(account, start) for account, start in found)


def _window(staging: Staging) -> Window:
    found = staging.ask(
        "select timezone('UTC', min(billing_period_start)), timezone('UTC', max(billing_period_end)) from staged"
    )
    return Window(*found[0])


def _refuse_repeats(folder: Path, periods: tuple[BillingPeriod, ...], delivered: set[BillingPeriod]) -> None:
    for period in periods:
        if period in delivered:
            raise DataError(
                f"{folder} delivers account {period.billing_account_id}, {period.start:%B %Y} a second time; "
                "keep the parts of one billing period in one folder."
            )
        delivered.add(period)


SOURCE = FileSource(
    name="focus",
    title="FOCUS files",
    role="billing",
    writes=Charge,
    settings=FocusSettings,
    deliver=deliver,
    check=check,
    every="1h",
)
