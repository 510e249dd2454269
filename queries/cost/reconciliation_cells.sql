-- title:   What was billed, and what does the reported usage cost at list price?
-- grain:   one row per (provider, day, model, tier, kind of token, unit, charge category); bill and usage share a row
--          where they name the same. usage of a tier without a price has tokens and no estimate; the estimates of one
--          tier add up to its stored estimate: what no kind explains has token_type NULL. usage of tools has no row
-- params:  start date, end date (UTC days, half-open), currency text, provider texts, model texts
-- returns: provider text, day date, model text, service_tier text, token_type text, unit text, charge_category text,
--          billed_cost money, billed_quantity money, tokens count, estimated_cost money, gateway_cost money
with gateway as (
  select distinct source from request_day
),
billed as (
  select
    provider,
    day,
    model,
    case
      when coalesce(service_tier, '') in ('', 'default', 'auto', 'standard') then 'standard' else service_tier
    end as service_tier,
    case when token_type like 'cache_write%' then 'cache_write_input_tokens' else token_type end as token_type,
    unit,
    charge_category,
    billed_cost,
    billed_quantity
  from bill_day
  where billing_currency = :currency
    and day >= cast(:start as date)
    and day < cast(:end as date)
    and (:any_provider or provider in :provider)
    and (:any_model or coalesce(model, 'no model') in :model)
),
used as (
  select
    u.provider,
    u.day,
    u.model,
    case
      when coalesce(u.service_tier, '') in ('', 'default', 'auto', 'standard') then 'standard' else u.service_tier
    end as service_tier,
    case when g.source is null then 0 else 1 end as is_gateway,
    sum(coalesce(u.uncached_input_tokens, 0)) as uncached_input_tokens,
    sum(coalesce(u.cache_read_input_tokens, 0)) as cache_read_input_tokens,
    sum(coalesce(u.cache_write_input_tokens, 0)) as cache_write_input_tokens,
    sum(coalesce(u.output_tokens, 0)) as output_tokens,
    sum(u.estimated_cost) as estimated_cost
  from model_usage_day u
  left join gateway g on g.source = u.source
  where u.day >= cast(:start as date)
    and u.day < cast(:end as date)
    and coalesce(
      u.uncached_input_tokens, u.cache_read_input_tokens, u.cache_write_input_tokens, u.output_tokens
    ) is not null
    and (:any_provider or u.provider in :provider)
    and (:any_model or coalesce(u.model, 'no model') in :model)
  group by 1, 2, 3, 4, 5
),
listed as (
  select
    u.provider, u.day, u.model, u.service_tier, u.uncached_input_tokens, u.cache_read_input_tokens,
    u.cache_write_input_tokens, u.output_tokens,
    cast(u.estimated_cost as decimal(38, 12)) as estimated_cost,
    cast(u.uncached_input_tokens * coalesce(
      max(case when p.unit = 'uncached_input_tokens' and p.is_own = 1 then p.price end),
      max(case when p.unit = 'uncached_input_tokens' and p.is_own = 0 then p.price end)
    ) as decimal(38, 12)) as uncached_cost,
    cast(u.cache_read_input_tokens * coalesce(
      max(case when p.unit = 'cache_read_input_tokens' and p.is_own = 1 then p.price end),
      max(case when p.unit = 'cache_read_input_tokens' and p.is_own = 0 then p.price end)
    ) as decimal(38, 12)) as cache_read_cost,
    cast(u.output_tokens * coalesce(
      max(case when p.unit = 'output_tokens' and p.is_own = 1 then p.price end),
      max(case when p.unit = 'output_tokens' and p.is_own = 0 then p.price end)
    ) as decimal(38, 12)) as output_cost
  from used u
  left join (
    select
      provider, model, service_tier, unit, valid_from, valid_to,
      case when version like 'override%' then 1 else 0 end as is_own,
      cast(price_per_million * 0.000001 as decimal(38, 18)) as price
    from price
    where context_window = ''
  ) p
    on p.provider = u.provider and p.model = u.model and p.service_tier = u.service_tier
   and u.day >= p.valid_from and u.day < p.valid_to
  where u.is_gateway = 0
  group by
    u.provider, u.day, u.model, u.service_tier, u.uncached_input_tokens, u.cache_read_input_tokens,
    u.cache_write_input_tokens, u.output_tokens, u.estimated_cost
),
cells as (
  select
    provider, day, model, service_tier, token_type, unit, charge_category, billed_cost, billed_quantity,
    cast(null as bigint) as tokens,
    cast(null as decimal(38, 12)) as estimated_cost,
    cast(null as decimal(38, 12)) as gateway_cost
  from billed
  union all
  select provider, day, model, service_tier, 'uncached_input_tokens', 'tokens', 'Usage', null, null,
    uncached_input_tokens, case when estimated_cost is not null then coalesce(uncached_cost, 0) end, null
  from listed where uncached_input_tokens > 0
  union all
  select provider, day, model, service_tier, 'cache_read_input_tokens', 'tokens', 'Usage', null, null,
    cache_read_input_tokens, case when estimated_cost is not null then coalesce(cache_read_cost, 0) end, null
  from listed where cache_read_input_tokens > 0
  union all
  select provider, day, model, service_tier, 'output_tokens', 'tokens', 'Usage', null, null,
    output_tokens, case when estimated_cost is not null then coalesce(output_cost, 0) end, null
  from listed where output_tokens > 0
  union all
  select provider, day, model, service_tier,
    case when cache_write_input_tokens > 0 then 'cache_write_input_tokens' end, 'tokens', 'Usage', null, null,
    case when cache_write_input_tokens > 0 then cache_write_input_tokens end,
    estimated_cost - coalesce(uncached_cost, 0) - coalesce(cache_read_cost, 0) - coalesce(output_cost, 0), null
  from listed
  where cache_write_input_tokens > 0
    or estimated_cost <> coalesce(uncached_cost, 0) + coalesce(cache_read_cost, 0) + coalesce(output_cost, 0)
  union all
  select provider, day, model, service_tier, null, 'tokens', 'Usage', null, null, null, null,
    cast(estimated_cost as decimal(38, 12))
  from used where is_gateway = 1
)
select
  provider, day, model, service_tier, token_type, unit, charge_category,
  sum(billed_cost) as billed_cost,
  sum(billed_quantity) as billed_quantity,
  cast(sum(tokens) as bigint) as tokens,
  sum(estimated_cost) as estimated_cost,
  sum(gateway_cost) as gateway_cost
from cells
group by provider, day, model, service_tier, token_type, unit, charge_category
order by provider, day
