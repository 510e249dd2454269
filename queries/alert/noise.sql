-- title:   How many alerts did each destination hear of, week by week?
-- grain:   one row per (destination, week from Monday, UTC) with at least one; what is told again of an alert in place
--          or in its thread is none of it
-- params:  start timestamp, end timestamp (UTC, half-open)
-- returns: destination text, week_start date, message_count count, possibly_count count
select
  o.destination,
  cast(date_trunc('week', o.created_at) as date) as week_start,
  cast(count(*) as bigint) as message_count,
  cast(sum(case when o.status = 'possibly_sent' then 1 else 0 end) as bigint) as possibly_count
from outbox o
join alert a on a.alert_id = o.alert_id
where o.action = 'post'
  and o.status in ('sent', 'accepted', 'possibly_sent')
  and o.created_at >= :start
  and o.created_at < :end
group by o.destination, cast(date_trunc('week', o.created_at) as date)
order by o.destination, week_start
