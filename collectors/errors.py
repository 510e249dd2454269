"""Errors named by what the runner must do. Each message is one sentence: what, where, what to do."""


class CollectorError(Exception):
    """Any failure of a source; `kind` is the word in the ledger."""

    kind = "failed"


class FatalError(CollectorError):
    """Trying again cannot help until a person changes something: a bad key, a missing right, a bad setting."""

    kind = "fatal"


class RetriableError(CollectorError):
    """The other side is busy or broken; the next run may work."""

    kind = "retriable"


class SkippableError(CollectorError):
    """This part cannot be had, the rest can."""

    kind = "skippable"


class DataError(CollectorError):
    """The answer is not what its contract says; nothing of it was loaded."""

    kind = "data"
