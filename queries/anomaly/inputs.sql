-- title:   Has anything changed that days are judged by?
-- grain:   one row
-- params:  none
-- returns: run_count count, last_finished_at timestamp, declared_revision count, answer_count count
select
  cast(r.run_count as bigint) as run_count,
  r.last_finished_at,
  cast(d.revision as bigint) as declared_revision,
  cast(a.answer_count as bigint) as answer_count
from (select coalesce(sum(ok_count), 0) as run_count, max(last_ok_at) as last_finished_at from source_health) r
cross join (select coalesce(sum(revision), 0) as revision from reference_file) d
cross join (select count(*) as answer_count from anomaly_feedback) a
