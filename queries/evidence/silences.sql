-- title:   Of what was nobody told, who wanted it so, and why?
-- grain:   one row per silence that held in the span, in order of its start
-- params:  start timestamp, end timestamp (UTC, half-open)
-- returns: starts_at timestamp, ends_at timestamp, ended_at timestamp, kind text, created_by text,
--          created_at timestamp, reason text, rule text, team text, feature text, provider text, service text,
--          fingerprint text, silence_id text
select
  starts_at, ends_at, ended_at, kind, created_by, created_at, reason, rule, team, feature, provider, service,
  fingerprint, silence_id
from alert_silence
where starts_at < :end
  and coalesce(ended_at, ends_at) > :start
order by starts_at, silence_id
