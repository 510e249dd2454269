-- title:   Which alerts are open, and which ended?
-- grain:   one row per alert that was open at some time of the period or opened in it: those still open first, gravest
--          first, then newest first. `noticed_at` is when a person first acknowledged or answered it, `verdict` the
--          newest answer (useful, not useful, expected), `facts` JSON text of the newest finding; each NULL without one
-- params:  start timestamp, end timestamp (UTC, half-open), severity texts, rule texts, status texts
-- returns: alert_id text, fingerprint text, rule text, severity text, status text, title text, summary text,
--          owner text, page_path text, level count, impact_cost money, currency text, opened_at timestamp,
--          updated_at timestamp, ended_at timestamp, acknowledged_at timestamp, acknowledged_by text,
--          noticed_at timestamp, verdict text, verdict_by text, silence_id text, silence_kind text,
--          silenced_until_at timestamp, silence_reason text, silenced_by text, facts text
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
  select alert_id, min(occurred_at) as noticed_at
  from person
  group by alert_id
),
answer as (
  select
    alert_id, transition, actor,
    row_number() over (partition by alert_id order by occurred_at desc, event_id desc) as newest
  from alert_event
  where transition in ('useful', 'not useful', 'expected')
),
finding as (
  select
    alert_id, facts,
    row_number() over (partition by alert_id order by occurred_at desc, event_id desc) as newest
  from alert_event
  where facts <> '{}'
),
known as (
  select
    a.alert_id, a.fingerprint, a.rule, a.severity, a.status, a.title, a.summary, a.owner, a.page_path, a.level,
    a.impact_cost, a.currency, a.opened_at, a.updated_at,
    case when a.status not in ('open', 'acknowledged') then coalesce(a.resolved_at, a.updated_at) end as ended_at,
    a.acknowledged_at, a.acknowledged_by, a.silence_id
  from alert a
)
select
  k.alert_id, k.fingerprint, k.rule, k.severity, k.status, k.title, k.summary, k.owner, k.page_path, k.level,
  k.impact_cost, k.currency, k.opened_at, k.updated_at, k.ended_at, k.acknowledged_at, k.acknowledged_by,
  n.noticed_at, v.transition as verdict, v.actor as verdict_by, k.silence_id, s.kind as silence_kind,
  coalesce(s.ended_at, s.ends_at) as silenced_until_at, s.reason as silence_reason, s.created_by as silenced_by,
  f.facts
from known k
left join noticed n on n.alert_id = k.alert_id
left join answer v on v.alert_id = k.alert_id and v.newest = 1
left join finding f on f.alert_id = k.alert_id and f.newest = 1
left join alert_silence s on s.silence_id = k.silence_id
where k.opened_at < :end
  and (k.ended_at is null or k.ended_at >= :start)
  and (:any_severity or k.severity in :severity)
  and (:any_rule or k.rule in :rule)
  and (:any_status or k.status in :status)
order by
  case when k.ended_at is null then 0 else 1 end,
  case when k.ended_at is null then case k.severity when 'page' then 0 when 'ticket' then 1 else 2 end else 3 end,
  k.opened_at desc, k.alert_id
