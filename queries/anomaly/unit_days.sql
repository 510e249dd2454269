-- title:   What did the requests of each scope cost each day, and to which day are bill and usage complete?
-- grain:   one row per (scope, UTC day) with costs and requests of the same slices; known_to is the first day that some
--          bill or usage report of the scope does not cover, NULL when one never told
-- params:  start date, end date (UTC days, half-open), since date (a source that told nothing since is waited for while
--          it is configured), scope_type text(organization|team|feature|model|provider), currency text
-- returns: scope text, day date, known_to date, request_cost ratio, costed_request_count count
with known_bill as (
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
known_usage as (
  select
    s.provider,
    case when count(*) = count(h.watermark_at) then cast(min(h.watermark_at) as date) end as known_to
  from (
    select distinct provider, source
    from model_usage_day
    where day >= cast(:start as date)
      and (day >= cast(:since as date) or source in (select source from source_state))
  ) s
  left join source_health h on h.source = s.source
  group by s.provider
),
known as (
  select
    u.scope,
    case
      when count(*) <> count(b.known_to) or count(*) <> count(s.known_to) then null
      when min(b.known_to) < min(s.known_to) then min(b.known_to)
      else min(s.known_to)
    end as known_to
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
      and request_cost is not null
  ) u
  join known_bill b on b.provider = u.provider
  join known_usage s on s.provider = u.provider
  group by u.scope
),
cost as (
  select
    case cast(:scope_type as varchar)
      when 'organization' then ''
      when 'team' then team
      when 'feature' then feature
      when 'model' then coalesce(model, 'no model')
      else provider
    end as scope,
    day,
    cast(sum(request_cost) as double precision) as request_cost
  from attributed_cost_day
  where currency = :currency
    and request_cost is not null
    and day >= cast(:start as date)
    and day < cast(:end as date)
  group by 1, 2
),
used as (
  select
    case cast(:scope_type as varchar)
      when 'organization' then ''
      when 'team' then team
      when 'feature' then feature
      when 'model' then coalesce(model, 'no model')
      else provider
    end as scope,
    day,
    cast(sum(costed_request_count) as bigint) as costed_request_count
  from attributed_usage_day
  where costed_request_count is not null
    and day >= cast(:start as date)
    and day < cast(:end as date)
  group by 1, 2
)
select
  c.scope,
  c.day,
  k.known_to,
  c.request_cost,
  u.costed_request_count
from cost c
join used u on u.scope = c.scope and u.day = c.day
join known k on k.scope = c.scope
order by c.scope, c.day
