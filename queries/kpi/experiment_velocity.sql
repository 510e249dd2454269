-- title:   How many experiments led to a decision?
-- grain:   one row per period × segment with an experiment that was decided or aborted in it, or one that is running;
--          one that has stopped, nobody says when, is in the period in which it began
-- params:  cadence text(week|month|quarter), start timestamp, end timestamp (periods that begin in it),
--          until timestamp (nothing later counts), segment text(all|tier|team|feature), tier texts, team texts,
--          feature texts
-- returns: period_start timestamp, segment text, numerator number, denominator number, sample_count count,
--          aborted_count count, running_count count, undated_count count (stopped, nobody says when),
--          passed_gate_ratio ratio
-- number:  13
-- name:    Experiment velocity
-- definition: Experiments concluded in the period with a decision on record: won, lost or inconclusive. Aborted ones
--          are counted apart; another iteration is not another experiment. One that has stopped, but nobody says when,
--          neither runs nor counts, and stands beside as undated in the period in which it began.
-- unit:    count
-- better:  higher
-- cadence: month
-- stage:   leading
-- facts:   experiment
-- target:  rising
with span as (
  select start_at, case when end_at > cast(:until as timestamp) then cast(:until as timestamp) else end_at end as end_at
  from period
  where cadence = :cadence
    and start_at >= cast(:start as timestamp)
    and start_at < cast(:end as timestamp)
    and start_at < cast(:until as timestamp)
),
told as (
  select
    e.outcome,
    coalesce(e.decided_at, e.ended_at) as ended_at,
    coalesce(e.started_at, e.created_at) as started_at,
    e.status in ('stopped', 'archived') and e.decided_at is null and e.ended_at is null as is_undated,
    e.passed_gate,
    e.feature,
    coalesce(e.team, f.team) as team,
    f.tier
  from experiment e
  left join feature f on f.feature = e.feature
  where coalesce(e.is_ai, true)
    and e.status <> 'draft'
    and (:any_tier or f.tier in :tier)
    and (:any_team or coalesce(e.team, f.team) in :team)
    and (:any_feature or e.feature in :feature)
),
placed as (
  select
    p.start_at,
    case :segment when 'tier' then t.tier when 'team' then t.team when 'feature' then t.feature else '' end as segment,
    t.ended_at >= p.start_at and t.ended_at < p.end_at as is_over,
    t.is_undated,
    t.outcome,
    t.passed_gate
  from span p
  join told t
    on t.started_at < p.end_at
    and (t.ended_at is null or t.ended_at >= p.start_at)
    and (not t.is_undated or t.started_at >= p.start_at)
)
select
  start_at as period_start,
  segment,
  cast(sum(case when is_over and outcome in ('won', 'lost', 'inconclusive') then 1 else 0 end) as double precision)
    as numerator,
  cast(1 as double precision) as denominator,
  cast(sum(case when is_over and outcome in ('won', 'lost', 'inconclusive') then 1 else 0 end) as bigint)
    as sample_count,
  cast(sum(case when is_over and outcome = 'aborted' then 1 else 0 end) as bigint) as aborted_count,
  cast(sum(case when is_over or is_undated then 0 else 1 end) as bigint) as running_count,
  cast(sum(case when is_undated then 1 else 0 end) as bigint) as undated_count,
  cast(avg(case when is_over and outcome <> 'aborted' then case when passed_gate then 1.0 when not passed_gate then 0.0
    end end) as double precision) as passed_gate_ratio
from placed
group by start_at, segment
order by start_at, segment
