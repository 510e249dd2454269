-- title:   Which usage has no price?
-- grain:   one row per (provider, model, service, tier, unit without a price), most used first; model NULL: tools
--          without one. unit NULL: every unit has a price, but the estimate was made without it or the parts of the
--          usage contradict each other
-- params:  start date, end date (UTC days, half-open), recent_since date (recent_amount counts from this day on),
--          provider texts
-- returns: provider text, model text, service text, service_tier text, unit text, amount money, recent_amount money,
--          day_count count, first_day date, last_day date
with unpriced as (
  select
    provider, model, service, service_tier, context_window, unit, day,
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
    sum(quantity) as quantity,
    sum(unpriced_tokens) as unpriced_tokens,
    sum(unpriced_quantity) as unpriced_quantity
  from priced_usage_day
  where day >= cast(:start as date)
    and day < cast(:end as date)
    and (:any_provider or provider in :provider)
    and (unpriced_tokens > 0 or unpriced_quantity > 0)
  group by provider, model, service, service_tier, context_window, unit, day
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
    u.provider, u.model, u.service, u.service_tier, u.context_window, u.day, u.unit as counted_in,
    case when k.name = 'quantity' then u.unit else k.name end as unit,
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
    end as decimal(38, 12)) as amount
  from unpriced u
  cross join kind k
),
list as (
  select
    provider, model, service_tier, context_window, unit, valid_from, valid_to,
    case when version like 'override%' then 1 else 0 end as is_own
  from price
),
checked as (
  select
    c.provider, c.model, c.service, c.service_tier, c.context_window, c.day, c.counted_in, c.unit,
    max(c.amount) as amount
  from counted c
  left join list own
    on own.is_own = 1 and own.provider = c.provider and own.model = c.model
   and own.service_tier = c.service_tier and own.unit = c.unit
   and c.day >= own.valid_from and c.day < own.valid_to
  left join list published
    on published.is_own = 0 and published.provider = c.provider and published.model = c.model
   and published.service_tier = c.service_tier and published.unit = c.unit
   and published.context_window = c.context_window
   and c.day >= published.valid_from and c.day < published.valid_to
  where c.amount > 0
  group by c.provider, c.model, c.service, c.service_tier, c.context_window, c.day, c.counted_in, c.unit
  having count(coalesce(own.provider, published.provider)) = 0
),
told as (
  select distinct provider, model, service, service_tier, context_window, day, counted_in from checked
),
lacking as (
  select provider, model, service, service_tier, day, unit, amount from checked
  union all
  select
    u.provider, u.model, u.service, u.service_tier, u.day, null,
    cast(u.unpriced_tokens as decimal(38, 12)) + coalesce(u.unpriced_quantity, 0)
  from unpriced u
  left join told t
    on t.provider = u.provider and t.model = u.model and t.service = u.service and t.service_tier = u.service_tier
   and t.context_window = u.context_window and t.day = u.day and coalesce(t.counted_in, '') = coalesce(u.unit, '')
  where t.provider is null
)
select
  provider,
  case when model <> '' then model end as model,
  service,
  service_tier,
  unit,
  sum(amount) as amount,
  sum(case when day >= cast(:recent_since as date) then amount end) as recent_amount,
  cast(count(distinct day) as bigint) as day_count,
  min(day) as first_day,
  max(day) as last_day
from lacking
group by provider, model, service, service_tier, unit
order by sum(amount) desc, provider, model, service, service_tier, unit
