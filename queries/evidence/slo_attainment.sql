-- title:   Was each service level objective met?
-- grain:   one row per SLO objective, over the whole UTC hours that begin in the span; objectives are those declared
--          now. Without a valid event nothing is known of it: NULL. Teams are owners, features are services of an SLO
-- params:  start timestamp, end timestamp (UTC, half-open), tier texts, team texts, feature texts
-- returns: slo text, slo_name text, display_name text, service text, team text, tier text, kind text, origin text,
--          objective ratio, good_count count, total_count count, excluded_count count, good_ratio ratio, is_met flag
with counted as (
  select
    slo,
    sum(good_count) as good_count,
    sum(total_count) as total_count,
    sum(excluded_count) as excluded_count
  from sli_hour
  where hour >= :start
    and hour < :end
  group by slo
),
known as (
  select slo from slo_objective
  union
  select slo from counted
)
select
  k.slo, o.slo_name, o.display_name, o.service, o.owner as team, o.tier, o.kind, o.origin,
  cast(o.target as double precision) as objective,
  cast(c.good_count as bigint) as good_count,
  cast(c.total_count as bigint) as total_count,
  cast(c.excluded_count as bigint) as excluded_count,
  case
    when c.total_count > 0 then cast(c.good_count as double precision) / cast(c.total_count as double precision)
  end as good_ratio,
  case
    when o.target is null or c.total_count is null or c.total_count = 0 then null
    when c.good_count >= o.target * c.total_count then true
    else false
  end as is_met
from known k
left join slo_objective o on o.slo = k.slo
left join counted c on c.slo = k.slo
where (:any_tier or o.tier in :tier)
  and (:any_team or o.owner in :team)
  and (:any_feature or o.service in :feature)
order by k.slo
