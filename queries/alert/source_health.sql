-- title:   Is each source on time, and how did its last run end?
-- grain:   one row per source that ever ran; "last" is the newest run that ended
-- params:  none
-- returns: source text, first_started_at timestamp, running_since_at timestamp, last_status text,
--          last_started_at timestamp, watermark_at timestamp, error_kind text, error_message text,
--          failed_since_ok_count count, reads_files flag
select
  source, first_started_at, running_since_at, last_status, last_started_at, watermark_at, error_kind, error_message,
  failed_since_ok_count, reads_files
from source_health
order by source
