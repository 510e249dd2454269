-- title:   Whose requests broke the promise?
-- grain:   one row per (provider, model) that served requests an SLO over our own requests counts, worst first; the
--          seconds of a threshold are an edge of the buckets, so its counts are exact. maintenance is counted as well.
--          none for a threshold that is promised to some features only: buckets are not kept by feature
-- params:  slo text, start timestamp, end timestamp (whole hours)
-- returns: provider text, model text, good_count count, total_count count
with chosen as (
  select
    s.source, s.service, s.provider, s.model, s.feature, s.formula,
    o.kind, cast(o.threshold_seconds as double precision) as seconds
  from slo_scope s
  join slo_objective o on o.slo = s.slo
  where s.slo = :slo
),
counted as (
  select
    r.provider, r.model,
    r.request_count - r.throttled_count - r.rejected_count - r.failed_count
      + case when c.formula like '%throttled good%' then r.throttled_count else 0 end
      + case when c.formula like '%failed good%' then r.failed_count else 0 end as good_count,
    r.request_count - r.rejected_count
      - case when c.formula like '%throttled invalid%' then r.throttled_count else 0 end
      - case when c.formula like '%failed invalid%' then r.failed_count else 0 end as total_count
  from request_hour r
  join chosen c
    on c.source = r.source and c.service = r.service and c.provider = r.provider and c.model = coalesce(r.model, '')
  left join attribution a
    on a.attribution_key = r.attribution_key
    and cast(r.hour as date) >= a.valid_from
    and cast(r.hour as date) < a.valid_to
  where c.kind = 'availability'
    and (c.feature = '' or c.feature = a.feature)
    and r.hour >= cast(:start as timestamp)
    and r.hour < cast(:end as timestamp)
  union all
  select
    l.provider, l.model,
    case when l.le_seconds <= c.seconds then l.request_count else 0 end,
    l.request_count
  from latency_hour l
  join chosen c
    on c.source = l.source and c.service = l.service and c.provider = l.provider and c.model = coalesce(l.model, '')
  where l.measure = case c.kind when 'latency' then 'duration' else c.kind end
    and c.feature = ''
    and l.hour >= cast(:start as timestamp)
    and l.hour < cast(:end as timestamp)
)
select
  provider,
  model,
  cast(sum(good_count) as bigint) as good_count,
  cast(sum(total_count) as bigint) as total_count
from counted
group by provider, model
order by sum(total_count) - sum(good_count) desc, provider, model
