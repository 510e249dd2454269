-- title:   How often did each rule fire, who answered, and was it right?
-- grain:   one row per rule with an alert that opened, ended or was answered in the period. Right: useful, or
--          acknowledged without another answer; wrong: not useful, expected, or withdrawn; of all that ended or were
--          answered in it. The newest answer counts. The time to notice runs from opening to the first person, of
--          those opened in the period (`noticed_count` of `fired_count`)
-- params:  start timestamp, end timestamp (UTC, half-open), severity texts, rule texts
-- returns: rule text, fired_count count, open_count count, acknowledged_count count, useful_count count,
--          not_useful_count count, expected_count count, withdrawn_count count, right_count count, wrong_count count,
--          unanswered_count count, noticed_count count, median_notice_seconds seconds
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
  select alert_id, min(occurred_at) as first_at, max(occurred_at) as last_at
  from person
  group by alert_id
),
acknowledged as (
  select distinct alert_id
  from alert_event
  where actor is not null and transition = 'acknowledged'
),
answer as (
  select
    alert_id, transition, occurred_at,
    row_number() over (partition by alert_id order by occurred_at desc, event_id desc) as newest
  from alert_event
  where transition in ('useful', 'not useful', 'expected')
),
known as (
  select
    a.rule, a.opened_at, a.status in ('open', 'acknowledged') as is_open, a.status = 'withdrawn' as is_withdrawn,
    case when a.status not in ('open', 'acknowledged') then coalesce(a.resolved_at, a.updated_at) end as ended_at,
    a.acknowledged_at is not null or c.alert_id is not null as is_acknowledged,
    n.first_at, n.last_at, v.transition as verdict
  from alert a
  left join noticed n on n.alert_id = a.alert_id
  left join acknowledged c on c.alert_id = a.alert_id
  left join answer v on v.alert_id = a.alert_id and v.newest = 1
  where a.opened_at < :end
    and (:any_severity or a.severity in :severity)
    and (:any_rule or a.rule in :rule)
),
judged as (
  select
    rule, is_open, is_withdrawn, is_acknowledged, verdict,
    opened_at >= :start as is_fired,
    coalesce(ended_at >= :start, false) or coalesce(last_at >= :start, false) as is_over,
    case
      when is_withdrawn or verdict in ('not useful', 'expected') then 'wrong'
      when verdict = 'useful' or is_acknowledged then 'right'
      else 'unanswered'
    end as outcome,
    case
      when opened_at >= :start then extract(epoch from first_at) - extract(epoch from opened_at)
    end as notice_seconds
  from known
  where opened_at >= :start or ended_at >= :start or last_at >= :start
)
select
  rule,
  cast(sum(case when is_fired then 1 else 0 end) as bigint) as fired_count,
  cast(sum(case when is_open then 1 else 0 end) as bigint) as open_count,
  cast(sum(case when is_acknowledged then 1 else 0 end) as bigint) as acknowledged_count,
  cast(sum(case when verdict = 'useful' then 1 else 0 end) as bigint) as useful_count,
  cast(sum(case when verdict = 'not useful' then 1 else 0 end) as bigint) as not_useful_count,
  cast(sum(case when verdict = 'expected' then 1 else 0 end) as bigint) as expected_count,
  cast(sum(case when is_withdrawn then 1 else 0 end) as bigint) as withdrawn_count,
  cast(sum(case when is_over and outcome = 'right' then 1 else 0 end) as bigint) as right_count,
  cast(sum(case when is_over and outcome = 'wrong' then 1 else 0 end) as bigint) as wrong_count,
  cast(sum(case when is_over and outcome = 'unanswered' then 1 else 0 end) as bigint) as unanswered_count,
  cast(count(notice_seconds) as bigint) as noticed_count,
  percentile_cont(0.5) within group (order by cast(notice_seconds as double precision)) as median_notice_seconds
from judged
group by rule
order by rule
