-- title:   What was evaluated, and with what result?
-- grain:   one row per metric of an evaluation run, in order of time
-- params:  start timestamp, end timestamp (UTC, half-open), tier texts, team texts, feature texts
-- returns: evaluated_at timestamp, source text, evaluation_id text, kind text, task text, metric text, value number,
--          score number, score_stddev number, sample_count count, passed flag, evaluator text,
--          evaluator_version text, run_id text, feature text, team text, tier text, model text, version text, url text
select
  e.evaluated_at, e.source, e.evaluation_id, e.kind, e.task, e.metric, e.value, e.score, e.score_stddev,
  e.sample_count, e.passed, e.evaluator, e.evaluator_version, e.run_id, e.feature,
  coalesce(e.team, f.team) as team,
  f.tier, e.model, e.version, e.url
from evaluation e
left join feature f on f.feature = e.feature
where e.evaluated_at >= :start
  and e.evaluated_at < :end
  and (:any_tier or f.tier in :tier)
  and (:any_team or coalesce(e.team, f.team) in :team)
  and (:any_feature or e.feature in :feature)
order by e.evaluated_at, e.source, e.evaluation_id
