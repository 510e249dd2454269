-- title:   What happened that a chart over time should show?
-- grain:   one row per annotation, production release, sev1 or sev2 incident of our own, or major incident of a
--          provider, the gravest first; of one kind, feature and team at most so many,
--          `of_count` says of how many
-- params:  start timestamp, end timestamp (UTC, half-open), most count
-- returns: happened_at timestamp, day date, kind text, title text, feature text, team text, tier text, provider text,
--          gravity count (1 is the gravest), of_count count
with happened as (
  select
    occurred_at as happened_at, kind, title, feature, cast(null as varchar) as team,
    cast(null as varchar) as provider, 2 as gravity
  from annotation
  union all
  select
    r.released_at,
    'release',
    coalesce(f.name, r.feature, r.service, 'Release') || ' ' || r.kind || coalesce(' ' || r.version, ''),
    r.feature,
    r.team,
    cast(null as varchar),
    case r.kind when 'model' then 5 when 'code' then 7 else 6 end
  from release r
  left join feature f on f.feature = r.feature
  where r.environment = 'production' and r.status in ('released', 'reverted')
  union all
  select
    coalesce(impact_started_at, declared_at),
    'incident',
    case when provider is null then severity || ' ' || title else title end,
    feature,
    team,
    provider,
    case when provider is not null then 3 when severity = 'sev1' then 1 else 4 end
  from incident
  where severity in ('sev1', 'sev2') and status not in ('merged', 'declined')
),
owned as (
  select
    h.happened_at, h.kind, h.title, h.feature, coalesce(h.team, f.team) as team, f.tier, h.provider, h.gravity
  from happened h
  left join feature f on f.feature = h.feature
  where h.happened_at >= :start and h.happened_at < :end
),
ranked as (
  select
    happened_at, kind, title, feature, team, tier, provider, gravity,
    row_number() over (
      partition by kind, feature, team, provider order by gravity, happened_at desc, title
    ) as place,
    count(*) over (partition by kind, feature, team, provider) as of_count
  from owned
)
select
  happened_at, cast(happened_at as date) as day, kind, title, feature, team, tier, provider,
  cast(gravity as bigint) as gravity, cast(of_count as bigint) as of_count
from ranked
where place <= :most
order by gravity, happened_at desc, title, feature
