-- title:   Whose is each feature?
-- grain:   one row per declared feature
-- params:  none
-- returns: feature text, team text, owner text
select feature, team, owner
from feature
order by feature
