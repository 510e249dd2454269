-- title:   What did each item cost and use, before and after?
-- grain:   one row per (provider, feature, team, environment, model) and kind of token, of items with costs in either
--          period; with per 'key' also per project and api key. Requests belong to the item and are alike on all its
--          kinds. Kind 'other' carries costs for which the bill names no kind of token
-- params:  before_start date, before_end date, after_start date, after_end date (UTC days, half-open),
--          times count, extra_days count (a day before counts `times` times, the first `extra_days` of each seven days
--          from before_start once more; 1 and 0 for a plain sum),
--          per text(model|key), currency text, provider texts, team texts, feature texts, model texts,
--          environment texts, project texts
-- returns: provider text, feature text, feature_name text, team text, environment text, model text, project_id text,
--          api_key_id text, kind text, cost_before money, cost_after money, tokens_before count, tokens_after count,
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
    case
      when token_type in ('uncached_input_tokens', 'cache_read_input_tokens', 'output_tokens') then token_type
      when token_type in (
        'cache_write_input_tokens', 'cache_write_5m_input_tokens', 'cache_write_1h_input_tokens'
      ) then 'cache_write_input_tokens'
      else 'other'
    end as kind,
    case
      when day >= cast(:before_start as date) and day < cast(:before_end as date)
        then :times + case when mod(day - cast(:before_start as date), 7) < :extra_days then 1 else 0 end
      else 0
    end as times_before,
    case when day >= cast(:after_start as date) and day < cast(:after_end as date) then 1 else 0 end as times_after,
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
used_day as (
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
used as (
  select
    provider,
    feature,
    team,
    environment,
    model,
    project_id,
    api_key_id,
    sum(uncached_input_tokens * times_before) as uncached_before,
    sum(uncached_input_tokens * times_after) as uncached_after,
    sum(cache_read_input_tokens * times_before) as read_before,
    sum(cache_read_input_tokens * times_after) as read_after,
    sum(cache_write_input_tokens * times_before) as write_before,
    sum(cache_write_input_tokens * times_after) as write_after,
    sum(output_tokens * times_before) as output_before,
    sum(output_tokens * times_after) as output_after,
    sum(request_count * times_before) as requests_before,
    sum(request_count * times_after) as requests_after
  from used_day
  group by 1, 2, 3, 4, 5, 6, 7
),
kinds as (
  select 'uncached_input_tokens' as kind
  union all
  select 'cache_read_input_tokens'
  union all
  select 'cache_write_input_tokens'
  union all
  select 'output_tokens'
),
part as (
  select
    provider, feature, team, environment, model, project_id, api_key_id, kind,
    sum(case when times_before > 0 then billed_cost * times_before else 0 end) as cost_before,
    sum(case when times_after > 0 then billed_cost else 0 end) as cost_after,
    cast(null as bigint) as tokens_before,
    cast(null as bigint) as tokens_after,
    cast(null as bigint) as requests_before,
    cast(null as bigint) as requests_after
  from cost
  group by 1, 2, 3, 4, 5, 6, 7, 8
  union all
  select
    provider, feature, team, environment, model, project_id, api_key_id, kind,
    cast(null as decimal(38, 12)),
    cast(null as decimal(38, 12)),
    case kind
      when 'uncached_input_tokens' then uncached_before
      when 'cache_read_input_tokens' then read_before
      when 'cache_write_input_tokens' then write_before
      else output_before
    end,
    case kind
      when 'uncached_input_tokens' then uncached_after
      when 'cache_read_input_tokens' then read_after
      when 'cache_write_input_tokens' then write_after
      else output_after
    end,
    case when kind = 'output_tokens' then requests_before end,
    case when kind = 'output_tokens' then requests_after end
  from used
  cross join kinds
),
leaf as (
  select
    provider, feature, team, environment, model, project_id, api_key_id, kind,
    sum(cost_before) as cost_before,
    sum(cost_after) as cost_after,
    sum(tokens_before) as tokens_before,
    sum(tokens_after) as tokens_after,
    sum(sum(requests_before)) over (
      partition by provider, feature, team, environment, model, project_id, api_key_id
    ) as requests_before,
    sum(sum(requests_after)) over (
      partition by provider, feature, team, environment, model, project_id, api_key_id
    ) as requests_after,
    max(max(case when cost_before <> 0 or cost_after <> 0 then 1 else 0 end)) over (
      partition by provider, feature, team, environment, model
    ) as is_billed
  from part
  group by 1, 2, 3, 4, 5, 6, 7, 8
)
select
  leaf.provider,
  leaf.feature,
  coalesce(f.name, 'Unattributed') as feature_name,
  leaf.team,
  leaf.environment,
  leaf.model,
  leaf.project_id,
  leaf.api_key_id,
  leaf.kind,
  cast(coalesce(leaf.cost_before, 0) as decimal(38, 12)) as cost_before,
  cast(coalesce(leaf.cost_after, 0) as decimal(38, 12)) as cost_after,
  cast(leaf.tokens_before as bigint) as tokens_before,
  cast(leaf.tokens_after as bigint) as tokens_after,
  cast(leaf.requests_before as bigint) as request_count_before,
  cast(leaf.requests_after as bigint) as request_count_after
from leaf
left join feature f on f.feature = leaf.feature
where leaf.is_billed = 1
order by
  leaf.provider, leaf.feature, leaf.team, leaf.environment, coalesce(leaf.model, ''), coalesce(leaf.project_id, ''),
  coalesce(leaf.api_key_id, ''), leaf.kind
