-- title:   How often would each rule have fired in the stored history?
-- grain:   one row per rule that was tried, as it was judged last; `fired_count` is NULL for a rule that goes by the
--          present only
-- params:  none
-- returns: rule text, judged_at timestamp, days count, fired_count count
with tried as (
  select
    rule, judged_at, days, fired_count,
    row_number() over (partition by rule order by judged_at desc, days desc) as newest
  from rule_past
)
select rule, judged_at, days, fired_count
from tried
where newest = 1
order by rule
