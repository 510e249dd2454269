-- title:   When were our providers in trouble?
-- grain:   one row per incident of a provider × span of its impact that overlaps the period, oldest first.
--          `span_ended_at` is NULL while it goes on; where a page says that it is over and not since when, it is the
--          page's last update
-- params:  start timestamp, end timestamp (UTC, half-open), provider texts, severity texts
-- returns: provider text, source text, incident_id text, title text, severity text, status text, components text,
--          url text, span_started_at timestamp, span_ended_at timestamp
with told as (
  select
    i.provider, i.source, i.incident_id, i.title, i.severity, i.status, i.components, i.url,
    p.started_at as span_started_at,
    case when p.ended_at is null and i.status <> 'open' then i.updated_at else p.ended_at end as span_ended_at
  from incident i
  join incident_span p on p.source = i.source and p.incident_id = i.incident_id
  where i.provider is not null and i.status not in ('merged', 'declined')
)
select
  provider, source, incident_id, title, severity, status, components, url, span_started_at, span_ended_at
from told
where span_started_at < :end
  and (span_ended_at is null or span_ended_at > :start)
  and (:any_provider or provider in :provider)
  and (:any_severity or severity in :severity)
order by span_started_at, source, incident_id
