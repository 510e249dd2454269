"""Who would share which keys under rules that are not saved: the real computation, undone before anybody sees it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from domain.attribution import Dimensions, Rule
from domain.attribution_preview import Share, Shares
from store import key_shares
from store.engine import Store
from store.reference import replace_owners
from store.schema import table
from store.tables import Attribution, KeyShare


def tried_shares(store: Store, rules: Sequence[Rule], days: Sequence[date]) -> Shares:
    """The shares of each key on these days that a rule splits; nothing when none does. The store stays as it is."""
    if not days or not any(rule.split_by for rule in rules):
        return {}
    owners, shares = table(Attribution).c, table(KeyShare).c
    found: dict[tuple[date, Dimensions], list[Share]] = defaultdict(list)
    with store.write() as connection:
        replace_owners(connection, rules)
        key_shares.rebuild(connection, sorted(days))
        names = [owners[name] for name in Dimensions.__dataclass_fields__]
        rows = connection.execute(
            sa.select(shares.day, shares.feature, shares.share_from, shares.share_to, *names)
            .join_from(table(KeyShare), table(Attribution), owners.attribution_key == shares.attribution_key)
            .where(shares.day >= owners.valid_from, shares.day < owners.valid_to, shares.day.in_(days))
            .order_by(shares.day, shares.attribution_key, shares.share_from)
        )
        for day, feature, share_from, share_to, *dimensions in rows:
            found[day, Dimensions(*dimensions)].append(Share(feature, share_from, share_to))
        connection.rollback()
    return dict(found)
