-- title:   Who did what to what Burnline keeps?
-- grain:   one row per act of a person or a command, in order of time; actors are as they named themselves
-- params:  start timestamp, end timestamp (UTC, half-open)
-- returns: occurred_at timestamp, actor text, action text, subject text, detail text, event_id text
select occurred_at, actor, action, subject, detail, event_id
from audit_event
where occurred_at >= :start
  and occurred_at < :end
order by occurred_at, event_id
