-- title:   Which alerts are open, or ended lately, who has them, and are they silent?
-- grain:   one row per alert that is open or ended since then; open ones first, gravest first, then newest first
-- params:  since timestamp
-- returns: alert_id text, severity text, status text, title text, summary text, rule text, owner text,
--          fingerprint text, page_path text, opened_at timestamp, updated_at timestamp, resolved_at timestamp,
--          acknowledged_at timestamp, acknowledged_by text, impact_cost money, currency text, silence_kind text,
--          silenced_to timestamp, silenced_by text, silence_reason text
select
  a.alert_id, a.severity, a.status, a.title, a.summary, a.rule, a.owner, a.fingerprint, a.page_path, a.opened_at,
  a.updated_at, a.resolved_at, a.acknowledged_at, a.acknowledged_by, a.impact_cost, a.currency,
  s.kind as silence_kind, s.ends_at as silenced_to, s.created_by as silenced_by, s.reason as silence_reason
from alert a
left join alert_silence s on s.silence_id = a.silence_id and a.status in ('open', 'acknowledged')
where a.status in ('open', 'acknowledged') or a.resolved_at >= :since
order by
  case when a.status in ('open', 'acknowledged') then 0 else 1 end,
  case a.severity when 'page' then 0 when 'ticket' then 1 else 2 end,
  a.opened_at desc, a.alert_id
