-- title:   Whose is each attribution key?
-- grain:   one row per attribution key and span of days [valid_from, valid_to); feature and rule NULL: nobody owns it
-- params:  none
-- returns: attribution_key text, valid_from date, valid_to date, provider text, account_id text, project_id text,
--          api_key_id text, user_id text, model text, service text, tags text, feature text, rule text,
--          split_by text (the request log that its rule splits it by)
select
  attribution_key, valid_from, valid_to, provider, account_id, project_id, api_key_id, user_id, model, service, tags,
  feature, rule, split_by
from attribution
order by attribution_key, valid_from
