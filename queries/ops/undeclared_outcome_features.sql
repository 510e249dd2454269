-- title:   Which features have outcomes and are not declared?
-- grain:   one row per feature of an outcome that features.toml does not declare, in order of name
-- params:  none
-- returns: feature text, outcome_count count, first_day date, last_day date
select
  o.feature,
  cast(sum(o.outcome_count) as bigint) as outcome_count,
  min(o.day) as first_day,
  max(o.day) as last_day
from outcome o
left join feature f on f.feature = o.feature
where f.feature is null
group by o.feature
order by o.feature
