"""Whether a host may be called: nothing in our own network, however its name resolves."""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from alerts.sink import RetriableError, SinkConfigError

Address = IPv4Address | IPv6Address

NAT64 = IPv6Network("64:ff9b::/96")
"""IPv4 addresses as an IPv6-only network spells them (RFC 6052)."""


def public_address(host: str, port: int) -> str:
    """One address of the host, to be called as it is: a second look-up could give another.

    Raises RetriableError when the name does not resolve, SinkConfigError when any of its addresses is not public.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise RetriableError(f"unreachable ({type(error).__name__})") from None
    addresses = [ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    for address in addresses:
        if not is_public(address):
            raise SinkConfigError(
                "private_address",
                f"{host} is {address}, an address of your own network; set allow_private = true at the destination if "
                "that is meant. Messages for it wait until then.",
            )
    return str(addresses[0])


def is_public(address: Address) -> bool:
    """True for an address of the public internet, also behind the IPv6 forms that carry an IPv4 address."""
    if isinstance(address, IPv6Address):
        carried = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if carried is None and address in NAT64:
            carried = IPv4Address(int(address) & 0xFFFFFFFF)
        if carried is not None:
            return is_public(carried)
    return address.is_global and not address.is_multicast
