-- title:   Has anything changed since the page was drawn?
-- grain:   one row per fact that pages show; done_count counts what was done to its rows since they were written
-- params:  none
-- returns: fact text, row_count count, done_count count, newest_at timestamp
-- A list, not one row of all: planning a join of 13 tables of one row each takes ten times as long.
select 'run' as fact, cast(coalesce(sum(run_count), 0) as bigint) as row_count, cast(0 as bigint) as done_count,
  max(newest_finished_at) as newest_at
from source_health
union all
select 'alert', count(*), cast(0 as bigint), max(updated_at) from alert
union all
select 'alert_event', count(*), cast(0 as bigint), max(occurred_at) from alert_event
union all
select 'alert_request', count(*), count(picked_up_at), cast(null as timestamp) from alert_request
union all
select 'alert_silence', count(*), count(ended_at), cast(null as timestamp) from alert_silence
union all
select 'collection_request', count(*), count(picked_up_at), cast(null as timestamp) from collection_request
union all
select 'cost_snapshot', cast(0 as bigint), cast(0 as bigint), max(taken_at) from cost_snapshot
union all
select 'kpi_action', count(*), count(closed_at), cast(null as timestamp) from kpi_action
union all
select 'kpi_comment', count(*), cast(0 as bigint), cast(null as timestamp) from kpi_comment
union all
select 'kpi_snapshot', count(distinct week_start), cast(0 as bigint), cast(null as timestamp) from kpi_snapshot
union all
select 'message', count(*), cast(coalesce(sum(attempt_count), 0) as bigint), cast(null as timestamp) from outbox
union all
select 'message_waiting', count(*), cast(0 as bigint), cast(null as timestamp) from outbox where status = 'pending'
union all
select 'reference_file', cast(coalesce(sum(revision), 0) as bigint), cast(0 as bigint), cast(null as timestamp)
from reference_file
union all
select 'rule_past', cast(0 as bigint), cast(0 as bigint), max(judged_at) from rule_past
order by fact
