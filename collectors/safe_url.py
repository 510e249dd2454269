"""The type of a setting that holds where an API is."""

from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator


def check_url(value: str) -> str:
    """The URL itself when a key may be sent there. Raises ValueError with what to write instead."""
    parts = urlsplit(value)
    host = parts.hostname or ""
    if parts.scheme not in ("https", "http") or not host:
        raise ValueError("write a URL such as https://api.example.com")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("write the URL without user, password, query or fragment")
    if parts.scheme == "http" and not _is_near(host):
        raise ValueError("use https: the key would travel readable to another network")
    return value


def _is_near(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return "." not in host
    return address.is_private


SafeUrl = Annotated[str, AfterValidator(check_url)]
