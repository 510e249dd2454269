-- title:   Which postmortems are owed, and are they late?
-- grain:   one row per incident of our own that owes a postmortem or has one, the late ones first, then by due time;
--          `state` is overdue, due or published. A postmortem published late is published
-- params:  since timestamp (of the declaration), now timestamp, team texts, feature texts
-- returns: source text, incident_id text, number text, url text, title text, severity text, service text, feature text,
--          team text, declared_at timestamp, over_at timestamp, postmortem_due_at timestamp,
--          postmortem_published_at timestamp, postmortem_url text, state text
with span as (
  select source, incident_id, max(ended_at) as last_ended_at
  from incident_span
  group by source, incident_id
),
told as (
  select
    i.source, i.incident_id, i.number, i.url, i.title, i.severity, i.service, i.feature,
    coalesce(i.team, f.team) as team, i.declared_at,
    case
      when i.status = 'open' then null
      else coalesce(s.last_ended_at, i.mitigated_at, i.resolved_at)
    end as over_at,
    i.postmortem_due_at, i.postmortem_published_at, i.postmortem_url,
    case
      when i.postmortem_published_at <= :now then 'published'
      when i.postmortem_due_at < :now then 'overdue'
      else 'due'
    end as state
  from incident i
  left join span s on s.source = i.source and s.incident_id = i.incident_id
  left join feature f on f.feature = i.feature
  where i.provider is null
    and i.status not in ('merged', 'declined')
    and (i.postmortem_due_at is not null or i.postmortem_published_at is not null)
    and i.declared_at >= :since
    and i.declared_at <= :now
)
select
  source, incident_id, number, url, title, severity, service, feature, team, declared_at, over_at,
  postmortem_due_at, postmortem_published_at, postmortem_url, state
from told
where (:any_team or team in :team)
  and (:any_feature or feature in :feature)
order by
  case state when 'overdue' then 0 when 'due' then 1 else 2 end,
  coalesce(postmortem_due_at, postmortem_published_at), source, incident_id
