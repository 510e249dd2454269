-- title:   How is each source doing?
-- grain:   one row per source that ever ran; "last" is the newest run that ended, "running" the one under way
-- params:  none
-- returns: source text, last_kind text, running_kind text, running_since_at timestamp, last_status text,
--          last_started_at timestamp, last_finished_at timestamp, last_row_count count, error_kind text,
--          error_message text, last_ok_at timestamp, watermark_at timestamp, run_count count, ok_count count,
--          failed_since_ok_count count, loaded_row_count count, quarantined_count count,
--          every_seconds count, next_run_at timestamp, reads_files flag, backfill_start_at timestamp
select
  h.source, h.last_kind, h.running_kind, h.running_since_at, h.last_status, h.last_started_at, h.last_finished_at,
  h.last_row_count, h.error_kind, h.error_message, h.last_ok_at, h.watermark_at, h.run_count, h.ok_count,
  h.failed_since_ok_count, h.loaded_row_count, h.quarantined_count, t.every_seconds, t.next_run_at, h.reads_files,
  h.backfill_start_at
from source_health h
left join source_state t on t.source = h.source
order by h.source
