-- title:   Which experiments run, and what came of the others?
-- grain:   one row per AI experiment that runs, or ended in the period; running ones first, the oldest on top. One
--          that has stopped, nobody says when, is there by its beginning, with ended_at and age_days NULL
-- params:  start timestamp, end timestamp, now timestamp, tier texts, team texts, feature texts
-- returns: experiment_id text, state text (running, won, lost, inconclusive, aborted, undecided), started_at timestamp,
--          ended_at timestamp, age_days days (so far, or how long it ran), passed_gate flag, iteration_count count,
--          feature text, name text, team text, tier text, url text
with told as (
  select
    e.experiment_id, e.source, e.started_at, coalesce(e.decided_at, e.ended_at) as over_at, e.ended_at, e.outcome,
    e.passed_gate, e.iteration_count, e.feature, f.name, coalesce(e.team, f.team) as team, f.tier, e.url,
    e.status in ('stopped', 'archived') and e.decided_at is null and e.ended_at is null as is_undated
  from experiment e
  left join feature f on f.feature = e.feature
  where coalesce(e.is_ai, true)
    and e.status <> 'draft'
    and e.started_at <= cast(:now as timestamp)
),
dated as (
  select
    experiment_id, source, started_at, over_at, coalesce(ended_at, over_at) as ended_at, outcome, passed_gate,
    iteration_count, feature, name, team, tier, url,
    not is_undated and (over_at is null or over_at > cast(:now as timestamp)) as is_running,
    case when is_undated then started_at else over_at end as listed_at
  from told
)
select
  experiment_id,
  case when is_running then 'running' else coalesce(outcome, 'undecided') end as state,
  started_at,
  case when not is_running then ended_at end as ended_at,
  cast((
    extract(epoch from case when is_running then cast(:now as timestamp) else ended_at end)
    - extract(epoch from started_at)
  ) / 86400.0 as double precision) as age_days,
  passed_gate,
  cast(iteration_count as bigint) as iteration_count,
  feature, name, team, tier, url
from dated
where (is_running or (listed_at >= cast(:start as timestamp) and listed_at < cast(:end as timestamp)))
  and (:any_tier or tier in :tier)
  and (:any_team or team in :team)
  and (:any_feature or feature in :feature)
order by case when is_running then 0 else 1 end, case when is_running then started_at end, listed_at desc, source,
  experiment_id
