-- title:   What is told to nobody, until when, and why?
-- grain:   one row per silence that holds or is planned, the one that ends first above; `alert_count` are the open
--          alerts under it, `alert_title` is the newest alert of its fingerprint
-- params:  now timestamp
-- returns: silence_id text, kind text, state text, starts_at timestamp, ends_at timestamp, reason text,
--          created_by text, created_at timestamp, fingerprint text, rule text, team text, feature text, provider text,
--          service text, alert_title text, alert_count count
with silent as (
  select silence_id, count(*) as alert_count
  from alert
  where status in ('open', 'acknowledged') and silence_id is not null
  group by silence_id
),
named as (
  select fingerprint, title, row_number() over (partition by fingerprint order by opened_at desc, alert_id) as newest
  from alert
)
select
  s.silence_id, s.kind, case when s.starts_at <= :now then 'active' else 'planned' end as state, s.starts_at, s.ends_at,
  s.reason, s.created_by, s.created_at, s.fingerprint, s.rule, s.team, s.feature, s.provider, s.service,
  n.title as alert_title, cast(coalesce(q.alert_count, 0) as bigint) as alert_count
from alert_silence s
left join silent q on q.silence_id = s.silence_id
left join named n on n.fingerprint = s.fingerprint and n.newest = 1
where s.ends_at > :now
  and (s.ended_at is null or s.ended_at > :now)
order by s.ends_at, s.silence_id
