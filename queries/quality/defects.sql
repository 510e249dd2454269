-- title:   Which defects did customers report?
-- grain:   one row per valid AI defect that a customer reported in the period, or that is open, the oldest open
--          first, then the newest. Those that are none after all and repeats of a known one are left out
-- params:  start timestamp, end timestamp, now timestamp, tier texts, team texts, feature texts
-- returns: source text, defect_id text, url text, severity text, feature text, name text, team text, tier text,
--          status text, reported_at timestamp, resolved_at timestamp, is_new flag (reported in the period),
--          open_days days (NULL: resolved), reopened_count count
select
  d.source,
  d.defect_id,
  d.url,
  d.severity,
  d.feature,
  f.name,
  coalesce(d.team, f.team) as team,
  f.tier,
  d.status,
  d.reported_at,
  d.resolved_at,
  d.reported_at >= cast(:start as timestamp) and d.reported_at < cast(:end as timestamp) as is_new,
  cast(case
    when d.status = 'open'
      then (extract(epoch from cast(:now as timestamp)) - extract(epoch from d.reported_at)) / 86400.0
  end as double precision) as open_days,
  cast(d.reopened_count as bigint) as reopened_count
from defect d
left join feature f on f.feature = d.feature
where d.status in ('open', 'resolved')
  and coalesce(d.root_id, d.defect_id) = d.defect_id
  and d.reported_by = 'customer'
  and coalesce(d.ai_related, true)
  and d.reported_at < cast(:now as timestamp)
  and (d.status = 'open' or (d.reported_at >= cast(:start as timestamp) and d.reported_at < cast(:end as timestamp)))
  and (:any_tier or f.tier in :tier)
  and (:any_team or coalesce(d.team, f.team) in :team)
  and (:any_feature or d.feature in :feature)
order by case when d.status = 'open' then 0 else 1 end, case when d.status = 'open' then d.reported_at end,
  d.reported_at desc, d.source, d.defect_id
