-- title:   Is each source on time, and how did its last run end?
-- grain:   one row per source that ever ran; "last" is the newest run that ended
-- params:  none
-- returns: source text, first_started_at timestamp, running_since_at timestamp, last_status text,
--          last_started_at timestamp, watermark_at timestamp, error_kind text, error_message text,
--          failed_since_ok_count count, reads_files flag
with numbered as (
  select
    source, status, started_at, watermark_at, error_kind, error_message, detail,
    row_number() over (
      partition by source, case when status = 'running' then 1 else 0 end
      order by started_at desc, run_id desc
    ) as newest,
    max(case when status = 'ok' then started_at end) over (partition by source) as last_ok_started_at
  from collector_run
)
select
  source,
  min(started_at) as first_started_at,
  max(case when status = 'running' and newest = 1 then started_at end) as running_since_at,
  max(case when status <> 'running' and newest = 1 then status end) as last_status,
  max(case when status <> 'running' and newest = 1 then started_at end) as last_started_at,
  max(case when status = 'ok' then watermark_at end) as watermark_at,
  max(case when status <> 'running' and newest = 1 then error_kind end) as error_kind,
  max(case when status <> 'running' and newest = 1 then error_message end) as error_message,
  cast(sum(
    case when status = 'failed' and (last_ok_started_at is null or started_at > last_ok_started_at) then 1 else 0 end
  ) as bigint) as failed_since_ok_count,
  max(case when detail is not null then 1 else 0 end) = 1 as reads_files
from numbered
group by source
order by source
