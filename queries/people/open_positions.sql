-- title:   Which positions are open, and for how long?
-- grain:   one row per open AI position, the oldest first
-- params:  now timestamp, team texts
-- returns: opening_id text, team text, status text, opened_at timestamp, open_days days
select
  opening_id, team, status, opened_at,
  cast((extract(epoch from cast(:now as timestamp)) - extract(epoch from opened_at)) / 86400.0 as double precision)
    as open_days
from opening
where coalesce(is_ai_role, true)
  and status in ('open', 'on_hold')
  and opened_at <= cast(:now as timestamp)
  and coalesce(offer_accepted_at, filled_at) is null
  and (:any_team or team in :team)
order by opened_at, opening_id
