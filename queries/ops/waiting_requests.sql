-- title:   Which runs were asked for and not picked up yet?
-- grain:   one row per request, oldest first
-- params:  none
-- returns: source text, requested_at timestamp, window_start_at timestamp, window_end_at timestamp
select source, requested_at, window_start_at, window_end_at
from collection_request
where picked_up_at is null
order by requested_at, request_id
