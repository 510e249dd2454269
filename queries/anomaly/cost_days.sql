-- title:   What did each scope cost each day, and to which day is its bill complete?
-- grain:   one row per (scope, UTC day) with costs; known_to is the first day that some provider's bill of the scope
--          does not cover, NULL when one never told
-- params:  start date, end date (UTC days, half-open), since date (a source that told nothing since is waited for while
--          it is configured), scope_type text(organization|team|feature|model|provider), currency text
-- returns: scope text, day date, known_to date, billed_cost ratio
with known_source as (
  select
    s.provider,
    case when count(*) = count(h.watermark_at) then cast(min(h.watermark_at) as date) end as known_to
  from (
    select distinct provider, source
    from bill_day
    where day >= cast(:start as date)
      and (day >= cast(:since as date) or source in (select source from source_state))
  ) s
  left join source_health h on h.source = s.source
  group by s.provider
),
known as (
  select
    u.scope,
    case when count(*) = count(k.known_to) then min(k.known_to) end as known_to
  from (
    select distinct
      case cast(:scope_type as varchar)
        when 'organization' then ''
        when 'team' then team
        when 'feature' then feature
        when 'model' then coalesce(model, 'no model')
        else provider
      end as scope,
      provider
    from attributed_cost_day
    where day >= cast(:start as date)
      and currency = :currency
  ) u
  join known_source k on k.provider = u.provider
  group by u.scope
)
select
  c.scope,
  c.day,
  k.known_to,
  cast(c.billed_cost as double precision) as billed_cost
from scope_cost_day c
join known k on k.scope = c.scope
where c.scope_type = :scope_type
  and c.currency = :currency
  and c.day >= cast(:start as date)
  and c.day < cast(:end as date)
order by c.scope, c.day
