-- title:   How much was each scope used each day, and to which day is its usage complete?
-- grain:   one row per (scope, UTC day) with usage; tokens and counted_requests are of rows that tell both; known_to is
--          the first day that some provider's usage of the scope does not cover, NULL when one never told
-- params:  start date, end date (UTC days, half-open), since date (a source that told nothing since is waited for while
--          it is configured), scope_type text(organization|team|feature|model|provider)
-- returns: scope text, day date, known_to date, request_count count, tokens count, counted_requests count
with known_source as (
  select
    s.provider,
    case when count(*) = count(h.watermark_at) then cast(min(h.watermark_at) as date) end as known_to
  from (
    select distinct provider, source
    from model_usage_day
    where day >= cast(:start as date)
      and (day >= cast(:since as date) or source in (select source from source_state))
  ) s
  left join source_health h on h.source = s.source
  group by s.provider
),
known as (
  select
    u.scope,
    case when count(*) = count(k.known_to) then min(k.known_to) end as known_to
  from (
    select distinct
      case cast(:scope_type as varchar)
        when 'organization' then ''
        when 'team' then team
        when 'feature' then feature
        when 'model' then coalesce(model, 'no model')
        else provider
      end as scope,
      provider
    from attributed_usage_day
    where day >= cast(:start as date)
  ) u
  join known_source k on k.provider = u.provider
  group by u.scope
)
select
  u.scope,
  u.day,
  k.known_to,
  u.request_count,
  u.tokens,
  u.counted_requests
from (
  select
    case cast(:scope_type as varchar)
      when 'organization' then ''
      when 'team' then team
      when 'feature' then feature
      when 'model' then coalesce(model, 'no model')
      else provider
    end as scope,
    day,
    cast(sum(request_count) as bigint) as request_count,
    cast(sum(case when request_count is not null then total_tokens end) as bigint) as tokens,
    cast(sum(case when total_tokens is not null then request_count end) as bigint) as counted_requests
  from attributed_usage_day
  where day >= cast(:start as date)
    and day < cast(:end as date)
  group by 1, 2
) u
join known k on k.scope = u.scope
order by u.scope, u.day
