-- title:   How many requests of each scope failed each day, and to which day are its logs complete?
-- grain:   one row per (scope, UTC day) with logged requests; valid: all but those the caller got wrong (4xx other than
--          429); bad: failed or throttled; known_to is the first day that some log of the scope's providers does not
--          cover, NULL when one never told
-- params:  start date, end date (UTC days, half-open), since date (a source that told nothing since is waited for while
--          it is configured), scope_type text(organization|team|feature|model|provider)
-- returns: scope text, day date, known_to date, bad_count count, valid_count count
with known_source as (
  select
    s.provider,
    case when count(*) = count(h.watermark_at) then cast(min(h.watermark_at) as date) end as known_to
  from (
    select distinct provider, source
    from request_hour
    where hour >= cast(:start as date)
      and (hour >= cast(:since as date) or source in (select source from source_state))
  ) s
  left join source_health h on h.source = s.source
  group by s.provider
),
owned as (
  select
    cast(r.hour as date) as day,
    r.provider,
    r.model,
    coalesce(a.feature, 'unattributed') as feature,
    coalesce(a.team, f.team, 'Unattributed') as team,
    r.request_count - r.rejected_count as valid_count,
    r.failed_count + r.throttled_count as bad_count
  from request_hour r
  left join attribution a
    on a.attribution_key = r.attribution_key
    and cast(r.hour as date) >= a.valid_from
    and cast(r.hour as date) < a.valid_to
  left join feature f on f.feature = a.feature
  where r.hour >= cast(:start as date)
    and r.hour < cast(:end as date)
),
counted as (
  select
    case cast(:scope_type as varchar)
      when 'organization' then ''
      when 'team' then team
      when 'feature' then feature
      when 'model' then coalesce(model, 'no model')
      else provider
    end as scope,
    day,
    provider,
    sum(bad_count) as bad_count,
    sum(valid_count) as valid_count
  from owned
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
  c.day,
  k.known_to,
  cast(sum(c.bad_count) as bigint) as bad_count,
  cast(sum(c.valid_count) as bigint) as valid_count
from counted c
join known k on k.scope = c.scope
group by c.scope, c.day, k.known_to
order by c.scope, c.day
