-- title:   What would the same usage cost at today's prices?
-- grain:   one row per (provider, model, tier), dearest first; model NULL: tools without one. both costs are of
--          compared_tokens, and of tools, whose prices are known on their day and on as_of alike; NULL when none is
-- params:  start date, end date (UTC days, half-open), as_of date, provider texts
-- returns: provider text, model text, service_tier text, tokens count, compared_tokens count,
--          cost_then money, cost_now money
with used as (
  select
    provider, model, service_tier, context_window, unit,
    case
      when unpriced_tokens = 0 and coalesce(unpriced_quantity, 0) = 0 and estimated_cost is not null then 1 else 0
    end as is_priced,
    sum(tokens) as tokens,
    sum(estimated_cost) as estimated_cost,
    sum(uncached_input_tokens) as uncached_input_tokens,
    sum(cache_read_input_tokens) as cache_read_input_tokens,
    sum(cache_write_5m_input_tokens) as cache_write_5m_input_tokens,
    sum(cache_write_1h_input_tokens) as cache_write_1h_input_tokens,
    sum(cache_write_input_tokens) as cache_write_input_tokens,
    sum(output_tokens) as output_tokens,
    sum(input_audio_tokens) as input_audio_tokens,
    sum(cache_read_audio_tokens) as cache_read_audio_tokens,
    sum(output_audio_tokens) as output_audio_tokens,
    sum(input_image_tokens) as input_image_tokens,
    sum(cache_read_image_tokens) as cache_read_image_tokens,
    sum(output_image_tokens) as output_image_tokens,
    sum(quantity) as quantity
  from priced_usage_day
  where day >= cast(:start as date)
    and day < cast(:end as date)
    and (:any_provider or provider in :provider)
  group by 1, 2, 3, 4, 5, 6
),
kind as (
  select 'uncached_input_tokens' as name
  union all select 'cache_read_input_tokens'
  union all select 'cache_write_5m_input_tokens'
  union all select 'cache_write_1h_input_tokens'
  union all select 'cache_write_input_tokens'
  union all select 'output_tokens'
  union all select 'input_audio_tokens'
  union all select 'cache_read_audio_tokens'
  union all select 'output_audio_tokens'
  union all select 'input_image_tokens'
  union all select 'cache_read_image_tokens'
  union all select 'output_image_tokens'
  union all select 'quantity'
),
counted as (
  select
    u.provider, u.model, u.service_tier, u.context_window, u.unit,
    case when k.name = 'quantity' then u.unit else k.name end as price_unit,
    cast(case k.name
      when 'uncached_input_tokens' then u.uncached_input_tokens
      when 'cache_read_input_tokens' then u.cache_read_input_tokens
      when 'cache_write_5m_input_tokens' then u.cache_write_5m_input_tokens
      when 'cache_write_1h_input_tokens' then u.cache_write_1h_input_tokens
      when 'cache_write_input_tokens' then u.cache_write_input_tokens
      when 'output_tokens' then u.output_tokens
      when 'input_audio_tokens' then u.input_audio_tokens
      when 'cache_read_audio_tokens' then u.cache_read_audio_tokens
      when 'output_audio_tokens' then u.output_audio_tokens
      when 'input_image_tokens' then u.input_image_tokens
      when 'cache_read_image_tokens' then u.cache_read_image_tokens
      when 'output_image_tokens' then u.output_image_tokens
      else u.quantity
    end as decimal(38, 3)) as amount
  from used u
  cross join kind k
  where u.is_priced = 1
),
list as (
  select
    provider, model, service_tier, context_window, unit,
    case when version like 'override%' then 1 else 0 end as is_own,
    max(cast(price_per_million * 0.000001 as decimal(38, 18))) as price
  from price
  where valid_from <= cast(:as_of as date)
    and valid_to > cast(:as_of as date)
  group by 1, 2, 3, 4, 5, 6
),
now_priced as (
  select
    c.provider, c.model, c.service_tier, c.context_window, c.unit,
    sum(cast(c.amount * coalesce(own.price, published.price) as decimal(38, 12))) as cost_now
  from counted c
  left join list own
    on own.is_own = 1 and own.provider = c.provider and own.model = c.model
   and own.service_tier = c.service_tier and own.unit = c.price_unit
  left join list published
    on published.is_own = 0 and published.provider = c.provider and published.model = c.model
   and published.service_tier = c.service_tier and published.unit = c.price_unit
   and published.context_window = c.context_window
  where c.amount > 0
  group by 1, 2, 3, 4, 5
  having count(*) = count(coalesce(own.price, published.price))
)
select
  u.provider,
  case when u.model <> '' then u.model end as model,
  u.service_tier,
  cast(sum(u.tokens) as bigint) as tokens,
  cast(sum(case when n.provider is not null then u.tokens else 0 end) as bigint) as compared_tokens,
  cast(sum(case when n.provider is not null then u.estimated_cost end) as decimal(38, 12)) as cost_then,
  sum(n.cost_now) as cost_now
from used u
left join now_priced n
  on u.is_priced = 1 and n.provider = u.provider and n.model = u.model and n.service_tier = u.service_tier
 and n.context_window = u.context_window and coalesce(n.unit, '') = coalesce(u.unit, '')
group by u.provider, u.model, u.service_tier
order by
  case when sum(n.cost_now) is null then 1 else 0 end, sum(n.cost_now) desc, u.provider, u.model, u.service_tier
