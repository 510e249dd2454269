-- title:   How many requests of each scope failed each hour, and to which moment are its logs complete?
-- grain:   one row per (scope, UTC hour) with logged requests; known_to is the moment from which on some source of the
--          scope's providers has not told yet, NULL when one never told
-- params:  start timestamp, end timestamp (UTC, half-open), since timestamp (a source that told nothing since is waited
--          for while it is configured), scope_type text(organization|feature|provider)
-- returns: scope text, hour timestamp, known_to timestamp, bad_count count, valid_count count
with known_source as (
  select s.provider, case when count(*) = count(h.watermark_at) then min(h.watermark_at) end as known_to
  from (
    select distinct provider, source
    from request_hour
    where hour >= cast(:start as timestamp)
      and (hour >= cast(:since as timestamp) or source in (select source from source_state))
  ) s
  left join source_health h on h.source = s.source
  group by s.provider
),
counted as (
  select
    case cast(:scope_type as varchar)
      when 'organization' then ''
      when 'feature' then coalesce(a.feature, 'unattributed')
      else r.provider
    end as scope,
    r.hour,
    r.provider,
    sum(r.failed_count + r.throttled_count) as bad_count,
    sum(r.request_count - r.rejected_count) as valid_count
  from request_hour r
  left join attribution a
    on a.attribution_key = r.attribution_key
    and cast(r.hour as date) >= a.valid_from
    and cast(r.hour as date) < a.valid_to
  where r.hour >= cast(:start as timestamp)
    and r.hour < cast(:end as timestamp)
  group by 1, 2, 3
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
  cast(sum(c.bad_count) as bigint) as bad_count,
  cast(sum(c.valid_count) as bigint) as valid_count
from counted c
join known k on k.scope = c.scope
group by c.scope, c.hour, k.known_to
order by c.scope, c.hour
