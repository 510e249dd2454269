-- title:   From when and up to when are the facts behind the KPIs known?
-- grain:   one row per (fact, source); first_at is its first fact (of all sources where it is kept by the hour) or its
--          first run, whichever is earlier, NULL: a file that brought nothing, or no good run; watermark_at NULL: it
--          reads files, or has never delivered
-- params:  none
-- returns: fact text, source text, first_at timestamp, watermark_at timestamp, last_status text,
--          last_ok_at timestamp, reads_files flag, is_configured flag
with told as (
  select 'spec' as fact, source, min(created_at) as first_at from spec group by source
  union all
  select 'release', source, min(coalesce(released_at, created_at)) from release group by source
  union all
  select 'evaluation', source, min(evaluated_at) from evaluation group by source
  union all
  select 'experiment', source, min(created_at) from experiment group by source
  union all
  select 'defect', source, min(reported_at) from defect group by source
  union all
  select 'measurement', source, min(period_start) from measurement group by source
  union all
  select 'opening', source, min(opened_at) from opening group by source
  union all
  select 'evidence_request', source, min(requested_at) from evidence_request group by source
  union all
  select 'incident', source, min(declared_at) from incident where provider is null group by source
  union all
  select 'safety_hour', source, first_at
  from (select distinct source from safety_hour) s cross join (select min(hour) as first_at from safety_hour) f
  union all
  select 'sli_minute', source, first_at
  from (select distinct source from sli_hour) s cross join (select min(hour) as first_at from sli_hour) f
  union all
  select 'inference_request', source, cast(min(day) as timestamp) from request_day group by source
  union all
  select 'charge', source, cast(min(day) as timestamp) from bill_day group by source
  union all
  select 'token_usage', source, cast(min(day) as timestamp) from model_usage_day group by source
  union all
  select writes, source, cast(null as timestamp) from source_state where writes is not null
)
select
  k.fact,
  k.source,
  min(
    case
      when h.last_ok_at is not null and not h.reads_files and (k.first_at is null or h.first_started_at < k.first_at)
        then h.first_started_at
      else k.first_at
    end
  ) as first_at,
  max(h.watermark_at) as watermark_at,
  max(h.last_status) as last_status,
  max(h.last_ok_at) as last_ok_at,
  coalesce(max(case when h.reads_files then 1 else 0 end), 0) = 1 as reads_files,
  max(case when t.source is not null then 1 else 0 end) = 1 as is_configured
from told k
left join source_health h on h.source = k.source
left join source_state t on t.source = k.source
group by k.fact, k.source
order by k.fact, k.source
