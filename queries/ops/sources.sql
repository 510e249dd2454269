-- title:   How is each source doing?
-- grain:   one row per source that ever ran; "last" is the newest run that ended, "running" the one under way
-- params:  none
-- returns: source text, last_kind text, running_kind text, running_since_at timestamp, last_status text,
--          last_started_at timestamp, last_finished_at timestamp, last_row_count count, error_kind text,
--          error_message text, last_ok_at timestamp, watermark_at timestamp, run_count count, ok_count count,
--          failed_since_ok_count count, loaded_row_count count, quarantined_count count,
--          every_seconds count, next_run_at timestamp, reads_files flag, backfill_start_at timestamp
with by_status as (
  select
    source,
    status,
    max(started_at) as started_at,
    max(finished_at) as finished_at,
    max(watermark_at) as watermark_at,
    count(*) as run_count,
    sum(row_count) as row_count,
    sum(quarantined_count) as quarantined_count,
    count(detail) as file_count,
    min(case when kind = 'backfill' then window_start_at end) as backfill_start_at
  from collector_run
  group by source, status
),
summary as (
  select
    source,
    max(case when status = 'ok' then started_at end) as last_ok_started_at,
    max(case when status <> 'running' then started_at end) as last_started_at,
    max(case when status = 'running' then started_at end) as running_since_at,
    max(case when status = 'ok' then finished_at end) as last_ok_at,
    max(case when status = 'ok' then watermark_at end) as watermark_at,
    cast(sum(run_count) as bigint) as run_count,
    cast(sum(case when status = 'ok' then run_count else 0 end) as bigint) as ok_count,
    cast(sum(case when status = 'ok' then row_count end) as bigint) as loaded_row_count,
    cast(sum(quarantined_count) as bigint) as quarantined_count,
    sum(file_count) > 0 as reads_files,
    min(backfill_start_at) as backfill_start_at
  from by_status
  group by source
),
newest as (
  select
    r.source, r.kind, r.status, r.finished_at, r.row_count, r.error_kind, r.error_message,
    row_number() over (
      partition by r.source, case when r.status = 'running' then 1 else 0 end
      order by r.started_at desc, r.run_id desc
    ) as newest
  from collector_run r
  join by_status b on b.source = r.source and b.status = r.status and b.started_at = r.started_at
),
failed as (
  select r.source, cast(count(*) as bigint) as failed_since_ok_count
  from collector_run r
  join summary s on s.source = r.source
  where r.status = 'failed' and (s.last_ok_started_at is null or r.started_at > s.last_ok_started_at)
  group by r.source
)
select
  s.source, l.kind as last_kind, n.kind as running_kind, s.running_since_at, l.status as last_status,
  s.last_started_at,
  l.finished_at as last_finished_at, l.row_count as last_row_count, l.error_kind, l.error_message,
  s.last_ok_at, s.watermark_at, s.run_count, s.ok_count, coalesce(f.failed_since_ok_count, 0) as failed_since_ok_count,
  s.loaded_row_count, s.quarantined_count, t.every_seconds, t.next_run_at, s.reads_files,
  s.backfill_start_at
from summary s
left join newest l on l.source = s.source and l.status <> 'running' and l.newest = 1
left join newest n on n.source = s.source and n.status = 'running' and n.newest = 1
left join failed f on f.source = s.source
left join source_state t on t.source = s.source
order by s.source
