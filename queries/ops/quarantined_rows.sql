-- title:   Which rows were not loaded, and why?
-- grain:   one row per refused row of a file, newest run first
-- params:  source texts (empty: all)
-- returns: source text, file_name text, row_number count, reason text, started_at timestamp
select q.source, q.file_name, q.row_number, q.reason, r.started_at
from quarantine q
left join collector_run r on r.run_id = q.run_id
where (:any_source or q.source in :source)
order by case when r.started_at is null then 1 else 0 end, r.started_at desc, q.file_name, q.row_number
