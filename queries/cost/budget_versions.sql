-- title:   Which versions of each budget has finance sent?
-- grain:   one row per version of a budget that has begun by `day` and ended after `ended_after`, newest first
-- params:  day date, ended_after date, currencies texts
-- returns: scope_type text, scope text, name text, period text, period_start date, currency text, version text,
--          approved_on date, budget_amount money, is_current flag
select
  b.scope_type,
  b.scope,
  coalesce(f.name, b.scope) as name,
  b.period,
  b.period_start,
  b.currency,
  b.version,
  b.approved_on,
  b.amount as budget_amount,
  row_number() over (
    partition by b.scope_type, b.scope, b.period, b.period_start, b.currency order by b.position desc
  ) = 1 as is_current
from budget b
left join feature f on b.scope_type = 'feature' and f.feature = b.scope
where b.period_start <= cast(:day as date)
  and b.period_end > cast(:ended_after as date)
  and (:any_currencies or b.currency in :currencies)
order by b.scope_type, b.scope, b.period_start, b.period, b.currency, b.position desc
