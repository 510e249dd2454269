-- title:   Up to when is the bill known?
-- grain:   one row per source that wrote costs since the day given
-- params:  since date
-- returns: source text, watermark_at timestamp
select
  c.source,
  max(r.watermark_at) as watermark_at
from (select distinct source from cost_day where day >= cast(:since as date)) c
left join collector_run r on r.source = c.source and r.status = 'ok'
group by c.source
order by c.source
