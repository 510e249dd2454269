-- title:   Which messages did not arrive, or perhaps not?
-- grain:   one row per message that is dead or possibly sent since `since`, or waits since before `late`; newest first.
--          `title` is the alert's, NULL for a message that is about none
-- params:  since timestamp, late timestamp
-- returns: message_id text, alert_id text, title text, severity text, destination text, sink text, target text,
--          status text, error_code text, remaining text, attempt_count count, created_at timestamp,
--          next_attempt_at timestamp
select
  o.message_id, o.alert_id, a.title, a.severity, o.destination, o.sink, o.target, o.status, o.error_code, o.remaining,
  o.attempt_count, o.created_at, o.next_attempt_at
from outbox o
left join alert a on a.alert_id = o.alert_id
where (o.status in ('dead', 'possibly_sent') and o.created_at >= :since)
  or (o.status = 'pending' and o.created_at < :late)
order by o.created_at desc, o.message_id
