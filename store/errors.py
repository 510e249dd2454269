"""Store errors, each one sentence a person can act on."""


class StoreError(Exception):
    """What went wrong with the store, where, and what to do."""


class StoreLockedError(StoreError):
    """Another process holds the DuckDB file."""


class BillingConflictError(StoreError):
    """Two sources want to bill the same account."""
