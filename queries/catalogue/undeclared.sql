-- title:   Which features cost or are used and are not declared?
-- grain:   one row per feature of a cost, usage, release, evaluation or incident that features.toml does not declare,
--          dearest first; what no rule owns is none
-- params:  start date, end date (UTC days of cost and usage, half-open), currency text
-- returns: feature text, cost money, request_count count, release_count count, evaluation_count count,
--          incident_count count
with told as (
  select feature, billed_cost as cost, cast(null as bigint) as requests, 0 as releases, 0 as evaluations, 0 as incidents
  from attributed_cost_day
  where currency = :currency and day >= cast(:start as date) and day < cast(:end as date)
  union all
  select feature, null, request_count, 0, 0, 0
  from attributed_usage_day
  where day >= cast(:start as date) and day < cast(:end as date)
  union all
  select feature, null, null, 1, 0, 0 from release
  union all
  select feature, null, null, 0, 1, 0 from evaluation
  union all
  select feature, null, null, 0, 0, 1 from incident where provider is null and status not in ('merged', 'declined')
)
select
  t.feature,
  sum(t.cost) as cost,
  cast(sum(t.requests) as bigint) as request_count,
  cast(sum(t.releases) as bigint) as release_count,
  cast(sum(t.evaluations) as bigint) as evaluation_count,
  cast(sum(t.incidents) as bigint) as incident_count
from told t
left join feature f on f.feature = t.feature
where f.feature is null
  and t.feature is not null
  and t.feature not in ('', 'unattributed')
group by t.feature
order by coalesce(sum(t.cost), 0) desc, t.feature
