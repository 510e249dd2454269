-- title:   Who owns what is watched, and what stands above it?
-- grain:   one row per (scope_type, scope) with costs or usage in the period, or declared; the parent is what most of
--          its cost (else of its requests) belongs to: a team's is the organisation, a feature's its team, a model's
--          and a service's a feature, a provider's a team
-- params:  start date, end date (UTC days, half-open), currency text
-- returns: scope_type text, scope text, name text, owner text, team text, parent_type text, parent text
with used as (
  select provider, team, feature, coalesce(model, 'no model') as model, sum(billed_cost) as cost, 0 as requests
  from attributed_cost_day
  where currency = :currency
    and day >= cast(:start as date)
    and day < cast(:end as date)
  group by 1, 2, 3, 4
  union all
  select provider, team, feature, coalesce(model, 'no model'), cast(0 as decimal(38, 12)), sum(request_count)
  from attributed_usage_day
  where day >= cast(:start as date)
    and day < cast(:end as date)
  group by 1, 2, 3, 4
),
served as (
  select r.service, coalesce(a.feature, 'unattributed') as feature, sum(r.request_count) as requests
  from request_hour r
  left join attribution a
    on a.attribution_key = r.attribution_key
    and cast(r.hour as date) >= a.valid_from
    and cast(r.hour as date) < a.valid_to
  where r.hour >= cast(:start as date)
    and r.hour < cast(:end as date)
  group by 1, 2
),
pair as (
  select 'team' as scope_type, team as scope, 'organization' as parent_type, '' as parent, cost, requests from used
  union all
  select 'feature', feature, 'team', team, cost, requests from used
  union all
  select 'model', model, 'feature', feature, cost, requests from used
  union all
  select 'provider', provider, 'team', team, cost, requests from used
  union all
  select 'service', service, 'feature', feature, cast(0 as decimal(38, 12)), requests from served
  union all
  select 'feature', feature, 'team', team, cast(0 as decimal(38, 12)), 0 from feature
  union all
  select 'team', team, 'organization', '', cast(0 as decimal(38, 12)), 0 from feature
),
placed as (
  select
    scope_type, scope, parent_type, parent,
    row_number() over (
      partition by scope_type, scope order by sum(cost) desc, coalesce(sum(requests), 0) desc, parent
    ) as place
  from pair
  group by scope_type, scope, parent_type, parent
),
team_owner as (
  select team, case when min(owner) = max(owner) then nullif(min(owner), '') end as owner from feature group by team
)
select
  p.scope_type,
  p.scope,
  case
    when p.scope_type = 'feature' and p.scope = 'unattributed' then 'Unattributed'
    else coalesce(f.name, p.scope)
  end as name,
  case p.scope_type when 'feature' then nullif(f.owner, '') when 'team' then t.owner end as owner,
  case p.scope_type when 'feature' then p.parent when 'team' then p.scope end as team,
  p.parent_type,
  p.parent
from placed p
left join feature f on p.scope_type = 'feature' and f.feature = p.scope
left join team_owner t on p.scope_type = 'team' and t.team = p.scope
where p.place = 1
order by p.scope_type, p.scope
