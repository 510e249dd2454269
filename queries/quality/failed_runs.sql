-- title:   Which evaluations did not pass?
-- grain:   one row per evaluation that failed in the period, newest first
-- params:  start timestamp, end timestamp, tier texts, team texts, feature texts
-- returns: evaluated_at timestamp, kind text, task text, metric text, evaluator text, evaluator_version text,
--          feature text, team text, tier text, version text, score ratio, value number, sample_count count, url text
select
  e.evaluated_at, e.kind, e.task, e.metric, e.evaluator, e.evaluator_version, e.feature,
  coalesce(e.team, f.team) as team, f.tier, e.version, e.score, e.value,
  cast(e.sample_count as bigint) as sample_count, e.url
from evaluation e
left join feature f on f.feature = e.feature
where e.evaluated_at >= cast(:start as timestamp)
  and e.evaluated_at < cast(:end as timestamp)
  and not e.passed
  and (:any_tier or f.tier in :tier)
  and (:any_team or coalesce(e.team, f.team) in :team)
  and (:any_feature or e.feature in :feature)
order by e.evaluated_at desc, e.source, e.evaluation_id
