-- title:   What was to be done after incidents, and what of it was open at the end?
-- grain:   one row per remediation item written down or completed in the span, or open at its end, in order of time.
--          `due_state` is that at the end, before the day `end_on`: overdue, due, undated, done or dropped. An item
--          names its incident by id or number; without such an incident its columns are NULL
-- params:  start timestamp, end timestamp (UTC, half-open), end_on date (the organisation's day that `end` begins),
--          tier texts, team texts, feature texts (of the incident)
-- returns: created_at timestamp, source text, action_id text, title text, owner text, state text, due_state text,
--          due_on date, completed_at timestamp, url text, incident_id text, incident_number text,
--          incident_severity text, feature text, team text, tier text
with matched as (
  select
    a.created_at, a.source, a.action_id, a.title, a.owner, a.state, a.due_on, a.completed_at, a.url, a.incident_id,
    i.number as incident_number, i.severity as incident_severity, i.feature,
    coalesce(i.team, f.team) as team,
    f.tier,
    row_number() over (
      partition by a.source, a.action_id
      order by case when i.incident_id = a.incident_id then 0 else 1 end, i.declared_at desc, i.source
    ) as place
  from incident_action a
  left join incident i on i.provider is null and (i.incident_id = a.incident_id or i.number = a.incident_id)
  left join feature f on f.feature = i.feature
  where a.created_at < :end
)
select
  created_at, source, action_id, title, owner, state,
  case
    when state <> 'open' and (completed_at is null or completed_at < :end) then state
    when due_on is null then 'undated'
    when due_on < :end_on then 'overdue'
    else 'due'
  end as due_state,
  due_on, completed_at, url, incident_id, incident_number, incident_severity, feature, team, tier
from matched
where place = 1
  and (created_at >= :start or state = 'open' or completed_at >= :start)
  and (:any_tier or tier in :tier)
  and (:any_team or team in :team)
  and (:any_feature or feature in :feature)
order by created_at, source, action_id
