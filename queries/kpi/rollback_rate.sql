-- title:   How many releases had to be taken back?
-- grain:   one row per period × segment with a production release. Versions are compared within one service (else
--          feature); releases that name neither are taken back only by one that says so
-- params:  cadence text(week|month|quarter), start timestamp, end timestamp (periods that begin in it),
--          until timestamp (nothing later counts), segment text(all|tier|team|feature), tier texts, team texts,
--          feature texts
-- returns: period_start timestamp, segment text, numerator number, denominator number, sample_count count,
--          rolled_forward_count count, failed_count count (never got out), undated_count count (reverted, nobody says
--          when)
-- number:  12
-- name:    Rollback rate
-- definition: Production releases that were reverted, or followed by an older version, within 7 days, of all of the
--          period. Those that were fixed by rolling forward are counted apart. One that is said to be reverted, but not
--          when, counts as taken back, and stands beside as undated.
-- unit:    ratio
-- better:  lower
-- cadence: month
-- stage:   lagging
-- facts:   release
-- target:  < 5%
-- spread:  wilson
-- minimum: 5
with span as (
  select start_at, case when end_at > cast(:until as timestamp) then cast(:until as timestamp) else end_at end as end_at
  from period
  where cadence = :cadence
    and start_at >= cast(:start as timestamp)
    and start_at < cast(:end as timestamp)
    and start_at < cast(:until as timestamp)
),
shipped as (
  select
    source, release_id, kind, status, version, feature, team, coalesce(service, feature, '') as line, released_at,
    created_at, reverts, fixes,
    min(case when status in ('released', 'reverted') then released_at end) over (
      partition by source, coalesce(service, feature, ''), kind, version
    ) as version_first_at
  from release
  where environment = 'production'
    and coalesce(released_at, created_at) < cast(:until as timestamp)
),
later as (
  select
    a.source,
    a.release_id,
    max(case
      when b.line <> '' and b.version <> coalesce(a.version, '') and b.version_first_at < a.released_at then 1 else 0
    end) as followed,
    max(case when b.fixes = a.release_id then 1 else 0 end) as rolled_forward
  from shipped a
  join shipped b
    on b.source = a.source
    and b.line = a.line
    and b.kind = a.kind
    and b.released_at > a.released_at
    and b.released_at <= a.released_at + interval '7 days'
  where a.released_at >= cast(:start as timestamp)
    and (a.version_first_at = a.released_at or a.version is null)
  group by a.source, a.release_id
),
reverted as (
  select source, reverts as release_id, min(released_at) as reverted_at
  from shipped
  where reverts is not null and released_at is not null
  group by source, reverts
),
placed as (
  select
    p.start_at,
    case
      :segment when 'tier' then f.tier when 'team' then coalesce(s.team, f.team) when 'feature' then s.feature else ''
    end as segment,
    s.released_at is not null as is_out,
    case
      when r.reverted_at <= s.released_at + interval '7 days' or l.followed = 1 then 1
      when s.status = 'reverted' and r.reverted_at is null then 1
      else 0
    end as taken_back,
    case
      when s.status = 'reverted' and r.reverted_at is null and coalesce(l.followed, 0) = 0 then 1 else 0
    end as undated,
    coalesce(l.rolled_forward, 0) as rolled_forward
  from span p
  join shipped s
    on coalesce(s.released_at, s.created_at) >= p.start_at and coalesce(s.released_at, s.created_at) < p.end_at
  left join feature f on f.feature = s.feature
  left join later l on l.source = s.source and l.release_id = s.release_id
  left join reverted r on r.source = s.source and r.release_id = s.release_id
  where s.status in ('released', 'reverted', 'failed')
    and (:any_tier or f.tier in :tier)
    and (:any_team or coalesce(s.team, f.team) in :team)
    and (:any_feature or s.feature in :feature)
)
select
  start_at as period_start,
  segment,
  cast(sum(case when is_out then taken_back end) as double precision) as numerator,
  cast(sum(case when is_out then 1 end) as double precision) as denominator,
  cast(sum(case when is_out then 1 end) as bigint) as sample_count,
  cast(sum(case when is_out and taken_back = 0 then rolled_forward else 0 end) as bigint) as rolled_forward_count,
  cast(sum(case when is_out then 0 else 1 end) as bigint) as failed_count,
  cast(sum(case when is_out then undated else 0 end) as bigint) as undated_count
from placed
group by start_at, segment
order by start_at, segment
