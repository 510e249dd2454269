-- title:   What went wrong, here and at the providers?
-- grain:   one row per incident that was declared in the period or hurt in it, newest first; provider NULL is our own.
--          Merged and declined ones are among them. `over_at` is when the impact ended last; NULL while it goes on, or
--          when nobody knows
-- params:  start timestamp, end timestamp (UTC, half-open), team texts, feature texts
--          (both leave our own only), severity texts
-- returns: source text, incident_id text, number text, url text, title text, status text, severity text,
--          severity_from text, service text, provider text, kind text, cause text, ai_related flag, feature text,
--          team text, tier text, impact_started_at timestamp, declared_at timestamp, detected_at timestamp,
--          acknowledged_at timestamp, over_at timestamp, resolved_at timestamp, span_count count, merged_into text,
--          components text, postmortem_url text, postmortem_due_at timestamp, postmortem_published_at timestamp
with span as (
  select
    source,
    incident_id,
    count(*) as span_count,
    max(ended_at) as last_ended_at,
    sum(case when ended_at is null then 1 else 0 end) as going_on_count
  from incident_span
  group by source, incident_id
),
told as (
  select
    i.source, i.incident_id, i.number, i.url, i.title, i.status, i.severity, i.severity_from, i.service, i.provider,
    i.kind, i.cause, i.ai_related, i.feature, coalesce(i.team, f.team) as team, f.tier, i.impact_started_at,
    i.declared_at, i.detected_at, i.acknowledged_at, i.resolved_at, i.merged_into, i.components, i.postmortem_url,
    i.postmortem_due_at, i.postmortem_published_at,
    cast(coalesce(s.span_count, 0) as bigint) as span_count,
    case
      when i.status = 'open' then null
      when s.going_on_count = 0 then s.last_ended_at
      else coalesce(i.mitigated_at, i.resolved_at)
    end as over_at
  from incident i
  left join span s on s.source = i.source and s.incident_id = i.incident_id
  left join feature f on f.feature = i.feature
)
select
  source, incident_id, number, url, title, status, severity, severity_from, service, provider, kind, cause, ai_related,
  feature, team, tier, impact_started_at, declared_at, detected_at, acknowledged_at, over_at, resolved_at, span_count,
  merged_into, components, postmortem_url, postmortem_due_at, postmortem_published_at
from told
where (declared_at < :end or impact_started_at < :end)
  and (declared_at >= :start or over_at >= :start or status = 'open')
  and (:any_team or team in :team)
  and (:any_feature or feature in :feature)
  and (:any_severity or severity in :severity)
order by declared_at desc, source, incident_id
