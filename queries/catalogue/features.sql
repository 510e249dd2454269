-- title:   Which features have what a feature needs?
-- grain:   one row per declared feature, dearest first; what nobody declares is not here
-- params:  start date, end date (UTC days of the cost, half-open), evaluated_since timestamp, today date,
--          currency text, tier texts, team texts, feature texts
-- returns: feature text, name text, team text, tier text, owner text, status text, links text (lines of "label url"),
--          cost money, request_count count, slo_count count (objectives that name it, or whose service is called
--          like it), evaluation_count count, last_evaluated_at timestamp, budget_count count (that have not ended),
--          release_count count, last_released_at timestamp, incident_count count, open_incident_count count
with spent as (
  select feature, sum(billed_cost) as cost
  from attributed_cost_day
  where currency = :currency and day >= cast(:start as date) and day < cast(:end as date)
  group by feature
),
used as (
  select feature, sum(request_count) as request_count
  from attributed_usage_day
  where day >= cast(:start as date) and day < cast(:end as date)
  group by feature
),
promised as (
  select feature, count(distinct slo) as slo_count
  from (
    select feature, slo from slo_scope where feature <> ''
    union all
    select f.feature, o.slo from slo_objective o join feature f on o.service = f.feature or o.service = f.name
  ) named
  group by feature
),
evaluated as (
  select
    feature,
    sum(case when evaluated_at >= cast(:evaluated_since as timestamp) then 1 else 0 end) as evaluation_count,
    max(evaluated_at) as last_evaluated_at
  from evaluation
  group by feature
),
budgeted as (
  select scope as feature, count(distinct position) as budget_count
  from budget
  where scope_type = 'feature' and period_end > cast(:today as date)
  group by scope
),
released as (
  select feature, count(*) as release_count, max(released_at) as last_released_at
  from release
  where environment = 'production' and status in ('released', 'reverted')
  group by feature
),
troubled as (
  select
    feature,
    count(*) as incident_count,
    sum(case when status = 'open' then 1 else 0 end) as open_incident_count
  from incident
  where provider is null and status not in ('merged', 'declined')
  group by feature
)
select
  f.feature,
  f.name,
  f.team,
  f.tier,
  f.owner,
  f.status,
  f.links,
  s.cost,
  cast(u.request_count as bigint) as request_count,
  cast(coalesce(p.slo_count, 0) as bigint) as slo_count,
  cast(coalesce(e.evaluation_count, 0) as bigint) as evaluation_count,
  e.last_evaluated_at,
  cast(coalesce(b.budget_count, 0) as bigint) as budget_count,
  cast(coalesce(r.release_count, 0) as bigint) as release_count,
  r.last_released_at,
  cast(coalesce(t.incident_count, 0) as bigint) as incident_count,
  cast(coalesce(t.open_incident_count, 0) as bigint) as open_incident_count
from feature f
left join spent s on s.feature = f.feature
left join used u on u.feature = f.feature
left join promised p on p.feature = f.feature
left join evaluated e on e.feature = f.feature
left join budgeted b on b.feature = f.feature
left join released r on r.feature = f.feature
left join troubled t on t.feature = f.feature
where (:any_tier or f.tier in :tier)
  and (:any_team or f.team in :team)
  and (:any_feature or f.feature in :feature)
order by coalesce(s.cost, 0) desc, f.feature
