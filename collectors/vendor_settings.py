"""What every source that reads a model vendor's organisation reports needs to know."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from collectors.base import SourceSettings
from config.secrets import SecretReference


class VendorSettings(SourceSettings):
    """`account` is the organisation's id as the bill should show it: the reports do not name it.

    `admin_key` is a reference such as env:OPENAI_ADMIN_KEY. Vendors publish no quota for their reports; one
    request per second has not been refused so far.
    """

    account: str = Field(min_length=1)
    admin_key: SecretReference
    base_url: str
    max_requests_per_second: float = Field(default=1.0, gt=0, le=1000)

    @field_validator("base_url")
    @classmethod
    def _safe_url(cls, value: str) -> str:
        parts = urlsplit(value)
        host = parts.hostname or ""
        if parts.scheme not in ("https", "http") or not host:
            raise ValueError("write a URL such as https://api.example.com")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("write the URL without user, password, query or fragment")
        if parts.scheme == "http" and not _is_near(host):
            raise ValueError("use https: the key would travel readable to another network")
        return value


class UsageSettings(VendorSettings):
    """Adds how many hourly buckets one page holds: fewer make smaller answers and more requests."""

    page_buckets: int = Field(default=168, ge=1, le=168)
    """168 (seven days) is the most both vendors give per page."""


def _is_near(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return "." not in host
    return address.is_private
