-- title:   What was spent on what, and how did it change?
-- grain:   one row per item with costs in the period or the one before, dearest first
-- params:  start date, end date (UTC days, half-open), complete_end date (costs before this UTC day are whole),
--          previous_start date, previous_end date (the period to compare complete_cost with),
--          dimension text(provider|team|feature|model|project|environment), measure text(billed|effective),
--          currency text, provider texts, team texts, feature texts, model texts, environment texts
-- returns: item text, item_name text, cost money, allocated_cost money (the part of cost that rules moved here from
--          shared costs, or away from here), complete_cost money, previous_cost money
with spend as (
  select
    day,
    case cast(:dimension as varchar)
      when 'provider' then provider
      when 'team' then team
      when 'feature' then feature
      when 'model' then coalesce(model, 'no model')
      when 'project' then coalesce(project_id, 'no project')
      else environment
    end as item,
    case when cast(:measure as varchar) = 'effective' then effective_cost else billed_cost end as cost,
    allocation
  from attributed_cost_day
  where currency = :currency
    and (
      (day >= cast(:start as date) and day < cast(:end as date))
      or (day >= cast(:previous_start as date) and day < cast(:previous_end as date))
    )
    and (:any_provider or provider in :provider)
    and (:any_team or team in :team)
    and (:any_feature or feature in :feature)
    and (:any_model or coalesce(model, 'no model') in :model)
    and (:any_environment or environment in :environment)
)
select
  item,
  case
    when item = 'unattributed' then 'Unattributed'
    else coalesce(max(case when cast(:dimension as varchar) = 'feature' then f.name end), item)
  end as item_name,
  sum(case when day >= cast(:start as date) and day < cast(:end as date) then cost else 0 end) as cost,
  sum(
    case
      when allocation is not null and day >= cast(:start as date) and day < cast(:end as date) then cost
      else 0
    end
  ) as allocated_cost,
  sum(
    case
      when day >= cast(:start as date) and day < cast(:end as date) and day < cast(:complete_end as date) then cost
      else 0
    end
  ) as complete_cost,
  sum(
    case when day >= cast(:previous_start as date) and day < cast(:previous_end as date) then cost else 0 end
  ) as previous_cost
from spend
left join feature f on f.feature = spend.item
group by item
order by 3 desc, 1
