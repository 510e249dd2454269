-- title:   How long does it take from an approved specification to its release?
-- grain:   one row per period × segment with a release or a waiting specification; the value is the
--          median in days. What was released and reverted keeps its first release
-- params:  cadence text(week|month|quarter), start timestamp, end timestamp (periods that begin in it),
--          until timestamp (nothing later counts), segment text(all|tier|team|feature), tier texts, team texts,
--          feature texts
-- returns: period_start timestamp, segment text, numerator number, denominator number, sample_count count,
--          p85_days days, unapproved_count count (released without an approval before), unreleased_count count
--          (approved and neither released nor given up by the end)
-- number:  1
-- name:    Feature lead time
-- definition: Median of days from the approval of a specification to its first release in production, over what was
--          first released in the period. Unreleased: approved by its end and not released; one that was given up
--          waits no longer.
-- unit:    days
-- better:  lower
-- cadence: month
-- stage:   leading
-- facts:   spec, release
-- target:  change <= -20%
-- minimum: 3
with span as (
  select start_at, case when end_at > cast(:until as timestamp) then cast(:until as timestamp) else end_at end as end_at
  from period
  where cadence = :cadence
    and start_at >= cast(:start as timestamp)
    and start_at < cast(:end as timestamp)
    and start_at < cast(:until as timestamp)
),
approval as (
  select
    spec_id,
    min(approved_at) as approved_at,
    min(feature) as feature,
    min(team) as team,
    case when count(*) = count(given_up_at) then max(given_up_at) end as given_up_at
  from (
    select
      spec_id, approved_at, feature, team,
      case
        when lower(status) in (
          'declined', 'cancelled', 'canceled', 'rejected', 'withdrawn', 'abandoned', 'duplicate', 'won''t do'
        )
          then coalesce(done_at, created_at)
      end as given_up_at
    from spec
  ) s
  group by spec_id
),
shipped as (
  select
    coalesce(r.spec_id, r.source || '/' || r.release_id) as item,
    min(r.spec_id) as spec_id,
    min(r.released_at) as released_at,
    min(r.spec_approved_at) as spec_approved_at,
    min(r.feature) as feature,
    min(r.team) as team
  from release r
  where r.environment = 'production'
    and r.status in ('released', 'reverted')
    and r.released_at is not null
    and r.released_at < cast(:until as timestamp)
  group by coalesce(r.spec_id, r.source || '/' || r.release_id)
),
item as (
  select
    s.released_at,
    coalesce(a.approved_at, s.spec_approved_at) as approved_at,
    coalesce(s.feature, a.feature) as feature,
    coalesce(s.team, a.team) as team,
    cast(null as timestamp) as given_up_at
  from shipped s
  left join approval a on a.spec_id = s.spec_id
  union all
  select cast(null as timestamp), a.approved_at, a.feature, a.team, a.given_up_at
  from approval a
  where a.approved_at is not null
    and not exists (select 1 from shipped s where s.spec_id = a.spec_id)
),
owned as (
  select i.released_at, i.approved_at, i.given_up_at, i.feature, coalesce(i.team, f.team) as team, f.tier
  from item i
  left join feature f on f.feature = i.feature
),
placed as (
  select
    p.start_at,
    case :segment when 'tier' then o.tier when 'team' then o.team when 'feature' then o.feature else '' end as segment,
    o.released_at >= p.start_at and o.released_at < p.end_at as is_released,
    case
      when o.released_at >= p.start_at and o.released_at < p.end_at and o.approved_at <= o.released_at
        then (extract(epoch from o.released_at) - extract(epoch from o.approved_at)) / 86400.0
    end as days
  from span p
  join owned o
    on (o.released_at >= p.start_at and o.released_at < p.end_at)
    or (
      o.approved_at < p.end_at
      and (o.released_at is null or o.released_at >= p.end_at)
      and (o.given_up_at is null or o.given_up_at >= p.end_at)
    )
  where (:any_tier or o.tier in :tier)
    and (:any_team or o.team in :team)
    and (:any_feature or o.feature in :feature)
)
select
  start_at as period_start,
  segment,
  percentile_cont(0.5) within group (order by cast(days as double precision)) as numerator,
  cast(case when count(days) > 0 then 1 end as double precision) as denominator,
  cast(count(days) as bigint) as sample_count,
  percentile_cont(0.85) within group (order by cast(days as double precision)) as p85_days,
  cast(sum(case when is_released and days is null then 1 else 0 end) as bigint) as unapproved_count,
  cast(sum(case when is_released then 0 else 1 end) as bigint) as unreleased_count
from placed
group by start_at, segment
order by start_at, segment
