-- title:   How is each source doing?
-- grain:   one row per source that ever ran; "last" is the newest run that ended, "running" the one under way
-- params:  none
-- returns: source text, last_kind text, running_kind text, running_since_at timestamp, last_status text,
--          last_started_at timestamp, last_finished_at timestamp, last_row_count count, error_kind text,
--          error_message text, last_ok_at timestamp, watermark_at timestamp, run_count count, ok_count count,
--          failed_since_ok_count count, loaded_row_count count, quarantined_count count,
--          every_seconds count, next_run_at timestamp, reads_files flag
with numbered as (
  select
    source, kind, status, started_at, finished_at, watermark_at, row_count, quarantined_count,
    error_kind, error_message, detail,
    row_number() over (
      partition by source, case when status = 'running' then 1 else 0 end
      order by started_at desc, run_id desc
    ) as newest,
    max(case when status = 'ok' then started_at end) over (partition by source) as last_ok_started_at
  from collector_run
)
select
  numbered.source,
  max(case when status <> 'running' and newest = 1 then numbered.kind end) as last_kind,
  max(case when status = 'running' and newest = 1 then numbered.kind end) as running_kind,
  max(case when status = 'running' and newest = 1 then started_at end) as running_since_at,
  max(case when status <> 'running' and newest = 1 then status end) as last_status,
  max(case when status <> 'running' and newest = 1 then started_at end) as last_started_at,
  max(case when status <> 'running' and newest = 1 then finished_at end) as last_finished_at,
  cast(max(case when status <> 'running' and newest = 1 then row_count end) as bigint) as last_row_count,
  max(case when status <> 'running' and newest = 1 then error_kind end) as error_kind,
  max(case when status <> 'running' and newest = 1 then error_message end) as error_message,
  max(case when status = 'ok' then finished_at end) as last_ok_at,
  max(case when status = 'ok' then watermark_at end) as watermark_at,
  cast(count(*) as bigint) as run_count,
  cast(sum(case when status = 'ok' then 1 else 0 end) as bigint) as ok_count,
  cast(sum(
    case when status = 'failed' and (last_ok_started_at is null or started_at > last_ok_started_at) then 1 else 0 end
  ) as bigint) as failed_since_ok_count,
  cast(sum(case when status = 'ok' then row_count end) as bigint) as loaded_row_count,
  cast(sum(quarantined_count) as bigint) as quarantined_count,
  max(every_seconds) as every_seconds,
  max(next_run_at) as next_run_at,
  max(case when detail is not null then 1 else 0 end) = 1 as reads_files
from numbered
left join source_state on source_state.source = numbered.source
group by numbered.source
order by numbered.source
