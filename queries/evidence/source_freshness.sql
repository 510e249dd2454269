-- title:   How far did the data of each source reach at the end, and how did its runs go?
-- grain:   one row per source that had run before the end of the span; counts are those of the runs begun in it.
--          `lag_seconds` is how far behind the end it was, NULL where it had never loaded anything
-- params:  start timestamp, end timestamp (UTC, half-open)
-- returns: source text, complete_to timestamp, lag_seconds seconds, last_ok_at timestamp, run_count count,
--          ok_count count, failed_count count, row_count count, quarantined_count count
with known as (
  select
    source,
    max(case when status = 'ok' and finished_at < :end then watermark_at end) as complete_to,
    max(case when status = 'ok' and finished_at < :end then finished_at end) as last_ok_at,
    sum(case when started_at >= :start then 1 else 0 end) as run_count,
    sum(case when started_at >= :start and status = 'ok' then 1 else 0 end) as ok_count,
    sum(case when started_at >= :start and status = 'failed' then 1 else 0 end) as failed_count,
    sum(case when started_at >= :start then row_count end) as row_count,
    sum(case when started_at >= :start then quarantined_count end) as quarantined_count
  from collector_run
  where started_at < :end
  group by source
)
select
  source, complete_to,
  cast(
    floor(extract(epoch from cast(:end as timestamp))) - floor(extract(epoch from complete_to)) as double precision
  ) as lag_seconds,
  last_ok_at,
  cast(run_count as bigint) as run_count,
  cast(ok_count as bigint) as ok_count,
  cast(failed_count as bigint) as failed_count,
  cast(row_count as bigint) as row_count,
  cast(quarantined_count as bigint) as quarantined_count
from known
order by source
