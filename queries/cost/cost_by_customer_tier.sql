-- title:   What does each customer tier cost?
-- grain:   one row per customer tier, dearest first; customer_tier NULL: costs of which no fact tells the tier. the
--          cost of a slice (day, feature) is split by the logged tokens of its tiers (basis tokens), by their logged
--          requests where no tokens are logged (requests), or, where no request names a tier, by their outcomes
--          (outcomes); parts are rounded to 1e-12 of a slice, the largest tier takes the rest, so all rows add up to
--          the cost. counts are those of slices with costs. basis NULL: not split; mixed: by several
-- params:  start date, end date (UTC days, half-open), currency text, provider texts, team texts, environment texts
-- returns: customer_tier text, billed_cost money, request_count count, total_tokens count, outcome_count count,
--          basis text
with fact as (
  select
    k.day,
    coalesce(a.feature, 'unattributed') as feature,
    k.customer_tier,
    sum(k.request_count) as requests,
    sum(k.total_tokens) as tokens,
    sum(case when k.customer_tier is not null then k.request_count else 0 end) as told_requests,
    cast(null as bigint) as outcomes,
    cast(null as bigint) as told_outcomes
  from request_day k
  left join attribution a
    on a.attribution_key = k.attribution_key and k.day >= a.valid_from and k.day < a.valid_to
  left join feature f on f.feature = a.feature
  where k.day >= cast(:start as date)
    and k.day < cast(:end as date)
    and (:any_provider or k.provider in :provider)
    and (:any_team or coalesce(a.team, f.team, 'Unattributed') in :team)
    and (:any_environment or coalesce(a.environment, 'unattributed') in :environment)
  group by 1, 2, 3
  union all
  select
    day, o.feature, customer_tier, null, null, null, sum(outcome_count),
    sum(case when customer_tier is not null then outcome_count end)
  from outcome o
  left join feature f on f.feature = o.feature
  where day >= cast(:start as date)
    and day < cast(:end as date)
    and (:any_team or coalesce(f.team, 'Unattributed') in :team)
  group by 1, 2, 3
),
tier as (
  select
    day, feature, customer_tier,
    sum(requests) as requests,
    sum(tokens) as tokens,
    sum(outcomes) as outcomes,
    case
      when sum(sum(coalesce(told_requests, 0))) over (partition by day, feature) > 0
        then case when sum(sum(coalesce(tokens, 0))) over (partition by day, feature) > 0 then 'tokens'
          else 'requests' end
      when sum(sum(coalesce(told_outcomes, 0))) over (partition by day, feature) > 0 then 'outcomes'
    end as basis
  from fact
  group by 1, 2, 3
),
weighed as (
  select
    tier.*,
    cast(coalesce(
      case basis when 'tokens' then tokens when 'requests' then requests when 'outcomes' then outcomes end, 0
    ) as double precision) as weight
  from tier
),
ranked as (
  select
    weighed.*,
    sum(weight) over (partition by day, feature) as whole,
    row_number() over (partition by day, feature order by weight desc, coalesce(customer_tier, '')) as place
  from weighed
),
spent as (
  select day, feature, sum(billed_cost) as billed_cost
  from attributed_cost_day
  where currency = :currency
    and day >= cast(:start as date)
    and day < cast(:end as date)
    and (:any_provider or provider in :provider)
    and (:any_team or team in :team)
    and (:any_environment or environment in :environment)
  group by 1, 2
),
rounded as (
  select
    s.day, s.feature, s.billed_cost, r.place, r.requests, r.tokens, r.outcomes,
    case when r.whole > 0 then r.customer_tier end as customer_tier,
    case when r.whole > 0 then r.basis end as basis,
    case
      when r.whole > 0
        then cast(s.billed_cost * cast(round(1000000000000 * r.weight / r.whole) as bigint) * 0.000000000001
          as decimal(38, 12))
      else cast(0 as decimal(38, 12))
    end as part
  from spent s
  left join ranked r on r.day = s.day and r.feature = s.feature
),
split as (
  select
    customer_tier, basis, requests, tokens, outcomes,
    case
      when coalesce(place, 1) = 1 then billed_cost - sum(part) over (partition by day, feature) + part
      else part
    end as billed_cost
  from rounded
)
select
  customer_tier,
  sum(billed_cost) as billed_cost,
  cast(sum(requests) as bigint) as request_count,
  cast(sum(tokens) as bigint) as total_tokens,
  cast(sum(outcomes) as bigint) as outcome_count,
  case when min(basis) = max(basis) then min(basis) when min(basis) is not null then 'mixed' end as basis
from split
group by customer_tier
order by sum(billed_cost) desc, coalesce(customer_tier, '')
