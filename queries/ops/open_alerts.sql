-- title:   Which alerts are open?
-- grain:   one row per alert that is open or acknowledged, gravest first, then oldest first
-- params:  none
-- returns: alert_id text, severity text, status text, title text, summary text, rule text, owner text, page_path text,
--          opened_at timestamp, updated_at timestamp, impact_cost money, currency text, fingerprint text
select alert_id, severity, status, title, summary, rule, owner, page_path, opened_at, updated_at, impact_cost, currency,
  fingerprint
from alert
where status in ('open', 'acknowledged')
order by case severity when 'page' then 0 when 'ticket' then 1 else 2 end, opened_at, alert_id
