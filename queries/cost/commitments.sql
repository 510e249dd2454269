-- title:   What is left of credits and commitments?
-- grain:   one row per credit or commitment whose term has begun and ended at most a month before the day
-- params:  day date (costs before this UTC day are whole), recent_since date (the pace is taken from here to the day)
-- returns: name text, kind text, provider text, currency text, amount money, starts_on date, ends_on date,
--          used_cost money, recent_cost money
select
  m.name, m.kind, m.provider, m.currency, m.amount, m.starts_on, m.ends_on,
  coalesce(sum(c.billed_cost), 0) as used_cost,
  coalesce(sum(case when c.day >= cast(:recent_since as date) then c.billed_cost end), 0) as recent_cost
from commitment m
left join bill_day c
  on c.provider = m.provider
 and c.billing_currency = m.currency
 and c.day >= m.starts_on
 and c.day < m.ends_on
 and c.day < cast(:day as date)
where m.starts_on <= cast(:day as date)
  and m.ends_on >= cast(:recent_since as date)
group by m.name, m.kind, m.provider, m.currency, m.amount, m.starts_on, m.ends_on
order by m.ends_on, m.name
