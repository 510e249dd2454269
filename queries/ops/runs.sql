-- title:   What did the sources' runs do?
-- grain:   one row per run, newest first
-- params:  since timestamp, source texts (empty: all)
-- returns: source text, kind text, status text, started_at timestamp, finished_at timestamp,
--          window_start_at timestamp, window_end_at timestamp, row_count count, quarantined_count count,
--          request_count count, retry_count count, error_kind text, error_message text, detail text
select
  source, kind, status, started_at, finished_at, window_start_at, window_end_at,
  row_count, quarantined_count, request_count, retry_count, error_kind, error_message, detail
from collector_run
where started_at >= :since
  and (:any_source or source in :source)
order by started_at desc, run_id desc
