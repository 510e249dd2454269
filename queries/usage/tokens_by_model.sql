-- title:   How many requests and tokens did each model serve?
-- grain:   one row per (provider, model, service)
-- params:  start timestamp, end timestamp (UTC, half-open, cut at whole UTC days)
-- returns: provider text, model text, service text, request_count count, input_tokens count,
--          cache_read_input_tokens count, output_tokens count, estimated_cost money, unpriced_tokens count
select
  provider,
  model,
  service,
  cast(sum(request_count) as bigint) as request_count,
  cast(sum(
    coalesce(uncached_input_tokens, 0)
    + coalesce(cache_read_input_tokens, 0)
    + coalesce(cache_write_input_tokens, 0)
  ) as bigint) as input_tokens,
  cast(sum(cache_read_input_tokens) as bigint) as cache_read_input_tokens,
  cast(sum(output_tokens) as bigint) as output_tokens,
  sum(estimated_cost) as estimated_cost,
  cast(sum(unpriced_tokens) as bigint) as unpriced_tokens
from model_usage_day
where day >= cast(:start as date)
  and day < cast(:end as date)
group by provider, model, service
order by provider, model, service
