-- title:   When were our incidents detected, acknowledged and restored?
-- grain:   one row per incident of our own × span of its impact, for those declared in the period, over in it, or still
--          open; an incident without a known start has one row without a span. Merged and declined ones are left out.
--          domain/incident makes the clocks of a period from these rows
-- params:  start timestamp, end timestamp (UTC, half-open), team texts, feature texts, severity texts
-- returns: source text, incident_id text, status text, severity text, ai_related flag, feature text, team text,
--          tier text, declared_at timestamp, impact_started_at timestamp, detected_at timestamp,
--          acknowledged_at timestamp, mitigated_at timestamp, resolved_at timestamp, postmortem_due_at timestamp,
--          postmortem_published_at timestamp, span_started_at timestamp, span_ended_at timestamp
with span as (
  select source, incident_id, max(ended_at) as last_ended_at
  from incident_span
  group by source, incident_id
),
told as (
  select
    i.source, i.incident_id, i.status, i.severity, i.ai_related, i.feature, coalesce(i.team, f.team) as team, f.tier,
    i.declared_at, i.impact_started_at, i.detected_at, i.acknowledged_at, i.mitigated_at, i.resolved_at,
    i.postmortem_due_at, i.postmortem_published_at
  from incident i
  left join span s on s.source = i.source and s.incident_id = i.incident_id
  left join feature f on f.feature = i.feature
  where i.provider is null
    and i.status not in ('merged', 'declined')
    and (
      (i.declared_at >= :start and i.declared_at < :end)
      or s.last_ended_at >= :start
      or i.mitigated_at >= :start
      or i.resolved_at >= :start
      or i.status = 'open'
    )
)
select
  t.source, t.incident_id, t.status, t.severity, t.ai_related, t.feature, t.team, t.tier, t.declared_at,
  t.impact_started_at, t.detected_at, t.acknowledged_at, t.mitigated_at, t.resolved_at, t.postmortem_due_at,
  t.postmortem_published_at, p.started_at as span_started_at, p.ended_at as span_ended_at
from told t
left join incident_span p on p.source = t.source and p.incident_id = t.incident_id
where (:any_team or t.team in :team)
  and (:any_feature or t.feature in :feature)
  and (:any_severity or t.severity in :severity)
order by t.declared_at, t.source, t.incident_id, p.started_at
