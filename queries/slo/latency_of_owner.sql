-- title:   How long did the requests of one feature or team take each day?
-- grain:   one row per (UTC day, measure, upper edge of a bucket) with answered requests
-- params:  start date, end date (UTC days, half-open), scope_type text(feature|team), scope text, provider texts
-- returns: day date, measure text, le_seconds ratio, request_count count
select
  l.day,
  l.measure,
  l.le_seconds,
  cast(sum(l.request_count) as bigint) as request_count
from latency_day l
left join attribution a
  on a.attribution_key = l.attribution_key
  and l.day >= a.valid_from
  and l.day < a.valid_to
left join feature f on f.feature = a.feature
where l.day >= cast(:start as date)
  and l.day < cast(:end as date)
  and (:any_provider or l.provider in :provider)
  and case cast(:scope_type as varchar)
    when 'team' then coalesce(a.team, f.team, 'Unattributed')
    else coalesce(a.feature, 'unattributed')
  end = cast(:scope as varchar)
group by l.day, l.measure, l.le_seconds
order by l.day, l.measure, l.le_seconds
