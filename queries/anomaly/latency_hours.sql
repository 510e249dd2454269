-- title:   How long did the requests of each scope take each hour, and to which moment are its logs complete?
-- grain:   one row per (scope, UTC hour, upper edge of a bucket) with answered requests; known_to is the moment from
--          which on some source of the scope's providers has not told yet, NULL when one never told
-- params:  start timestamp, end timestamp (UTC, half-open), since timestamp (a source that told nothing since is waited
--          for while it is configured), level text(organization|service|provider)
-- returns: scope text, hour timestamp, known_to timestamp, le_seconds ratio, request_count count
with known_source as (
  select s.provider, case when count(*) = count(h.watermark_at) then min(h.watermark_at) end as known_to
  from (
    select distinct provider, source
    from latency_hour
    where hour >= cast(:start as timestamp)
      and (hour >= cast(:since as timestamp) or source in (select source from source_state))
  ) s
  left join source_health h on h.source = s.source
  group by s.provider
),
counted as (
  select
    case cast(:level as varchar) when 'organization' then '' when 'service' then service else provider end as scope,
    hour,
    provider,
    le_seconds,
    sum(request_count) as request_count
  from latency_hour
  where measure = 'duration'
    and hour >= cast(:start as timestamp)
    and hour < cast(:end as timestamp)
  group by 1, 2, 3, 4
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
  c.le_seconds,
  cast(sum(c.request_count) as bigint) as request_count
from counted c
join known k on k.scope = c.scope
group by c.scope, c.hour, k.known_to, c.le_seconds
order by c.scope, c.hour, c.le_seconds
