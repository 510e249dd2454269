-- title:   Which days are planned, and after what may a level move?
-- grain:   one row per planned event, launch, release or answer that was not a plain day; metric NULL: every metric;
--          scope_type NULL: every series; end_on is not included; not useful is an opinion and holds no days
-- params:  since date
-- returns: kind text, metric text, scope_type text, scope text, start_on date, end_on date, title text
select
  kind,
  cast(null as varchar) as metric,
  case when feature is not null then 'feature' end as scope_type,
  feature as scope,
  cast(occurred_at as date) as start_on,
  case
    when ended_at is null then cast(occurred_at as date) + 1
    when cast(ended_at as date) = ended_at and ended_at > occurred_at then cast(ended_at as date)
    else cast(ended_at as date) + 1
  end as end_on,
  title
from annotation
where kind in ('planned', 'launch', 'release')
  and (cast(occurred_at as date) >= cast(:since as date) or cast(ended_at as date) >= cast(:since as date))
union all
select verdict, metric, scope_type, scope, start_on, end_on, coalesce(note, '')
from anomaly_feedback
where verdict = 'not useful'
  or end_on >= cast(:since as date)
order by start_on, kind, scope_type, scope, title
