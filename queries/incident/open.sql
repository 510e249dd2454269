-- title:   Which of our incidents are still open, and for how long?
-- grain:   one row per open incident of our own, oldest first. The age counts from the impact's start, and from the
--          declaration where `is_since_start` is false
-- params:  now timestamp, team texts, feature texts
-- returns: source text, incident_id text, number text, url text, title text, severity text, service text, feature text,
--          team text, tier text, ai_related flag, declared_at timestamp, acknowledged_at timestamp, since_at timestamp,
--          is_since_start flag, age_seconds seconds
with told as (
  select
    i.source, i.incident_id, i.number, i.url, i.title, i.severity, i.service, i.feature,
    coalesce(i.team, f.team) as team, f.tier, i.ai_related, i.declared_at, i.acknowledged_at,
    coalesce(i.impact_started_at, i.declared_at) as since_at,
    i.impact_started_at is not null as is_since_start
  from incident i
  left join feature f on f.feature = i.feature
  where i.provider is null and i.status = 'open' and i.declared_at <= :now
)
select
  source, incident_id, number, url, title, severity, service, feature, team, tier, ai_related, declared_at,
  acknowledged_at, since_at, is_since_start,
  extract(epoch from cast(:now as timestamp)) - extract(epoch from since_at) as age_seconds
from told
where (:any_team or team in :team)
  and (:any_feature or feature in :feature)
order by since_at, source, incident_id
