-- title:   What did each attribution key cost each day, and who shares it?
-- grain:   one row per (day, attribution key) with costs, feature NULL: its owner of that day bears it, see
--          cost/key_owners; a key that is split by a request log has a row per feature that shares it
-- params:  start date, end date (UTC days, half-open), currency text (the bill's)
-- returns: day date, attribution_key text, feature text, billed_cost money
select
  c.day,
  c.attribution_key,
  s.feature,
  sum(
    case
      when s.day is null then c.billed_cost
      else cast(c.billed_cost * s.share_to as decimal(38, 12)) - cast(c.billed_cost * s.share_from as decimal(38, 12))
    end
  ) as billed_cost
from cost_day c
left join key_share s on s.attribution_key = c.attribution_key and s.day = c.day
where c.billing_currency = :currency
  and c.day >= cast(:start as date)
  and c.day < cast(:end as date)
group by c.day, c.attribution_key, s.feature
order by c.day, c.attribution_key, s.feature
