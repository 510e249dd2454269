-- title:   Where was one alert told, and did the messages arrive?
-- grain:   one row per message of the alert, in the order in which they were decided; `route` says which one chose the
--          destination
-- params:  alert_id text
-- returns: destination text, sink text, target text, route text, action text, status text, created_at timestamp,
--          sent_at timestamp, next_attempt_at timestamp, attempt_count count, error_code text, remaining text
select
  o.destination, o.sink, o.target, d.reason as route, o.action, o.status, o.created_at, o.sent_at, o.next_attempt_at,
  o.attempt_count, o.error_code, o.remaining
from outbox o
left join alert_delivery d on d.alert_id = o.alert_id and d.destination = o.destination
where o.alert_id = :alert_id
order by o.position, o.message_id
