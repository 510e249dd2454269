-- title:   Up to when is the bill known?
-- grain:   one row per source that wrote costs since the day given
-- params:  since date
-- returns: source text, watermark_at timestamp
select b.source, h.watermark_at
from (select distinct source from bill_day where day >= cast(:since as date)) b
left join source_health h on h.source = b.source
order by b.source
