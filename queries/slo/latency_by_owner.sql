-- title:   How long did the requests of each feature or team take?
-- grain:   one row per (half of the span, item, measure, upper edge of a bucket) with answered requests of whole UTC
--          days; the span from previous_start to start is compared with the one from start to end
-- params:  previous_start date, start date, end date, scope_type text(feature|team), provider texts
-- returns: span text, item text, item_name text, measure text, le_seconds ratio, request_count count
with owned as (
  select
    case when l.day >= cast(:start as date) then 'now' else 'before' end as span,
    case cast(:scope_type as varchar)
      when 'team' then coalesce(a.team, f.team, 'Unattributed')
      else coalesce(a.feature, 'unattributed')
    end as item,
    l.measure,
    l.le_seconds,
    l.request_count
  from latency_day l
  left join attribution a
    on a.attribution_key = l.attribution_key
    and l.day >= a.valid_from
    and l.day < a.valid_to
  left join feature f on f.feature = a.feature
  where l.day >= cast(:previous_start as date)
    and l.day < cast(:end as date)
    and (:any_provider or l.provider in :provider)
)
select
  o.span,
  o.item,
  case when o.item = 'unattributed' then 'Unattributed' else coalesce(max(n.name), o.item) end as item_name,
  o.measure,
  o.le_seconds,
  cast(sum(o.request_count) as bigint) as request_count
from owned o
left join feature n on cast(:scope_type as varchar) = 'feature' and n.feature = o.item
group by o.span, o.item, o.measure, o.le_seconds
order by o.span, o.item, o.measure, o.le_seconds
