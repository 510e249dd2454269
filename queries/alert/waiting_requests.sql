-- title:   What did people ask of alerts that the worker has not done yet?
-- grain:   one row per request, oldest first
-- params:  none
-- returns: alert_id text, action text, requested_by text, requested_at timestamp, until timestamp
select alert_id, action, requested_by, requested_at, until
from alert_request
where picked_up_at is null
order by requested_at, request_id
