-- title:   What was to be done after incidents, and is it late?
-- grain:   one row per remediation item, the late ones first, then by due day; `due_state` is overdue, due, undated,
--          done or dropped. An item names its incident by id or number; without such an incident its columns are NULL
-- params:  today date, owner texts, state texts, team texts, feature texts (of the incident)
-- returns: source text, action_id text, title text, owner text, state text, due_state text, due_on date,
--          created_at timestamp, completed_at timestamp, url text, incident_id text, incident_title text,
--          incident_severity text, incident_feature text, incident_team text, incident_url text
with matched as (
  select
    a.source, a.action_id, a.title, a.owner, a.state, a.due_on, a.created_at, a.completed_at, a.url, a.incident_id,
    i.title as incident_title, i.severity as incident_severity, i.feature as incident_feature,
    coalesce(i.team, f.team) as incident_team, i.url as incident_url,
    row_number() over (
      partition by a.source, a.action_id
      order by case when i.incident_id = a.incident_id then 0 else 1 end, i.declared_at desc, i.source
    ) as place
  from incident_action a
  left join incident i on i.provider is null and (i.incident_id = a.incident_id or i.number = a.incident_id)
  left join feature f on f.feature = i.feature
),
stated as (
  select
    source, action_id, title, owner, state, due_on, created_at, completed_at, url, incident_id, incident_title,
    incident_severity, incident_feature, incident_team, incident_url,
    case
      when state <> 'open' then state
      when due_on is null then 'undated'
      when due_on < :today then 'overdue'
      else 'due'
    end as due_state
  from matched
  where place = 1
)
select
  source, action_id, title, owner, state, due_state, due_on, created_at, completed_at, url, incident_id,
  incident_title, incident_severity, incident_feature, incident_team, incident_url
from stated
where (:any_owner or owner in :owner)
  and (:any_state or due_state in :state)
  and (:any_team or incident_team in :team)
  and (:any_feature or incident_feature in :feature)
order by
  case due_state when 'overdue' then 0 when 'due' then 1 when 'undated' then 2 when 'done' then 3 else 4 end,
  coalesce(due_on, cast('2999-01-01' as date)), source, action_id
