-- title:   How long did the requests of each feature or team take each day, and to which day are its logs complete?
-- grain:   one row per (scope, UTC day, upper edge of a bucket) with answered requests; known_to is the first day that
--          some log of the scope's providers does not cover, NULL when one never told
-- params:  start date, end date (UTC days, half-open), since date (a source that told nothing since is waited for while
--          it is configured), scope_type text(team|feature)
-- returns: scope text, day date, known_to date, le_seconds ratio, request_count count
with known_source as (
  select
    s.provider,
    case when count(*) = count(h.watermark_at) then cast(min(h.watermark_at) as date) end as known_to
  from (
    select distinct provider, source
    from latency_day
    where day >= cast(:start as date)
      and (day >= cast(:since as date) or source in (select source from source_state))
  ) s
  left join source_health h on h.source = s.source
  group by s.provider
),
counted as (
  select
    case cast(:scope_type as varchar)
      when 'team' then coalesce(a.team, f.team, 'Unattributed')
      else coalesce(a.feature, 'unattributed')
    end as scope,
    l.day,
    l.provider,
    l.le_seconds,
    sum(l.request_count) as request_count
  from latency_day l
  left join attribution a
    on a.attribution_key = l.attribution_key
    and l.day >= a.valid_from
    and l.day < a.valid_to
  left join feature f on f.feature = a.feature
  where l.measure = 'duration'
    and l.day >= cast(:start as date)
    and l.day < cast(:end as date)
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
  c.day,
  k.known_to,
  c.le_seconds,
  cast(sum(c.request_count) as bigint) as request_count
from counted c
join known k on k.scope = c.scope
group by c.scope, c.day, k.known_to, c.le_seconds
order by c.scope, c.day, c.le_seconds
