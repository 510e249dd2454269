-- title:   Was evidence delivered when it was asked for?
-- grain:   one row per period × segment with a request whose fifth working day after it lies in the period
-- params:  cadence text(week|month|quarter), start timestamp, end timestamp (periods that begin in it),
--          until timestamp (nothing later counts), segment text(all|tier|team|feature), tier texts, team texts,
--          feature texts
-- returns: period_start timestamp, segment text, numerator number, denominator number, sample_count count,
--          overdue_count count, waiting_count count (due in it, but later than now), fresh_controls_ratio ratio
-- number:  15
-- name:    Evidence readiness
-- definition: Requests for compliance evidence delivered complete within 5 working days, the day of the request being
--          day 0, of all that were due in the period; one that is open and past due is a miss.
-- unit:    ratio
-- better:  higher
-- cadence: quarter
-- stage:   lagging
-- facts:   evidence_request
-- target:  >= 100%
-- spread:  wilson
with span as (
  select start_at, case when end_at > cast(:until as timestamp) then cast(:until as timestamp) else end_at end as end_at
  from period
  where cadence = :cadence
    and start_at >= cast(:start as timestamp)
    and start_at < cast(:end as timestamp)
    and start_at < cast(:until as timestamp)
),
due as (
  select
    e.requested_at,
    case when e.delivered_at < cast(:until as timestamp) then e.delivered_at end as delivered_at,
    e.is_complete,
    e.feature,
    e.team,
    min(d.end_at) as due_at
  from evidence_request e
  join workday w on e.requested_at >= w.start_at and e.requested_at < w.end_at
  join workday d on d.number = w.number + 5 and d.is_working
  group by e.source, e.request_id, e.requested_at, e.delivered_at, e.is_complete, e.feature, e.team
),
control as (
  select
    p.start_at,
    sum(m.numerator) / nullif(sum(m.denominator), 0) as fresh_ratio
  from span p
  join measurement m
    on m.metric = 'controls_fresh'
    and m.group_name is null
    and m.period_start + interval '12 hours' >= p.start_at
    and m.period_start + interval '12 hours' < p.end_at
  group by p.start_at
),
placed as (
  select
    p.start_at,
    case
      :segment when 'tier' then f.tier when 'team' then coalesce(e.team, f.team) when 'feature' then e.feature else ''
    end as segment,
    case
      when e.due_at > cast(:until as timestamp) and e.delivered_at is null then cast(null as integer)
      when e.delivered_at < e.due_at and coalesce(e.is_complete, true) then 1
      else 0
    end as in_time,
    case when e.delivered_at is null and e.due_at <= cast(:until as timestamp) then 1 else 0 end as overdue
  from span p
  join period x on x.cadence = :cadence and x.start_at = p.start_at
  join due e on e.due_at > x.start_at and e.due_at <= x.end_at
  left join feature f on f.feature = e.feature
  where (:any_tier or f.tier in :tier)
    and (:any_team or coalesce(e.team, f.team) in :team)
    and (:any_feature or e.feature in :feature)
)
select
  d.start_at as period_start,
  d.segment,
  cast(sum(d.in_time) as double precision) as numerator,
  cast(count(d.in_time) as double precision) as denominator,
  cast(count(d.in_time) as bigint) as sample_count,
  cast(sum(d.overdue) as bigint) as overdue_count,
  cast(count(*) - count(d.in_time) as bigint) as waiting_count,
  cast(max(case when d.segment = '' then c.fresh_ratio end) as double precision) as fresh_controls_ratio
from placed d
left join control c on c.start_at = d.start_at
group by d.start_at, d.segment
order by d.start_at, d.segment
