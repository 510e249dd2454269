-- title:   Has anything changed since the page was drawn?
-- grain:   one row
-- params:  none
-- returns: run_count count, last_finished_at timestamp, alert_count count, last_alert_at timestamp,
--          request_count count, picked_up_count count, declared_revision count, last_snapshot_at timestamp,
--          alert_event_count count, asked_count count, done_count count, silence_count count,
--          ended_silence_count count, message_count count, attempt_count count, waiting_count count,
--          last_backtest_at timestamp, review_count count
select
  cast(r.run_count as bigint) as run_count,
  r.last_finished_at,
  cast(a.alert_count as bigint) as alert_count,
  a.last_alert_at,
  cast(q.request_count as bigint) as request_count,
  cast(q.picked_up_count as bigint) as picked_up_count,
  cast(d.revision as bigint) as declared_revision,
  s.last_snapshot_at,
  cast(e.alert_event_count as bigint) as alert_event_count,
  cast(w.asked_count as bigint) as asked_count,
  cast(w.done_count as bigint) as done_count,
  cast(m.silence_count as bigint) as silence_count,
  cast(m.ended_silence_count as bigint) as ended_silence_count,
  cast(o.message_count as bigint) as message_count,
  cast(o.attempt_count as bigint) as attempt_count,
  cast(o.waiting_count as bigint) as waiting_count,
  b.last_backtest_at,
  cast(k.review_count as bigint) as review_count
from (select coalesce(sum(run_count), 0) as run_count, max(newest_finished_at) as last_finished_at from source_health) r
cross join (select count(*) as alert_count, max(updated_at) as last_alert_at from alert) a
cross join (select count(*) as request_count, count(picked_up_at) as picked_up_count from collection_request) q
cross join (select coalesce(sum(revision), 0) as revision from reference_file) d
cross join (select max(taken_at) as last_snapshot_at from cost_snapshot) s
cross join (select count(*) as alert_event_count from alert_event) e
cross join (select count(*) as asked_count, count(picked_up_at) as done_count from alert_request) w
cross join (select count(*) as silence_count, count(ended_at) as ended_silence_count from alert_silence) m
cross join (
  select
    count(*) as message_count,
    coalesce(sum(attempt_count), 0) as attempt_count,
    coalesce(sum(case when status = 'pending' then 1 else 0 end), 0) as waiting_count
  from outbox
) o
cross join (select max(judged_at) as last_backtest_at from rule_past) b
cross join (
  select sum(review_count) as review_count
  from (
    select count(*) as review_count from kpi_comment
    union all
    select count(*) + count(closed_at) from kpi_action
    union all
    select count(distinct week_start) from kpi_snapshot
  ) told
) k
