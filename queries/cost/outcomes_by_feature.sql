-- title:   What does each feature cost per outcome, and per good outcome?
-- grain:   one row per feature with outcomes, dearest first; feature_name NULL: features.toml does not declare it.
--          cost_per_outcome divides outcome_cost: the direct costs of slices (day, feature) with outcomes;
--          cost_per_good_outcome divides good_outcome_cost: those of slices of which all good outcomes are known.
--          outcomes know no provider and no environment: filters by these leave a part of the cost per outcome, and
--          such parts add up
-- params:  start date, end date (UTC days, half-open), currency text, provider texts, team texts, environment texts
-- returns: feature text, feature_name text, outcome text (NULL when there are several), billed_cost money (the whole
--          cost of the feature), outcome_count count, accepted_count count, within_slo_count count, safe_count count,
--          good_count count, judged_count count (outcomes of slices of which all good ones are known),
--          good_ratio ratio, outcome_cost money, cost_per_outcome ratio, good_outcome_cost money,
--          cost_per_good_outcome ratio
with made as (
  select
    day,
    o.feature,
    min(outcome) as first_outcome,
    max(outcome) as last_outcome,
    sum(outcome_count) as outcome_count,
    sum(accepted_count) as accepted_count,
    sum(within_slo_count) as within_slo_count,
    sum(safe_count) as safe_count,
    case when count(*) = count(good_count) then sum(good_count) end as good_count
  from outcome o
  left join feature f on f.feature = o.feature
  where day >= cast(:start as date)
    and day < cast(:end as date)
    and (:any_team or coalesce(f.team, 'Unattributed') in :team)
  group by 1, 2
),
spent as (
  select
    day,
    feature,
    sum(billed_cost) as billed_cost,
    sum(case when allocation is null then billed_cost end) as direct_cost
  from attributed_cost_day
  where currency = :currency
    and feature in (select feature from made)
    and day >= cast(:start as date)
    and day < cast(:end as date)
    and (:any_provider or provider in :provider)
    and (:any_team or team in :team)
    and (:any_environment or environment in :environment)
  group by 1, 2
),
whole as (
  select feature, sum(billed_cost) as billed_cost
  from spent
  group by 1
),
per_feature as (
  select
    m.feature,
    case when min(first_outcome) = max(last_outcome) then min(first_outcome) end as outcome,
    sum(outcome_count) as outcome_count,
    sum(accepted_count) as accepted_count,
    sum(within_slo_count) as within_slo_count,
    sum(safe_count) as safe_count,
    sum(good_count) as good_count,
    sum(case when good_count is not null then outcome_count end) as judged_count,
    sum(direct_cost) as outcome_cost,
    sum(case when direct_cost is not null then outcome_count end) as costed_count,
    sum(case when good_count is not null then direct_cost end) as good_outcome_cost,
    sum(case when direct_cost is not null then good_count end) as costed_good_count
  from made m
  left join spent s on s.day = m.day and s.feature = m.feature
  group by m.feature
)
select
  p.feature,
  f.name as feature_name,
  p.outcome,
  w.billed_cost,
  cast(p.outcome_count as bigint) as outcome_count,
  cast(p.accepted_count as bigint) as accepted_count,
  cast(p.within_slo_count as bigint) as within_slo_count,
  cast(p.safe_count as bigint) as safe_count,
  cast(p.good_count as bigint) as good_count,
  cast(p.judged_count as bigint) as judged_count,
  cast(p.good_count as double precision) / nullif(cast(p.judged_count as double precision), 0) as good_ratio,
  p.outcome_cost,
  cast(p.outcome_cost as double precision) / nullif(cast(p.costed_count as double precision), 0) as cost_per_outcome,
  p.good_outcome_cost,
  cast(p.good_outcome_cost as double precision)
    / nullif(cast(p.costed_good_count as double precision), 0) as cost_per_good_outcome
from per_feature p
left join whole w on w.feature = p.feature
left join feature f on f.feature = p.feature
order by case when w.billed_cost is null then 1 else 0 end, w.billed_cost desc, p.feature
