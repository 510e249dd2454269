-- title:   In how many interactions of each scope was a policy broken each day, and to which day is that known?
-- grain:   one row per (scope, UTC day) with checked interactions, each counted once; known_to is the first day that
--          some source of the scope's features does not cover, NULL when one never told
-- params:  start date, end date (UTC days, half-open), since date (a source that told nothing since is waited for while
--          it is configured), scope_type text(organization|team|feature)
-- returns: scope text, day date, known_to date, violation_count count, checked_count count
with known_source as (
  select
    s.feature,
    case when count(*) = count(h.watermark_at) then cast(min(h.watermark_at) as date) end as known_to
  from (
    select distinct feature, source
    from safety_hour
    where hour >= cast(:start as date)
      and policy = 'any'
      and (hour >= cast(:since as date) or source in (select source from source_state))
  ) s
  left join source_health h on h.source = s.source
  group by s.feature
),
counted as (
  select
    case cast(:scope_type as varchar)
      when 'organization' then ''
      when 'team' then coalesce(f.team, 'Unattributed')
      else s.feature
    end as scope,
    cast(s.hour as date) as day,
    s.feature,
    sum(s.violation_count) as violation_count,
    sum(s.checked_count) as checked_count
  from safety_hour s
  left join feature f on f.feature = s.feature
  where s.policy = 'any'
    and s.hour >= cast(:start as date)
    and s.hour < cast(:end as date)
  group by 1, 2, 3
),
known as (
  select
    u.scope,
    case when count(*) = count(k.known_to) then min(k.known_to) end as known_to
  from (select distinct scope, feature from counted) u
  join known_source k on k.feature = u.feature
  group by u.scope
)
select
  c.scope,
  c.day,
  k.known_to,
  cast(sum(c.violation_count) as bigint) as violation_count,
  cast(sum(c.checked_count) as bigint) as checked_count
from counted c
join known k on k.scope = c.scope
group by c.scope, c.day, k.known_to
order by c.scope, c.day
