-- title:   Has anything changed since the page was drawn?
-- grain:   one row
-- params:  none
-- returns: run_count count, last_finished_at timestamp, alert_count count, last_alert_at timestamp,
--          request_count count, picked_up_count count, declared_revision count, last_snapshot_at timestamp,
--          alert_event_count count, asked_action_count count, silence_count count, ended_silence_count count
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
  cast(p.asked_action_count as bigint) as asked_action_count,
  cast(m.silence_count as bigint) as silence_count,
  cast(m.ended_silence_count as bigint) as ended_silence_count
from (select coalesce(sum(run_count), 0) as run_count, max(newest_finished_at) as last_finished_at from source_health) r
cross join (select count(*) as alert_count, max(updated_at) as last_alert_at from alert) a
cross join (select count(*) as request_count, count(picked_up_at) as picked_up_count from collection_request) q
cross join (select coalesce(sum(revision), 0) as revision from reference_file) d
cross join (select max(taken_at) as last_snapshot_at from cost_snapshot) s
cross join (select count(*) as alert_event_count from alert_event) e
cross join (select count(*) as asked_action_count from alert_request) p
cross join (select count(*) as silence_count, count(ended_at) as ended_silence_count from alert_silence) m
