-- title:   Who did what lately?
-- grain:   one row per act of a person or a command, newest first; actors are as they named themselves
-- params:  since timestamp
-- returns: occurred_at timestamp, actor text, action text, subject text, detail text
select occurred_at, actor, action, subject, detail
from audit_event
where occurred_at >= :since
order by occurred_at desc, event_id
