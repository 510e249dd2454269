-- title:   What is promised?
-- grain:   one row per SLO objective
-- params:  none
-- returns: slo text, slo_name text, display_name text, service text, owner text, tier text, kind text, origin text,
--          target ratio, threshold_seconds ratio, method text, windows text
select
  slo, slo_name, display_name, service, owner, tier, kind, origin,
  cast(target as double precision) as target,
  cast(threshold_seconds as double precision) as threshold_seconds,
  method, windows
from slo_objective
order by case tier when 'critical' then 0 when 'standard' then 1 else 2 end, display_name, slo
