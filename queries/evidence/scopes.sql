-- title:   What can a pack be narrowed to?
-- grain:   one row per (dimension, item) that a feature, a promise, a release, an evaluation, an incident, a check or a
--          request for evidence names
-- params:  none
-- returns: dimension text, item text
with named as (
  select tier, team, feature from feature
  union
  select tier, owner, service from slo_objective
  union
  select cast(null as text), team, feature from release
  union
  select cast(null as text), team, feature from evaluation
  union
  select cast(null as text), team, feature from incident where provider is null
  union
  select cast(null as text), team, feature from evidence_request
  union
  select cast(null as text), cast(null as text), feature from safety_hour
)
select 'feature' as dimension, feature as item from named where feature is not null
union
select 'team', team from named where team is not null
union
select 'tier', tier from named where tier is not null
order by dimension, item
