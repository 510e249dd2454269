-- title:   How long does it take until a person notices an alert?
-- grain:   one row. Of all alerts that opened in the period, whatever the rule; no row when none did
-- params:  start timestamp, end timestamp (UTC, half-open), severity texts, rule texts
-- returns: fired_count count, noticed_count count, median_notice_seconds seconds
with person as (
  select alert_id, occurred_at
  from alert_event
  where actor is not null and transition in ('acknowledged', 'useful', 'not useful', 'expected')
  union all
  select alert_id, acknowledged_at
  from alert
  where acknowledged_at is not null
),
noticed as (
  select alert_id, min(occurred_at) as first_at
  from person
  group by alert_id
),
fired as (
  select extract(epoch from n.first_at) - extract(epoch from a.opened_at) as notice_seconds
  from alert a
  left join noticed n on n.alert_id = a.alert_id
  where a.opened_at >= :start
    and a.opened_at < :end
    and (:any_severity or a.severity in :severity)
    and (:any_rule or a.rule in :rule)
)
select
  cast(count(*) as bigint) as fired_count,
  cast(count(notice_seconds) as bigint) as noticed_count,
  percentile_cont(0.5) within group (order by cast(notice_seconds as double precision)) as median_notice_seconds
from fired
having count(*) > 0
