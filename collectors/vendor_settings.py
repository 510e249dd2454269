"""What every source that reads a model vendor's organisation reports needs to know."""

from pydantic import Field

from collectors.base import SourceSettings
from collectors.safe_url import SafeUrl
from config.secrets import SecretReference


class VendorSettings(SourceSettings):
    """`account` is the organisation's id as the bill should show it: the reports do not name it.

    `admin_key` is a reference such as env:OPENAI_ADMIN_KEY. Vendors publish no quota for their reports; one
    request per second has not been refused so far.
    """

    account: str = Field(min_length=1)
    admin_key: SecretReference
    base_url: SafeUrl
    max_requests_per_second: float = Field(default=1.0, gt=0, le=1000)


class UsageSettings(VendorSettings):
    """Adds how many hourly buckets one page holds: fewer make smaller answers and more requests."""

    page_buckets: int = Field(default=168, ge=1, le=168)
    """168 (seven days) is the most both vendors give per page."""
