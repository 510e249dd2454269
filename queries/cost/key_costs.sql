-- title:   What did each attribution key cost each day, and whose is it?
-- grain:   one row per (day, attribution key) with costs; feature and rule NULL: nobody owns it
-- params:  start date, end date (UTC days, half-open), currency text (the bill's)
-- returns: day date, provider text, account_id text, project_id text, api_key_id text, user_id text, model text,
--          service text, tags text, feature text, rule text, billed_cost money
select
  c.day, a.provider, a.account_id, a.project_id, a.api_key_id, a.user_id, a.model, a.service, a.tags, a.feature, a.rule,
  sum(c.billed_cost) as billed_cost
from cost_day c
join attribution a on a.attribution_key = c.attribution_key and c.day >= a.valid_from and c.day < a.valid_to
where c.billing_currency = :currency
  and c.day >= cast(:start as date)
  and c.day < cast(:end as date)
group by
  c.day, c.attribution_key, a.provider, a.account_id, a.project_id, a.api_key_id, a.user_id, a.model, a.service, a.tags,
  a.feature, a.rule
order by c.day, c.attribution_key
