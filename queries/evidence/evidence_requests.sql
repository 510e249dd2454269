-- title:   What evidence was asked for, and was it delivered?
-- grain:   one row per request made or answered in the span, or unanswered at its end, in order of time
-- params:  start timestamp, end timestamp (UTC, half-open), tier texts, team texts, feature texts
-- returns: requested_at timestamp, source text, request_id text, framework text, delivered_at timestamp,
--          is_complete flag, state text, feature text, team text, tier text, url text
select
  e.requested_at, e.source, e.request_id, e.framework, e.delivered_at, e.is_complete,
  case when e.delivered_at < :end then 'delivered' else 'open' end as state,
  e.feature,
  coalesce(e.team, f.team) as team,
  f.tier, e.url
from evidence_request e
left join feature f on f.feature = e.feature
where e.requested_at < :end
  and (e.requested_at >= :start or e.delivered_at is null or e.delivered_at >= :start)
  and (:any_tier or f.tier in :tier)
  and (:any_team or coalesce(e.team, f.team) in :team)
  and (:any_feature or e.feature in :feature)
order by e.requested_at, e.source, e.request_id
