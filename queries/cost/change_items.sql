-- title:   What did each item cost and use, before and after?
-- grain:   one row per (provider, feature, team, environment, model) with costs in either period; with per 'key' also
--          per project and api key, of models with costs. 'Other' costs are those for which the bill names no kind of
--          token
-- params:  before_start date, before_end date, after_start date, after_end date (UTC days, half-open),
--          times count, extra_days count (a day before counts `times` times, the first `extra_days` of each seven days
--          from before_start once more; 1 and 0 for a plain sum),
--          per text(model|key), currency text, provider texts, team texts, feature texts, model texts,
--          environment texts, project texts
-- returns: provider text, feature text, feature_name text, team text, environment text, model text, project_id text,
--          api_key_id text, uncached_input_cost_before money, uncached_input_cost_after money,
--          cache_read_input_cost_before money, cache_read_input_cost_after money, cache_write_input_cost_before money,
--          cache_write_input_cost_after money, output_cost_before money, output_cost_after money,
--          other_cost_before money, other_cost_after money, uncached_input_tokens_before count,
--          uncached_input_tokens_after count, cache_read_input_tokens_before count,
--          cache_read_input_tokens_after count, cache_write_input_tokens_before count,
--          cache_write_input_tokens_after count, output_tokens_before count, output_tokens_after count,
--          request_count_before count, request_count_after count
with cost as (
  select
    provider,
    feature,
    team,
    environment,
    model,
    case when cast(:per as varchar) = 'key' then project_id end as project_id,
    case when cast(:per as varchar) = 'key' then api_key_id end as api_key_id,
    token_type,
    case
      when day >= cast(:before_start as date) and day < cast(:before_end as date)
        then :times + case when mod(day - cast(:before_start as date), 7) < :extra_days then 1 else 0 end
    end as times_before,
    case when day >= cast(:after_start as date) and day < cast(:after_end as date) then 1 end as times_after,
    sum(billed_cost) as billed_cost
  from attributed_cost_day
  where currency = :currency
    and (
      (day >= cast(:before_start as date) and day < cast(:before_end as date))
      or (day >= cast(:after_start as date) and day < cast(:after_end as date))
    )
    and (:any_provider or provider in :provider)
    and (:any_team or team in :team)
    and (:any_feature or feature in :feature)
    and (:any_model or coalesce(model, 'no model') in :model)
    and (:any_environment or environment in :environment)
    and (:any_project or coalesce(project_id, 'no project') in :project)
  group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
),
used as (
  select
    provider,
    feature,
    team,
    environment,
    model,
    case when cast(:per as varchar) = 'key' then project_id end as project_id,
    case when cast(:per as varchar) = 'key' then api_key_id end as api_key_id,
    case
      when day >= cast(:before_start as date) and day < cast(:before_end as date)
        then :times + case when mod(day - cast(:before_start as date), 7) < :extra_days then 1 else 0 end
    end as times_before,
    case when day >= cast(:after_start as date) and day < cast(:after_end as date) then 1 end as times_after,
    sum(uncached_input_tokens) as uncached_input_tokens,
    sum(cache_read_input_tokens) as cache_read_input_tokens,
    sum(cache_write_input_tokens) as cache_write_input_tokens,
    sum(output_tokens) as output_tokens,
    sum(request_count) as request_count
  from attributed_usage_day
  where (
      (day >= cast(:before_start as date) and day < cast(:before_end as date))
      or (day >= cast(:after_start as date) and day < cast(:after_end as date))
    )
    and (:any_provider or provider in :provider)
    and (:any_team or team in :team)
    and (:any_feature or feature in :feature)
    and (:any_model or coalesce(model, 'no model') in :model)
    and (:any_environment or environment in :environment)
    and (:any_project or coalesce(project_id, 'no project') in :project)
  group by 1, 2, 3, 4, 5, 6, 7, 8, 9
),
part as (
  select
    provider, feature, team, environment, model, project_id, api_key_id,
    case
      when token_type = 'uncached_input_tokens' then 'uncached_input'
      when token_type = 'cache_read_input_tokens' then 'cache_read_input'
      when token_type in (
        'cache_write_input_tokens', 'cache_write_5m_input_tokens', 'cache_write_1h_input_tokens'
      ) then 'cache_write_input'
      when token_type = 'output_tokens' then 'output'
      else 'other'
    end as kind,
    times_before,
    times_after,
    billed_cost,
    cast(null as bigint) as uncached_input_tokens,
    cast(null as bigint) as cache_read_input_tokens,
    cast(null as bigint) as cache_write_input_tokens,
    cast(null as bigint) as output_tokens,
    cast(null as bigint) as request_count
  from cost
  union all
  select
    provider, feature, team, environment, model, project_id, api_key_id,
    cast(null as varchar),
    times_before,
    times_after,
    cast(null as decimal(38, 12)),
    uncached_input_tokens,
    cache_read_input_tokens,
    cache_write_input_tokens,
    output_tokens,
    request_count
  from used
),
item as (
  select
    provider, feature, team, environment, model, project_id, api_key_id,
    sum(case when kind = 'uncached_input' then billed_cost * times_before end) as uncached_input_cost_before,
    sum(case when kind = 'uncached_input' then billed_cost * times_after end) as uncached_input_cost_after,
    sum(case when kind = 'cache_read_input' then billed_cost * times_before end) as cache_read_input_cost_before,
    sum(case when kind = 'cache_read_input' then billed_cost * times_after end) as cache_read_input_cost_after,
    sum(case when kind = 'cache_write_input' then billed_cost * times_before end) as cache_write_input_cost_before,
    sum(case when kind = 'cache_write_input' then billed_cost * times_after end) as cache_write_input_cost_after,
    sum(case when kind = 'output' then billed_cost * times_before end) as output_cost_before,
    sum(case when kind = 'output' then billed_cost * times_after end) as output_cost_after,
    sum(case when kind = 'other' then billed_cost * times_before end) as other_cost_before,
    sum(case when kind = 'other' then billed_cost * times_after end) as other_cost_after,
    sum(uncached_input_tokens * times_before) as uncached_input_tokens_before,
    sum(uncached_input_tokens * times_after) as uncached_input_tokens_after,
    sum(cache_read_input_tokens * times_before) as cache_read_input_tokens_before,
    sum(cache_read_input_tokens * times_after) as cache_read_input_tokens_after,
    sum(cache_write_input_tokens * times_before) as cache_write_input_tokens_before,
    sum(cache_write_input_tokens * times_after) as cache_write_input_tokens_after,
    sum(output_tokens * times_before) as output_tokens_before,
    sum(output_tokens * times_after) as output_tokens_after,
    sum(request_count * times_before) as request_count_before,
    sum(request_count * times_after) as request_count_after,
    max(max(case when billed_cost <> 0 and (times_before > 0 or times_after > 0) then 1 else 0 end)) over (
      partition by provider, feature, team, environment, model
    ) as is_billed
  from part
  group by 1, 2, 3, 4, 5, 6, 7
)
select
  i.provider,
  i.feature,
  coalesce(f.name, 'Unattributed') as feature_name,
  i.team,
  i.environment,
  i.model,
  i.project_id,
  i.api_key_id,
  cast(coalesce(i.uncached_input_cost_before, 0) as decimal(38, 12)) as uncached_input_cost_before,
  cast(coalesce(i.uncached_input_cost_after, 0) as decimal(38, 12)) as uncached_input_cost_after,
  cast(coalesce(i.cache_read_input_cost_before, 0) as decimal(38, 12)) as cache_read_input_cost_before,
  cast(coalesce(i.cache_read_input_cost_after, 0) as decimal(38, 12)) as cache_read_input_cost_after,
  cast(coalesce(i.cache_write_input_cost_before, 0) as decimal(38, 12)) as cache_write_input_cost_before,
  cast(coalesce(i.cache_write_input_cost_after, 0) as decimal(38, 12)) as cache_write_input_cost_after,
  cast(coalesce(i.output_cost_before, 0) as decimal(38, 12)) as output_cost_before,
  cast(coalesce(i.output_cost_after, 0) as decimal(38, 12)) as output_cost_after,
  cast(coalesce(i.other_cost_before, 0) as decimal(38, 12)) as other_cost_before,
  cast(coalesce(i.other_cost_after, 0) as decimal(38, 12)) as other_cost_after,
  cast(i.uncached_input_tokens_before as bigint) as uncached_input_tokens_before,
  cast(i.uncached_input_tokens_after as bigint) as uncached_input_tokens_after,
  cast(i.cache_read_input_tokens_before as bigint) as cache_read_input_tokens_before,
  cast(i.cache_read_input_tokens_after as bigint) as cache_read_input_tokens_after,
  cast(i.cache_write_input_tokens_before as bigint) as cache_write_input_tokens_before,
  cast(i.cache_write_input_tokens_after as bigint) as cache_write_input_tokens_after,
  cast(i.output_tokens_before as bigint) as output_tokens_before,
  cast(i.output_tokens_after as bigint) as output_tokens_after,
  cast(i.request_count_before as bigint) as request_count_before,
  cast(i.request_count_after as bigint) as request_count_after
from item i
left join feature f on f.feature = i.feature
where i.is_billed = 1
order by
  i.provider, i.feature, i.team, i.environment, coalesce(i.model, ''), coalesce(i.project_id, ''),
  coalesce(i.api_key_id, '')
