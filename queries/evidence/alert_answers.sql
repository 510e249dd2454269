-- title:   Which alerts did people answer, and how?
-- grain:   one row per transition of an alert that a person caused, in order of time
-- params:  start timestamp, end timestamp (UTC, half-open)
-- returns: occurred_at timestamp, actor text, transition text, reason text, alert_id text, rule text, severity text,
--          title text, owner text, opened_at timestamp, event_id text
select
  e.occurred_at, e.actor, e.transition, e.reason, e.alert_id, a.rule, a.severity, a.title, a.owner, a.opened_at,
  e.event_id
from alert_event e
left join alert a on a.alert_id = e.alert_id
where e.actor is not null
  and e.occurred_at >= :start
  and e.occurred_at < :end
order by e.occurred_at, e.event_id
