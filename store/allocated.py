"""Moves shared costs to the features that use them, rule by rule, so that each day still adds up to its bill."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from store.schema import table
from store.tables import AllocationRule, AttributedCostDay

_BUCKET = {"day": "day", "month": "cast(date_trunc('month', day) as date)"}
"""Over which time weights are added up → SQL of the bucket that a day belongs to."""

_RECEIVERS = """
  select r.receiver as feature, r.share
  from allocation_rule r where r.rule = :rule and r.receiver is not null
  union all
  select f.feature, cast(null as decimal(38, 12))
  from feature f
  where f.feature not in (select origin from allocation_rule)
    and not exists (select 1 from allocation_rule r where r.rule = :rule and r.receiver is not null)
"""

_WEIGHTS = {
    "fixed": "select b.bucket, b.currency, r.feature, r.share as weight from buckets b cross join receivers r",
    "even": "select b.bucket, b.currency, r.feature, 1 as weight from buckets b cross join receivers r",
    "requests": """
      select {bucket} as bucket, c.currency, u.feature, sum(u.request_count) as weight
      from attributed_usage_day u
      cross join (select distinct currency from buckets) c
      where {bucket} in (select bucket from buckets) and u.feature in (select feature from receivers)
      group by {bucket}, c.currency, u.feature
    """,
    "tokens": """
      select {bucket} as bucket, c.currency, u.feature, sum(u.total_tokens) as weight
      from attributed_usage_day u
      cross join (select distinct currency from buckets) c
      where {bucket} in (select bucket from buckets) and u.feature in (select feature from receivers)
      group by {bucket}, c.currency, u.feature
    """,
    "direct_cost": """
      select {bucket} as bucket, currency, feature, sum(billed_cost) as weight
      from attributed_cost_day
      where {bucket} in (select bucket from buckets)
        and feature in (select feature from receivers)
        and allocation is null
      group by {bucket}, currency, feature
    """,
}
"""Method → what each receiver weighs in each bucket and currency."""

_MOVE = """
insert into attributed_cost_day ({columns})
with shared as (
  select
    {bucket} as bucket, day, provider, account_id, service, environment, currency, billing_currency,
    sum(cast(billed_cost as decimal(38, 12))) as billed_cost,
    sum(cast(effective_cost as decimal(38, 12))) as effective_cost
  from attributed_cost_day
  where feature = :origin and day >= :valid_from and day < :valid_to and day in :days
  group by {bucket}, day, provider, account_id, service, environment, currency, billing_currency
),
buckets as (select distinct bucket, currency from shared),
receivers as ({receivers}),
weights as (select bucket, currency, feature, cast(weight as double precision) as weight from ({weights}) w),
shares as (
  select
    bucket, currency, feature, share,
    sum(share) over (partition by bucket, currency) as covered,
    row_number() over (partition by bucket, currency order by share desc, feature) as place
  from (select bucket, currency, feature, weight / {whole} as share from weights where weight > 0) w
),
rounded as (
  select
    s.day, s.provider, s.account_id, s.service, s.environment, s.currency, s.billing_currency, h.feature, h.covered,
    cast(cast(s.billed_cost as double precision) * h.share as decimal(38, 12)) as billed_cost,
    cast(cast(s.effective_cost as double precision) * h.share as decimal(38, 12)) as effective_cost,
    case when h.place = 1 then s.billed_cost end as whole_billed_cost,
    case when h.place = 1 then s.effective_cost end as whole_effective_cost
  from shared s
  join shares h on h.bucket = s.bucket and h.currency = s.currency
),
parts as (
  select
    day, provider, account_id, service, environment, currency, billing_currency, feature,
    billed_cost + {rest_billed} as billed_cost,
    effective_cost + {rest_effective} as effective_cost
  from rounded
),
moved as (
  select day, provider, account_id, service, environment, currency, billing_currency, feature, billed_cost,
    effective_cost
  from parts
  union all
  select day, provider, account_id, service, environment, currency, billing_currency, :origin,
    -sum(billed_cost), -sum(effective_cost)
  from parts
  group by day, provider, account_id, service, environment, currency, billing_currency
)
select
  m.day, m.provider, m.account_id, null, null, m.service, null, null, m.feature,
  coalesce(f.team, 'Unattributed'), m.environment, null, m.currency, m.billing_currency, :rule,
  cast(m.billed_cost as decimal(38, 12)), cast(m.effective_cost as decimal(38, 12)), null, null
from moved m
left join feature f on f.feature = m.feature
where m.billed_cost <> 0 or m.effective_cost <> 0
"""

_SAME_POOL = "day, provider, account_id, service, environment, currency, billing_currency"


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    origin: str
    method: str
    per: str
    valid_from: date
    valid_to: date


def affected_days(connection: Connection, days: Iterable[date]) -> list[date]:
    """These days, and the rest of their months when a rule weighs by the month."""
    wanted = set(days)
    if any(rule.per == "month" for rule in _rules(connection)):
        for first in {day.replace(day=1) for day in wanted}:
            after = (first + timedelta(days=32)).replace(day=1)
            wanted |= {first + timedelta(days=number) for number in range((after - first).days)}
    return sorted(wanted)


def apply(connection: Connection, days: list[date]) -> None:
    """Moves the shared costs of these days by every rule in order.

    A rule moves what its origin bears when its turn comes. A cost whose receivers all weigh nothing stays.
    Parts are rounded to 12 decimals, and the heaviest receiver takes what rounding left, so they add up exactly.
    """
    for rule in _rules(connection):
        statement = sa.text(_statement(rule)).bindparams(sa.bindparam("days", expanding=True))
        values = {
            "rule": rule.name,
            "origin": rule.origin,
            "valid_from": rule.valid_from,
            "valid_to": rule.valid_to,
            "days": days,
        }
        connection.execute(statement, values)


def _statement(rule: _Rule) -> str:
    bucket = _BUCKET[rule.per]
    return _MOVE.format(
        columns=", ".join(column.name for column in table(AttributedCostDay).columns),
        bucket=bucket,
        receivers=_RECEIVERS,
        weights=_WEIGHTS[rule.method].format(bucket=bucket),
        whole="1" if rule.method == "fixed" else "sum(weight) over (partition by bucket, currency)",
        rest_billed=_rest("billed_cost"),
        rest_effective=_rest("effective_cost"),
    )


def _rest(column: str) -> str:
    """What rounding left of a pool that is moved whole, for the receiver in the first place; 0 for the others."""
    rest = f"whole_{column} - sum({column}) over (partition by {_SAME_POOL})"
    return f"coalesce(case when covered > 0.999999999 then {rest} end, 0)"


def _rules(connection: Connection) -> list[_Rule]:
    r = table(AllocationRule).c
    found = connection.execute(
        sa.select(r.rule, r.origin, r.method, r.per, r.valid_from, r.valid_to, r.position)
        .distinct()
        .order_by(r.position)
    )
    return [_Rule(*row[:-1]) for row in found]
