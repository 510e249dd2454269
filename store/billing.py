"""One bill per account: exactly one source may write the charges of a (provider, billing account)."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from store.errors import BillingConflictError
from store.schema import table
from store.tables import Charge, CostDay


def refuse_second_bill(connection: Connection, source: str, slice_: sa.ColumnElement[bool]) -> None:
    """Raises BillingConflictError when an account in this slice is billed by another source already."""
    charges, days = table(Charge).c, table(CostDay)
    mine = sa.select(charges.provider, charges.billing_account_id).where(slice_).distinct().subquery()
    other = connection.execute(
        sa.select(mine.c.provider, mine.c.billing_account_id, days.c.source)
        .join(days, (days.c.provider == mine.c.provider) & (days.c.account_id == mine.c.billing_account_id))
        .where(days.c.source != source)
        .limit(1)
    ).first()
    if other:
        provider, account, owner = other
        raise BillingConflictError(
            f"{provider} account {account} is already billed by the source {owner!r}, so {source!r} was not "
            f"loaded; keep one of them (remove the other with: python -m burnline forget --source {owner} --yes)."
        )
