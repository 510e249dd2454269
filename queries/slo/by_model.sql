-- title:   Whose requests broke the promise?
-- grain:   one row per (provider, model) that served requests an SLO over our own requests counts, worst first; the
--          seconds of a threshold are an edge of the buckets, so its counts are exact. maintenance is counted as well
-- params:  slo text, start timestamp, end timestamp (whole hours)
-- returns: provider text, model text, good_count count, total_count count
with chosen as (
  select distinct
    s.service, s.provider, s.model, s.formula, o.kind, cast(o.threshold_seconds as double precision) as seconds
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
  join chosen c on c.service = r.service and c.provider = r.provider and c.model = coalesce(r.model, '')
  where c.kind = 'availability'
    and r.hour >= cast(:start as timestamp)
    and r.hour < cast(:end as timestamp)
  union all
  select
    l.provider, l.model,
    case when l.le_seconds <= c.seconds then l.request_count else 0 end,
    l.request_count
  from latency_hour l
  join chosen c on c.service = l.service and c.provider = l.provider and c.model = coalesce(l.model, '')
  where l.measure = case c.kind when 'latency' then 'duration' else c.kind end
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
