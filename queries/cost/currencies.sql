-- title:   In which currencies are there costs, and which of them cannot be converted?
-- grain:   one row per billing currency; costs are NULL where the days given have none. unconverted costs are those of
--          days without a rate to the organisation's currency
-- params:  start date, end date (UTC days, half-open)
-- returns: billing_currency text, billed_cost money, effective_cost money, unconverted_billed_cost money,
--          unconverted_effective_cost money, first_unconverted_day date, first_day date, last_day date
with known as (
  select billing_currency, min(day) as first_day, max(day) as last_day
  from bill_day
  group by billing_currency
),
spent as (
  select
    billing_currency,
    sum(billed_cost) as billed_cost,
    sum(effective_cost) as effective_cost,
    sum(case when rate is null then billed_cost end) as unconverted_billed_cost,
    sum(case when rate is null then effective_cost end) as unconverted_effective_cost,
    min(case when rate is null then day end) as first_unconverted_day
  from bill_day
  left join fx_rate
    on fx_rate.currency = billing_currency
   and fx_rate.to_currency <> billing_currency
   and day >= valid_from
   and day < valid_to
  where day >= cast(:start as date)
    and day < cast(:end as date)
  group by billing_currency
)
select
  k.billing_currency, s.billed_cost, s.effective_cost, s.unconverted_billed_cost, s.unconverted_effective_cost,
  s.first_unconverted_day, k.first_day, k.last_day
from known k
left join spent s on s.billing_currency = k.billing_currency
order by k.billing_currency
