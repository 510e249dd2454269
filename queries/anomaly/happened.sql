-- title:   What else happened in these days?
-- grain:   one row per annotation, incident that was declared or hurt, and new price of a model that had another;
--          feature, provider and model NULL: it names none
-- params:  start date, end date (UTC days, half-open)
-- returns: day date, kind text, title text, feature text, provider text, model text
with told as (
  select
    cast(occurred_at as date) as day,
    kind,
    title,
    feature,
    cast(null as varchar) as provider,
    cast(null as varchar) as model
  from annotation
  where cast(occurred_at as date) < cast(:end as date)
    and cast(coalesce(ended_at, occurred_at) as date) >= cast(:start as date)
  union all
  select cast(coalesce(impact_started_at, declared_at) as date), 'incident', title, feature, provider, null
  from incident
  where coalesce(impact_started_at, declared_at) < cast(:end as date)
    and coalesce(mitigated_at, resolved_at, declared_at) >= cast(:start as date)
    and merged_into is null
    and status <> 'declined'
  union all
  select distinct
    p.valid_from,
    'price',
    case when p.price_per_million > b.price_per_million then 'higher price of ' else 'lower price of ' end || p.model,
    null,
    p.provider,
    p.model
  from price p
  join price b
    on b.provider = p.provider
    and b.model = p.model
    and b.service_tier = p.service_tier
    and b.unit = p.unit
    and b.context_window = p.context_window
    and b.valid_to = p.valid_from
    and b.price_per_million <> p.price_per_million
  where p.valid_from >= cast(:start as date)
    and p.valid_from < cast(:end as date)
    and p.model <> ''
)
select day, kind, title, feature, provider, model
from told
order by day, kind, title, feature, provider, model
