-- title:   Who shares the keys that a request log splits, and by what?
-- grain:   one row per (day, attribution key, feature, team, environment, cost center) of keys whose rule splits.
--          share is the owner's part of the key's day; unseen_share is what of it is due to hours that the log did not
--          see, which stays with the rule's own feature. hours_by: whose usage weighs the hours of the day (provider,
--          log; NULL: neither has any). weighed_by: by what the log's features share an hour (list price, tokens,
--          requests or mixed; NULL: nothing was shared). billed_cost is the same part of the day's bill, NULL for keys
--          that only usage names; the rows of a key add up to its bill
-- params:  start date, end date (UTC days, half-open), currency text (the bill's)
-- returns: day date, provider text, account_id text, project_id text, api_key_id text, model text, service text,
--          rule text, split_by text, feature text, feature_name text, team text, environment text, cost_center text,
--          share money, unseen_share money, billed_cost money, hours_by text, weighed_by text
with billed as (
  select day, attribution_key, billed_cost
  from cost_day
  where billing_currency = :currency
    and day >= cast(:start as date)
    and day < cast(:end as date)
)
select
  s.day, s.provider, a.account_id, a.project_id, a.api_key_id, a.model, a.service, a.rule, s.split_by,
  s.feature, coalesce(f.name, s.feature) as feature_name, s.team, s.environment, s.cost_center,
  s.share_to - s.share_from as share,
  s.unseen_share,
  sum(
    cast(b.billed_cost * s.share_to as decimal(38, 12)) - cast(b.billed_cost * s.share_from as decimal(38, 12))
  ) as billed_cost,
  s.hours_by,
  s.weighed_by
from key_share s
join attribution a on a.attribution_key = s.attribution_key and s.day >= a.valid_from and s.day < a.valid_to
left join feature f on f.feature = s.feature
left join billed b on b.day = s.day and b.attribution_key = s.attribution_key
where s.day >= cast(:start as date)
  and s.day < cast(:end as date)
group by
  s.day, s.attribution_key, s.provider, a.account_id, a.project_id, a.api_key_id, a.model, a.service, a.rule,
  s.split_by, s.feature, f.name, s.team, s.environment, s.cost_center, s.share_from, s.share_to, s.unseen_share,
  s.hours_by, s.weighed_by
order by s.day, s.attribution_key, s.share_from
