-- title:   How fast and how well do we hire?
-- grain:   one row per period × segment with an offer accepted in it, or a position open at its end.
--          Openings know teams only; one that was filled, nobody says when, is neither
-- params:  cadence text(week|month|quarter), start timestamp, end timestamp (periods that begin in it),
--          until timestamp (nothing later counts), segment text(all|team), team texts
-- returns: period_start timestamp, segment text, numerator number, denominator number, sample_count count,
--          open_count count, oldest_open_days days, six_month_pass_ratio ratio
-- number:  17
-- name:    Time to hire
-- definition: Median of calendar days from the opening of a position to the accepted offer, over offers accepted in
--          the period.
-- unit:    days
-- better:  lower
-- cadence: quarter
-- stage:   leading
-- facts:   opening
-- target:  <= 90
-- minimum: 3
with span as (
  select start_at, case when end_at > cast(:until as timestamp) then cast(:until as timestamp) else end_at end as end_at
  from period
  where cadence = :cadence
    and start_at >= cast(:start as timestamp)
    and start_at < cast(:end as timestamp)
    and start_at < cast(:until as timestamp)
),
told as (
  select opened_at, coalesce(offer_accepted_at, filled_at) as accepted_at, status, team
  from opening
  where status <> 'cancelled'
    and (status <> 'filled' or coalesce(offer_accepted_at, filled_at) is not null)
    and coalesce(is_ai_role, true)
    and (:any_team or team in :team)
),
passed as (
  select p.start_at, sum(m.numerator) / nullif(sum(m.denominator), 0) as pass_ratio
  from span p
  join measurement m
    on m.metric = 'six_month_pass'
    and m.group_name is null
    and m.period_start + interval '12 hours' >= p.start_at
    and m.period_start + interval '12 hours' < p.end_at
  group by p.start_at
),
placed as (
  select
    p.start_at,
    case when :segment = 'team' then t.team else '' end as segment,
    case
      when t.accepted_at >= p.start_at and t.accepted_at < p.end_at and t.accepted_at >= t.opened_at
        then (extract(epoch from t.accepted_at) - extract(epoch from t.opened_at)) / 86400.0
    end as days,
    case
      when t.opened_at < p.end_at and (t.accepted_at is null or t.accepted_at >= p.end_at)
        then (extract(epoch from p.end_at) - extract(epoch from t.opened_at)) / 86400.0
    end as open_days
  from span p
  join told t on t.opened_at < p.end_at and (t.accepted_at is null or t.accepted_at >= p.start_at)
)
select
  d.start_at as period_start,
  d.segment,
  percentile_cont(0.5) within group (order by cast(d.days as double precision)) as numerator,
  cast(case when count(d.days) > 0 then 1 end as double precision) as denominator,
  cast(count(d.days) as bigint) as sample_count,
  cast(count(d.open_days) as bigint) as open_count,
  cast(max(d.open_days) as double precision) as oldest_open_days,
  cast(max(case when d.segment = '' then p.pass_ratio end) as double precision) as six_month_pass_ratio
from placed d
left join passed p on p.start_at = d.start_at
group by d.start_at, d.segment
order by d.start_at, d.segment
