-- title:   What did each KPI leave out of a period, and why?
-- grain:   one row per (period, KPI, reason) of what is in the store and could not be counted in the period, and per
--          (period, source, reason) of its rows that were not loaded by a run whose window touches the period
-- params:  period texts (names, such as 2026-W47), tier texts, team texts, feature texts
-- returns: period text, kpi text (NULL: rows of a source), source text (NULL: facts of a KPI), reason text (such as
--          "without an approval date"; of a source the refusal as it was put), row_count count
with span as (
  select name, start_at, end_at, start_on, end_on
  from period
  where (:any_period or name in :period)
),
shipped as (  -- what was out before is no first release
  select
    spec_id, released_at, spec_approved_at, feature, team,
    min(released_at) over (partition by coalesce(spec_id, source || '/' || release_id)) as first_at
  from release
  where environment = 'production'
    and status in ('released', 'reverted')
    and released_at is not null
),
approval as (
  select spec_id, min(approved_at) as approved_at from spec group by spec_id
),
left_out as (
  select
    'feature_lead_time' as kpi,
    case
      when coalesce(a.approved_at, s.spec_approved_at) is null then 'released without an approval date'
      else 'approved after the release'
    end as reason,
    s.released_at as happened_at,
    s.feature,
    s.team
  from shipped s
  left join approval a on a.spec_id = s.spec_id
  where s.released_at = s.first_at
    and (
      coalesce(a.approved_at, s.spec_approved_at) is null
      or coalesce(a.approved_at, s.spec_approved_at) > s.released_at
    )
  union all
  select k.kpi, 'released without a date', r.created_at, r.feature, r.team
  from release r
  cross join (
    select 'feature_lead_time' as kpi union all select 'evaluation_coverage' union all select 'rollback_rate'
  ) k
  where r.environment = 'production'
    and r.status in ('released', 'reverted')
    and r.released_at is null
    and (k.kpi <> 'evaluation_coverage' or r.kind in ('prompt', 'model', 'feature'))
  union all
  select 'evaluation_coverage', 'an evaluation without a version', evaluated_at, feature, team
  from evaluation
  where version is null
  union all
  select 'quality_score', 'an evaluation of no samples', evaluated_at, feature, team
  from evaluation
  where score is not null and sample_count <= 0
  union all
  select 'incident_rate', 'AI or not, or how grave: not told', declared_at, feature, team
  from incident
  where provider is null
    and status not in ('merged', 'declined')
    and coalesce(ai_related, true)
    and (severity is null or (ai_related is null and severity in ('sev1', 'sev2')))
  union all
  select 'mttd', 'start of impact or detection not told', declared_at, feature, team
  from incident
  where provider is null
    and status not in ('merged', 'declined')
    and (impact_started_at is null or detected_at is null)
  union all
  select 'mttr', 'over without a date', declared_at, feature, team
  from incident i
  where provider is null
    and status not in ('merged', 'declined', 'open')
    and coalesce(mitigated_at, resolved_at) is null
    and not exists (
      select 1
      from incident_span s
      where s.source = i.source and s.incident_id = i.incident_id and s.ended_at is not null
    )
  union all
  select 'experiment_velocity', 'stopped without a date', coalesce(started_at, created_at), feature, team
  from experiment
  where coalesce(is_ai, true)
    and status in ('stopped', 'archived')
    and decided_at is null
    and ended_at is null
  union all
  select 'customer_defects', 'a repeat of a known defect', reported_at, feature, team
  from defect
  where status in ('open', 'resolved')
    and reported_by = 'customer'
    and coalesce(ai_related, true)
    and root_id <> defect_id
  union all
  select 'hiring', 'filled without a date', opened_at, cast(null as varchar), team
  from opening
  where status = 'filled'
    and coalesce(offer_accepted_at, filled_at) is null
    and coalesce(is_ai_role, true)
  union all
  select
    case when metric = 'engagement_enps' then 'team_health' else metric end,
    'answers that do not fit their scale or their number',
    period_start + interval '12 hours',
    cast(null as varchar),
    team
  from measurement
  where (
      metric = 'stakeholder_satisfaction'
      and (answer_count <= 0 or value < 0 or value > 10)
    )
    or (
      metric in ('stakeholder_satisfaction', 'engagement_enps')
      and (promoter_count < 0 or detractor_count < 0 or promoter_count + detractor_count > answer_count)
    )
),
placed as (
  select s.name as period, l.kpi, l.reason, l.feature, l.team
  from left_out l
  join span s on l.happened_at >= s.start_at and l.happened_at < s.end_at
  union all
  select s.name, 'unit_cost', 'a feature whose outcomes began within the period', o.feature, cast(null as varchar)
  from (select feature, min(day) as first_day from outcome where accepted_count is not null group by feature) o
  join span s on o.first_day > s.start_on and o.first_day < s.end_on
),
loaded as (  -- of a file that was delivered again only the newest delivery counts
  select s.name as period, r.run_id, r.source
  from collector_run r
  join span s on r.window_start_at < s.end_at and r.window_end_at > s.start_at
  left join collector_run b
    on b.source = r.source
    and r.kind = 'file'
    and b.kind = 'file'
    and b.status = 'ok'
    and b.started_at > r.started_at
    and b.window_start_at < r.window_end_at
    and b.window_end_at > r.window_start_at
  where r.run_id in (select run_id from quarantine)
    and b.run_id is null
)
select period, kpi, source, reason, row_count
from (
  select p.period, p.kpi, cast(null as varchar) as source, p.reason, count(*) as row_count
  from placed p
  left join feature f on f.feature = p.feature
  where (:any_tier or f.tier in :tier)
    and (:any_team or coalesce(p.team, f.team) in :team)
    and (:any_feature or p.feature in :feature)
  group by p.period, p.kpi, p.reason
  union all
  select d.period, cast(null as varchar), q.source, q.reason, count(*)
  from quarantine q
  join loaded d on d.run_id = q.run_id and d.source = q.source
  where :any_tier
    and :any_team
    and :any_feature
  group by d.period, q.source, q.reason
) told
order by period, kpi, source, row_count desc, reason
