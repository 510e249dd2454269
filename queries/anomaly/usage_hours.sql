-- title:   What did each scope use each hour, at list price, and to which moment is that complete?
-- grain:   one row per (scope, UTC hour) with usage that is told by the hour; known_to is the moment from which on some
--          source of the scope's providers has not told yet, NULL when one never told
-- params:  start timestamp, end timestamp (UTC, half-open), since timestamp (a source that told nothing since is waited
--          for while it is configured), scope_type text(organization|feature|provider)
-- returns: scope text, hour timestamp, known_to timestamp, estimated_cost ratio, request_count count
with known_source as (
  select s.provider, case when count(*) = count(h.watermark_at) then min(h.watermark_at) end as known_to
  from (
    select distinct provider, source
    from model_usage_day
    where day >= cast(:start as date)
      and (day >= cast(:since as date) or source in (select source from source_state))
  ) s
  left join source_health h on h.source = s.source
  group by s.provider
),
told as (  -- by both ends, which are few: a row's length is then looked at once, not for each of many rows
  select
    case cast(:scope_type as varchar)
      when 'organization' then ''
      when 'feature' then coalesce(a.feature, 'unattributed')
      else t.provider
    end as scope,
    t.started_at,
    t.ended_at,
    t.provider,
    sum(t.estimated_cost) as estimated_cost,
    sum(t.request_count) as request_count
  from token_usage t
  left join attribution a
    on cast(:scope_type as varchar) = 'feature'
    and a.attribution_key = t.attribution_key
    and cast(t.started_at as date) >= a.valid_from
    and cast(t.started_at as date) < a.valid_to
  where t.started_at >= cast(:start as timestamp)
    and t.started_at < cast(:end as timestamp)
  group by 1, 2, 3, 4
),
counted as (
  select scope, started_at as hour, provider, estimated_cost, request_count
  from told
  where ended_at <= started_at + interval '1 hour'
),
known as (
  select
    u.scope,
    case when count(*) = count(k.known_to) then min(k.known_to) end as known_to
  from (select distinct scope, provider from counted) u
  join known_source k on k.provider = u.provider
  group by u.scope
)
select
  c.scope,
  c.hour,
  k.known_to,
  cast(sum(c.estimated_cost) as double precision) as estimated_cost,
  cast(sum(c.request_count) as bigint) as request_count
from counted c
join known k on k.scope = c.scope
group by c.scope, c.hour, k.known_to
order by c.scope, c.hour
