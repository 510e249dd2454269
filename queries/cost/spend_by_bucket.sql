-- title:   How did spend develop, and what is it made of?
-- grain:   one row per (bucket, item) with costs; item 'unattributed' carries what nobody owns
-- params:  start date, end date (UTC days, half-open), bucket text(day|week|month) (weeks from Monday),
--          dimension text(provider|team|feature|model|project|environment), measure text(billed|effective),
--          currency text, provider texts, team texts, feature texts, model texts, environment texts
-- returns: bucket_day date, item text, item_name text, cost money
with spend as (
  select
    case cast(:bucket as varchar)
      when 'week' then cast(date_trunc('week', day) as date)
      when 'month' then cast(date_trunc('month', day) as date)
      else day
    end as bucket_day,
    case cast(:dimension as varchar)
      when 'provider' then provider
      when 'team' then team
      when 'feature' then feature
      when 'model' then coalesce(model, 'no model')
      when 'project' then coalesce(project_id, 'no project')
      else environment
    end as item,
    case when cast(:measure as varchar) = 'effective' then effective_cost else billed_cost end as cost
  from attributed_cost_day
  where currency = :currency
    and day >= cast(:start as date)
    and day < cast(:end as date)
    and (:any_provider or provider in :provider)
    and (:any_team or team in :team)
    and (:any_feature or feature in :feature)
    and (:any_model or coalesce(model, 'no model') in :model)
    and (:any_environment or environment in :environment)
)
select
  bucket_day,
  item,
  case
    when item = 'unattributed' then 'Unattributed'
    else coalesce(max(case when cast(:dimension as varchar) = 'feature' then f.name end), item)
  end as item_name,
  sum(cost) as cost
from spend
left join feature f on f.feature = spend.item
group by bucket_day, item
order by bucket_day, item
