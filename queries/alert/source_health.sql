-- title:   Is each source on time, and how did its last run end?
-- grain:   one row per source that ever ran; "last" is the newest run that ended
-- params:  none
-- returns: source text, first_started_at timestamp, running_since_at timestamp, last_status text,
--          last_started_at timestamp, watermark_at timestamp, error_kind text, error_message text,
--          failed_since_ok_count count, reads_files flag
with summary as (
  select
    source,
    min(started_at) as first_started_at,
    max(case when status = 'running' then started_at end) as running_since_at,
    max(case when status <> 'running' then started_at end) as last_started_at,
    max(case when status = 'ok' then started_at end) as last_ok_started_at,
    max(case when status = 'ok' then watermark_at end) as watermark_at,
    max(case when detail is not null then 1 else 0 end) = 1 as reads_files
  from collector_run
  group by source
),
ended as (
  select
    r.source, r.status, r.error_kind, r.error_message,
    row_number() over (partition by r.source order by r.run_id desc) as newest
  from collector_run r
  join summary s on s.source = r.source and r.started_at = s.last_started_at
  where r.status <> 'running'
),
failed as (
  select r.source, cast(count(*) as bigint) as failed_since_ok_count
  from collector_run r join summary s on s.source = r.source
  where r.status = 'failed' and (s.last_ok_started_at is null or r.started_at > s.last_ok_started_at)
  group by r.source
)
select
  s.source, s.first_started_at, s.running_since_at, e.status as last_status, s.last_started_at, s.watermark_at,
  e.error_kind, e.error_message, coalesce(f.failed_since_ok_count, 0) as failed_since_ok_count, s.reads_files
from summary s
left join ended e on e.source = s.source and e.newest = 1
left join failed f on f.source = s.source
order by s.source
