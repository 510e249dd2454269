-- title:   What do failed and retried requests cost?
-- grain:   one row per feature with logged requests, dearest failures first. failed: an error or a status from 400 on;
--          retried: a request of an interaction that had an earlier one on that day; lost: either, counted once.
--          costs are the part of the direct cost of the slice (day, provider, feature) that such requests have of its
--          logged tokens, or of its logged requests where no tokens are logged; basis says which. the log stands for
--          the whole slice; costs of slices without a log are in no column
-- params:  start date, end date (UTC days, half-open), currency text, provider texts, team texts, environment texts
-- returns: feature text, feature_name text, request_count count, failed_count count, retried_count count,
--          lost_count count, total_tokens count, failed_tokens count, retried_tokens count, lost_tokens count,
--          logged_cost money (of slices with a log), failed_cost money, retried_cost money, lost_cost money,
--          basis text (tokens, requests or both)
with slice as (
  select
    k.day,
    k.provider,
    coalesce(a.feature, 'unattributed') as feature,
    sum(request_count) as requests,
    sum(failed_count) as failed,
    sum(retried_count) as retried,
    sum(lost_count) as lost,
    sum(total_tokens) as tokens,
    sum(failed_tokens) as failed_tokens,
    sum(retried_tokens) as retried_tokens,
    sum(lost_tokens) as lost_tokens,
    case when sum(total_tokens) > 0 then 1 else 0 end as by_tokens
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
),
share as (
  select
    slice.*,
    cast(round(1000000000000 * cast(
      case when by_tokens = 1 then coalesce(failed_tokens, 0) else failed end as double precision
    ) / cast(case when by_tokens = 1 then tokens else requests end as double precision)) as bigint) as failed_share,
    cast(round(1000000000000 * cast(
      case when by_tokens = 1 then coalesce(retried_tokens, 0) else retried end as double precision
    ) / cast(case when by_tokens = 1 then tokens else requests end as double precision)) as bigint) as retried_share,
    cast(round(1000000000000 * cast(
      case when by_tokens = 1 then coalesce(lost_tokens, 0) else lost end as double precision
    ) / cast(case when by_tokens = 1 then tokens else requests end as double precision)) as bigint) as lost_share
  from slice
),
spent as (
  select day, provider, feature, sum(billed_cost) as direct_cost
  from attributed_cost_day
  where currency = :currency
    and allocation is null
    and feature in (select feature from slice)
    and day >= cast(:start as date)
    and day < cast(:end as date)
    and (:any_provider or provider in :provider)
    and (:any_team or team in :team)
    and (:any_environment or environment in :environment)
  group by 1, 2, 3
)
select
  s.feature,
  case when s.feature = 'unattributed' then 'Unattributed' else max(f.name) end as feature_name,
  cast(sum(requests) as bigint) as request_count,
  cast(sum(failed) as bigint) as failed_count,
  cast(sum(retried) as bigint) as retried_count,
  cast(sum(lost) as bigint) as lost_count,
  cast(sum(tokens) as bigint) as total_tokens,
  cast(sum(failed_tokens) as bigint) as failed_tokens,
  cast(sum(retried_tokens) as bigint) as retried_tokens,
  cast(sum(lost_tokens) as bigint) as lost_tokens,
  sum(direct_cost) as logged_cost,
  sum(cast(direct_cost * failed_share * 0.000000000001 as decimal(38, 12))) as failed_cost,
  sum(cast(direct_cost * retried_share * 0.000000000001 as decimal(38, 12))) as retried_cost,
  sum(cast(direct_cost * lost_share * 0.000000000001 as decimal(38, 12))) as lost_cost,
  case min(by_tokens) + max(by_tokens) when 0 then 'requests' when 2 then 'tokens' else 'both' end as basis
from share s
left join spent c on c.day = s.day and c.provider = s.provider and c.feature = s.feature
left join feature f on f.feature = s.feature
group by s.feature
order by
  case when sum(direct_cost * lost_share) is null then 1 else 0 end, sum(direct_cost * lost_share) desc,
  sum(lost) desc, s.feature
