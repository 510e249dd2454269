-- title:   Which incidents of our own were there, how long did each take, and what of its postmortem?
-- grain:   one row per own incident declared in the span, over in it or open at its end, in order of declaration;
--          merged and declined ones stand there with their status. Seconds are whole: to detect from the start of the
--          impact, to acknowledge from the declaration, of impact without the pauses of a reopened one.
--          `postmortem_state` is that at the end of the span: published, overdue or due, NULL where none was owed
-- params:  start timestamp, end timestamp (UTC, half-open), tier texts, team texts, feature texts
-- returns: declared_at timestamp, source text, incident_id text, number text, title text, severity text,
--          severity_from text, status text, merged_into text, kind text, cause text, ai_related flag, service text,
--          feature text, team text, tier text, impact_started_at timestamp, detected_at timestamp,
--          acknowledged_at timestamp, mitigated_at timestamp, resolved_at timestamp, detect_seconds seconds,
--          acknowledge_seconds seconds, impact_seconds seconds, postmortem_due_at timestamp,
--          postmortem_published_at timestamp, postmortem_state text, postmortem_url text, url text
with lasting as (
  select
    source, incident_id, ended_at,
    floor(extract(epoch from ended_at)) - floor(extract(epoch from started_at)) as seconds
  from incident_span
),
impact as (
  select
    source,
    incident_id,
    max(ended_at) as last_ended_at,
    case when count(*) = count(ended_at) and min(seconds) >= 0 then sum(seconds) end as seconds
  from lasting
  group by source, incident_id
),
told as (
  select
    i.source, i.incident_id, i.number, i.title, i.severity, i.severity_from, i.status, i.merged_into, i.kind, i.cause,
    i.ai_related, i.service, i.feature,
    coalesce(i.team, f.team) as team,
    f.tier, i.declared_at, i.impact_started_at, i.detected_at, i.acknowledged_at, i.mitigated_at, i.resolved_at,
    i.postmortem_due_at, i.postmortem_published_at, i.postmortem_url, i.url, s.seconds,
    coalesce(s.last_ended_at, i.mitigated_at, i.resolved_at) as over_at
  from incident i
  left join impact s on s.source = i.source and s.incident_id = i.incident_id
  left join feature f on f.feature = i.feature
  where i.provider is null
    and i.declared_at < :end
)
select
  declared_at, source, incident_id, number, title, severity, severity_from, status, merged_into, kind, cause,
  ai_related, service, feature, team, tier, impact_started_at, detected_at, acknowledged_at, mitigated_at, resolved_at,
  cast(case
    when detected_at < impact_started_at then 0
    else floor(extract(epoch from detected_at)) - floor(extract(epoch from impact_started_at))
  end as double precision) as detect_seconds,
  cast(case
    when acknowledged_at < declared_at then 0
    else floor(extract(epoch from acknowledged_at)) - floor(extract(epoch from declared_at))
  end as double precision) as acknowledge_seconds,
  cast(case when status <> 'open' then seconds end as double precision) as impact_seconds,
  postmortem_due_at, postmortem_published_at,
  case
    when status in ('merged', 'declined') then null
    when postmortem_published_at < :end then 'published'
    when postmortem_due_at < :end then 'overdue'
    when postmortem_due_at is not null then 'due'
  end as postmortem_state,
  postmortem_url, url
from told
where (declared_at >= :start or status = 'open' or over_at >= :start)
  and (:any_tier or tier in :tier)
  and (:any_team or team in :team)
  and (:any_feature or feature in :feature)
order by declared_at, source, incident_id
