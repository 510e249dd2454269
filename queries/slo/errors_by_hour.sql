-- title:   How many of our requests failed each hour?
-- grain:   one row per UTC hour with requests. valid: all but those the caller got wrong (4xx other than 429);
--          bad: failed or throttled. team and feature are the owners of the requests on that day
-- params:  start timestamp, end timestamp (UTC, half-open), provider texts, team texts, feature texts
-- returns: hour timestamp, bad_count count, valid_count count
select
  r.hour,
  cast(sum(r.failed_count + r.throttled_count) as bigint) as bad_count,
  cast(sum(r.request_count - r.rejected_count) as bigint) as valid_count
from request_hour r
left join attribution a
  on a.attribution_key = r.attribution_key
  and cast(r.hour as date) >= a.valid_from
  and cast(r.hour as date) < a.valid_to
left join feature f on f.feature = a.feature
where r.hour >= cast(:start as timestamp)
  and r.hour < cast(:end as timestamp)
  and (:any_provider or r.provider in :provider)
  and (:any_team or coalesce(a.team, f.team, 'Unattributed') in :team)
  and (:any_feature or coalesce(a.feature, 'unattributed') in :feature)
group by r.hour
order by r.hour
