-- title:   What happened to one alert, and who did it?
-- grain:   one row per transition of the alert, oldest first; `actor` is NULL where Burnline did it
-- params:  alert_id text
-- returns: occurred_at timestamp, transition text, actor text, reason text, facts text
select occurred_at, transition, actor, reason, facts
from alert_event
where alert_id = :alert_id
order by occurred_at, event_id
