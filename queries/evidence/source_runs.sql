-- title:   What did each run of a source load?
-- grain:   one row per run begun in the span, in order of time
-- params:  start timestamp, end timestamp (UTC, half-open)
-- returns: started_at timestamp, source text, run_id text, kind text, status text, finished_at timestamp,
--          window_start_at timestamp, window_end_at timestamp, watermark_at timestamp, row_count count,
--          quarantined_count count, request_count count, retry_count count, detail text, error_kind text,
--          error_message text
select
  started_at, source, run_id, kind, status, finished_at, window_start_at, window_end_at, watermark_at, row_count,
  quarantined_count, request_count, retry_count, detail, error_kind, error_message
from collector_run
where started_at >= :start
  and started_at < :end
order by started_at, source, run_id
