-- title:   What is silent now or will be, until when, and why?
-- grain:   one row per snooze, mute or maintenance that has not ended; the one that ends first first; what is NULL is
--          not asked of an alert
-- params:  now timestamp
-- returns: silence_id text, kind text, starts_at timestamp, ends_at timestamp, reason text, created_by text,
--          fingerprint text, rule text, team text, feature text, provider text, service text, silent_count count
select
  s.silence_id, s.kind, s.starts_at, s.ends_at, s.reason, s.created_by,
  s.fingerprint, s.rule, s.team, s.feature, s.provider, s.service,
  cast((
    select count(*) from alert a where a.silence_id = s.silence_id and a.status in ('open', 'acknowledged')
  ) as bigint) as silent_count
from alert_silence s
where s.ended_at is null and s.ends_at > :now
order by s.ends_at, s.silence_id
