"""How Burnline marks what it tells an incident system, so that it does not come back as an incident of its own."""

from hashlib import sha256

CLIENT = "Burnline"
KEY_PREFIX = "burnline:"
KEY_CHARACTERS = 255
"""The longest dedup_key of PagerDuty's Events API v2."""


def incident_key(fingerprint: str) -> str:
    """The key of a problem in an incident system: the fingerprint, or a digest of one that is too long."""
    key = KEY_PREFIX + fingerprint
    return key if len(key) <= KEY_CHARACTERS else KEY_PREFIX + sha256(fingerprint.encode()).hexdigest()


def is_own(key: object) -> bool:
    """True for a key that `incident_key` made."""
    return isinstance(key, str) and key.startswith(KEY_PREFIX)
