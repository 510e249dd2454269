"""The SQL that shares keys by a request log: the hours of a day by what the key used, each hour by the log."""

from store.schema import column_names
from store.tables import KeyShare

_MEASURES = ("cost", "tokens", "requests", "unpriced")
"""Of some usage: its list price in 1e-9 USD, its tokens, its requests, and how many rows have tokens but no price.
All are integers, so that every engine adds them up to the same last digit."""

_BASIS = """case
      when {of}unpriced = 0 and {of}cost > 0 then 'list price'
      when {of}tokens > 0 then 'tokens'
      when {of}requests > 0 then 'requests'
    end"""
"""What the parts of some usage are weighed by: one row without a price and none has one."""

_WEIGHT = """cast(
      case {basis} when 'list price' then {of}cost when 'tokens' then {of}tokens else {of}requests end
      as double precision
    )"""

_SHARES = """
insert into key_share ({columns})
with fact as (
  select day, attribution_key from cost_day where day in :days
  union
  select day, attribution_key from usage_day where day in :days and source not in :logs
),
owner as (
  select
    a.attribution_key, a.valid_from, a.valid_to, a.provider,
    case when a.account_id <> :no_account then a.account_id end as account_id,
    a.project_id, a.api_key_id, a.model, a.split_by, a.feature,
    coalesce(a.team, f.team, 'Unattributed') as team,
    coalesce(a.environment, 'unattributed') as environment,
    a.cost_center
  from attribution a
  left join feature f on f.feature = a.feature
),
shared as (
  select
    k.day, o.attribution_key, o.provider, o.account_id, o.project_id, o.api_key_id, o.model, o.split_by,
    o.feature, o.team, o.environment, o.cost_center,
    dense_rank() over (
      order by o.provider, o.account_id, o.project_id, o.api_key_id, o.model, o.split_by, o.feature, o.team,
        o.environment, o.cost_center
    ) as shape
  from fact k
  join owner o on o.attribution_key = k.attribution_key and k.day >= o.valid_from and k.day < o.valid_to
  where o.split_by is not null
),
shape_day as (
  select distinct
    day, shape, provider, account_id, project_id, api_key_id, model, split_by, feature, team, environment, cost_center
  from shared
),
shape as (
  select distinct shape, provider, account_id, project_id, api_key_id, model, split_by from shape_day
),
spot as (
  select distinct u.log, o.attribution_key, o.provider, o.account_id, o.project_id, o.api_key_id, o.model
  from (
    select distinct case when source in :logs then source else '' end as log, attribution_key
    from usage_day
    where day in :days
  ) u
  join owner o on o.attribution_key = u.attribution_key
),
fit as (
  select s.shape, u.log, u.attribution_key
  from shape s
  join spot u
    on u.provider = s.provider
   and (u.log = '' or u.log = s.split_by)
   and (u.account_id is null or s.account_id is null or u.account_id = s.account_id)
   and (u.project_id is null or s.project_id is null or u.project_id = s.project_id)
   and (u.api_key_id is null or s.api_key_id is null or u.api_key_id = s.api_key_id)
   and (u.model is null or s.model is null or u.model = s.model)
),
fit_day as (
  select distinct s.day, s.shape, s.feature, s.team, s.environment, s.cost_center, fit.log, fit.attribution_key
  from shape_day s
  join fit on fit.shape = s.shape
),
hourly as (
  select
    cast(u.started_at as date) as day,
    date_trunc('hour', u.started_at) as hour_at,
    case when u.source in :logs then u.source else '' end as log,
    u.attribution_key,
    cast(sum(coalesce(cast(cast(u.estimated_cost as decimal(38, 9)) * 1000000000 as bigint), 0)) as bigint) as cost,
    cast(sum(u.tokens) as bigint) as tokens,
    cast(sum(coalesce(u.request_count, 0)) as bigint) as requests,
    cast(sum(case when u.tokens > 0 and u.estimated_cost is null then 1 else 0 end) as bigint) as unpriced
  from (
    select
      started_at, ended_at, source, attribution_key, estimated_cost, request_count,
      coalesce(uncached_input_tokens, 0) + coalesce(cache_read_input_tokens, 0)
        + coalesce(cache_write_5m_input_tokens, 0) + coalesce(cache_write_1h_input_tokens, 0)
        + coalesce(cache_write_input_tokens, 0) + coalesce(output_tokens, 0) as tokens
    from token_usage
    where source in :sources
      and attribution_key in (select attribution_key from fit)
      and started_at >= :first and started_at <= :last and cast(started_at as date) in :days
  ) u
  where u.ended_at <= u.started_at + interval '1 hour'
  group by 1, 2, 3, 4
),
matched as (
  select
    s.day, s.shape, u.hour_at,
    case when u.log = '' then 'provider' else 'log' end as side,
    case when o.feature is null then s.feature else o.feature end as feature,
    case when o.feature is null then s.team else o.team end as team,
    case when o.feature is null then s.environment else o.environment end as environment,
    case when o.feature is null then s.cost_center else o.cost_center end as cost_center,
    {sums}
  from fit_day s
  join hourly u on u.day = s.day and u.log = s.log and u.attribution_key = s.attribution_key
  left join owner o
    on o.attribution_key = case when s.log <> '' then s.attribution_key end
   and s.day >= o.valid_from
   and s.day < o.valid_to
  group by 1, 2, 3, 4, 5, 6, 7, 8
  union all
  select day, shape, null, 'nobody', feature, team, environment, cost_center, 0, 0, 0, 0 from shape_day
),
measured as (
  select matched.*, {sums_of_hour}, {sums_of_day} from matched
),
based as (
  select measured.*, {basis_of_hour} as hour_basis, {basis_of_day} as day_basis from measured
),
sided as (
  select
    based.*,
    case
      when max(case when side = 'provider' then day_basis end) over (partition by day, shape) is not null
        then 'provider'
      when max(case when side = 'log' then day_basis end) over (partition by day, shape) is not null then 'log'
    end as hours_by,
    max(case when side = 'log' then hour_basis end) over (partition by day, shape, hour_at) as seen_by
  from based
),
timed as (
  select
    sided.*,
    floor(
      1000000000000
      * max(case when side = hours_by then {hour_by_day} end) over (partition by day, shape, hour_at)
      / max(case when side = hours_by then {day_by_day} end) over (partition by day, shape)
    ) as hour_units
  from sided
),
part as (
  select
    day, shape, feature, team, environment, cost_center, hours_by,
    case when side = 'log' then hour_basis end as weighed_by,
    case when side = 'log' then 0 else 1 end as is_unseen,
    cast(
      case
        when hours_by is null then case when side = 'nobody' then 1000000000000 end
        when side = 'provider' and seen_by is null then hour_units
        when side = 'log' and hour_basis is not null then floor(hour_units * {row_by_hour} / {hour_by_hour})
      end as bigint
    ) as units
  from timed
),
placed as (
  select
    day, shape, feature, team, environment, cost_center,
    sum(units) as units,
    sum(case when is_unseen = 1 then units else 0 end) as unseen,
    max(hours_by) as hours_by,
    case when min(weighed_by) < max(weighed_by) then 'mixed' else min(weighed_by) end as weighed_by,
    sum(sum(units)) over (partition by day, shape) as covered,
    row_number() over (
      partition by day, shape order by sum(units) desc, feature, team, environment, coalesce(cost_center, '')
    ) as place
  from part
  where units > 0
  group by day, shape, feature, team, environment, cost_center
),
whole as (
  select
    placed.*,
    cast(
      sum(units + case when place = 1 then 1000000000000 - covered else 0 end) over (
        partition by day, shape order by place rows between unbounded preceding and current row
      ) as bigint
    ) as up_to,
    cast(units + case when place = 1 then 1000000000000 - covered else 0 end as bigint) as own_units,
    cast(
      unseen + case when place = 1 and unseen = units then 1000000000000 - covered else 0 end as bigint
    ) as own_unseen
  from placed
)
select
  k.day, k.attribution_key, k.provider, k.split_by, w.feature, w.team, w.environment, w.cost_center,
  cast((w.up_to - w.own_units) * 0.000000000001 as decimal(38, 12)),
  cast(w.up_to * 0.000000000001 as decimal(38, 12)),
  cast(w.own_unseen * 0.000000000001 as decimal(38, 12)),
  w.hours_by,
  w.weighed_by
from shared k
join whole w on w.day = k.day and w.shape = k.shape
"""


def _sums_over(prefix: str, grain: str) -> str:
    return ", ".join(
        f"cast(sum({name}) over (partition by {grain}) as bigint) as {prefix}_{name}" for name in _MEASURES
    )


STATEMENT = _SHARES.format(
    columns=", ".join(column_names(KeyShare)),
    sums=", ".join(f"cast(sum(u.{name}) as bigint) as {name}" for name in _MEASURES),
    sums_of_hour=_sums_over("hour", "day, shape, side, hour_at"),
    sums_of_day=_sums_over("day", "day, shape, side"),
    basis_of_hour=_BASIS.format(of="hour_"),
    basis_of_day=_BASIS.format(of="day_"),
    hour_by_day=_WEIGHT.format(basis="day_basis", of="hour_"),
    day_by_day=_WEIGHT.format(basis="day_basis", of="day_"),
    row_by_hour=_WEIGHT.format(basis="hour_basis", of=""),
    hour_by_hour=_WEIGHT.format(basis="hour_basis", of="hour_"),
)
"""The insert of the shares of `days`, which lie between `first` and `last`.

Binds also `logs`, `sources` (who reports usage) and `no_account`.
"""
