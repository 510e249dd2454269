-- title:   Up to when is the bill known?
-- grain:   one row per source that wrote costs since the day given
-- params:  since date
-- returns: source text, watermark_at timestamp
with billing as (
  select distinct source from bill_day where day >= cast(:since as date)
),
loaded as (
  select source, max(watermark_at) as watermark_at from collector_run where status = 'ok' group by source
)
select b.source, l.watermark_at
from billing b
left join loaded l on l.source = b.source
order by b.source
