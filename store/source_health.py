"""How each source is doing, added up from its runs: pages ask at every rerun, and the ledger grows for ever."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from store.schema import column_names, table
from store.tables import SourceHealth

_ROWS = """
insert into source_health ({columns})
with placed as (
  select
    source, kind, status, started_at, finished_at, watermark_at, row_count, quarantined_count, detail,
    error_kind, error_message, window_start_at,
    row_number() over (
      partition by source, case when status = 'running' then 1 else 0 end order by started_at desc, run_id desc
    ) as newest,
    max(case when status = 'ok' then started_at end) over (partition by source) as last_ok_started_at
  from collector_run
  {wanted}
),
told as (
  select
    placed.*,
    status <> 'running' and newest = 1 as is_last,
    status = 'failed' and (last_ok_started_at is null or started_at > last_ok_started_at) as is_failed_since_ok
  from placed
)
select
  source,
  min(started_at) as first_started_at,
  max(case when status = 'running' and newest = 1 then kind end) as running_kind,
  max(case when status = 'running' then started_at end) as running_since_at,
  max(case when is_last then kind end) as last_kind,
  max(case when is_last then status end) as last_status,
  max(case when is_last then started_at end) as last_started_at,
  max(case when is_last then finished_at end) as last_finished_at,
  max(case when is_last then row_count end) as last_row_count,
  max(case when is_last then error_kind end) as error_kind,
  max(case when is_last then error_message end) as error_message,
  max(finished_at) as newest_finished_at,
  max(case when status = 'ok' then finished_at end) as last_ok_at,
  max(case when status = 'ok' then watermark_at end) as watermark_at,
  cast(count(*) as bigint) as run_count,
  cast(sum(case when status = 'ok' then 1 else 0 end) as bigint) as ok_count,
  cast(sum(case when is_failed_since_ok then 1 else 0 end) as bigint) as failed_since_ok_count,
  cast(sum(case when status = 'ok' then row_count end) as bigint) as loaded_row_count,
  cast(sum(quarantined_count) as bigint) as quarantined_count,
  count(case when kind = 'file' and detail is not null then 1 end) > 0 as reads_files,
  min(case when kind = 'backfill' then window_start_at end) as backfill_start_at
from told
group by source
"""


def refresh(connection: Connection, source: str | None = None) -> None:
    """Adds up the runs of one source, or of all, in the transaction that changed them."""
    health = table(SourceHealth)
    gone = sa.delete(health) if source is None else sa.delete(health).where(health.c.source == source)
    connection.execute(gone)
    wanted = "" if source is None else "where source = :source"
    statement = _ROWS.format(columns=", ".join(column_names(SourceHealth)), wanted=wanted)
    connection.execute(sa.text(statement), {} if source is None else {"source": source})
