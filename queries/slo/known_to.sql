-- title:   Up to when are the SLOs counted?
-- grain:   one row per source that counts for an SLO
-- params:  none
-- returns: source text, watermark_at timestamp, newest_hour timestamp
select s.source, h.watermark_at, s.newest_hour
from (select source, max(hour) as newest_hour from sli_hour group by source) s
left join source_health h on h.source = s.source
order by s.source
