-- title:   How much of the bill belongs to nobody, and whose keys caused it?
-- grain:   one row per attribution key without an owner that cost something in either period, dearest first; without
--          one a single row whose key is NULL. `billed_cost` and `previous_cost` are of everything, on each row alike
-- params:  previous_start date, start date, end date (UTC days, half-open), currency text
-- returns: provider text, project_id text, api_key_id text, key_cost money, key_previous_cost money,
--          unowned_cost money, previous_unowned_cost money, billed_cost money, previous_cost money
with told as (
  select
    provider, project_id, api_key_id, feature, billed_cost, day >= cast(:start as date) as is_now
  from attributed_cost_day
  where currency = :currency
    and day >= cast(:previous_start as date)
    and day < cast(:end as date)
),
whole as (
  select
    coalesce(sum(case when is_now then billed_cost end), 0) as billed_cost,
    coalesce(sum(case when not is_now then billed_cost end), 0) as previous_cost,
    coalesce(sum(case when is_now and feature = 'unattributed' then billed_cost end), 0) as unowned_cost,
    coalesce(sum(case when not is_now and feature = 'unattributed' then billed_cost end), 0) as previous_unowned_cost
  from told
),
keys as (
  select
    provider, project_id, api_key_id,
    coalesce(sum(case when is_now then billed_cost end), 0) as key_cost,
    coalesce(sum(case when not is_now then billed_cost end), 0) as key_previous_cost
  from told
  where feature = 'unattributed'
  group by provider, project_id, api_key_id
)
select
  k.provider, k.project_id, k.api_key_id, k.key_cost, k.key_previous_cost,
  w.unowned_cost, w.previous_unowned_cost, w.billed_cost, w.previous_cost
from whole w
left join keys k on true
order by k.key_cost desc nulls last, k.provider, k.project_id, k.api_key_id
