"""Calling an address that somebody else has chosen, without being led inside.

The name is resolved here, every address that it has must be a public one, and the connection goes to the very address
that was looked at: a name that answers differently the next moment leads nowhere.
"""

import asyncio
import socket
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

import httpx

_TRANSLATED = IPv6Network("64:ff9b::/96")
"""Stands for the IPv4 address in its last four bytes (RFC 6052)."""
_GIVEN_OUT = IPv6Network("2000::/3")
"""All that is routed on the public internet; Python calls some of the rest global too, such as fec0::1."""


class LeadsInside(Exception):
    """The address is not one of the public internet."""


async def pinned(
    client: httpx.AsyncClient, url: str, headers: Mapping[str, str], content: bytes, *, inside_allowed: bool = False
) -> httpx.Request:
    """Return a POST to a URL whose name has been resolved and looked at; raise `LeadsInside` or `OSError`."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    address = await _public_address(host, port, inside_allowed=inside_allowed)
    named = f"[{address}]" if ":" in address else address
    to = parts._replace(netloc=f"{named}:{port}").geturl()
    request = client.build_request("POST", to, headers={**headers, "Host": parts.netloc}, content=content)
    request.extensions["sni_hostname"] = host  # the certificate must be the name's
    return request


async def _public_address(host: str, port: int, *, inside_allowed: bool) -> str:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(each[4][0]).partition("%")[0] for each in found]
    if not addresses:
        raise OSError(f"no address of {host}")
    if not inside_allowed and not all(is_public(each) for each in addresses):
        raise LeadsInside(host)
    return addresses[0]


def is_public(text: str) -> bool:
    """Say whether an address is one of the public internet, also when it stands for another within itself."""
    address = ip_address(text)
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
        if address in _TRANSLATED:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner:
            return inner.is_global and not inner.is_multicast
        return address.is_global and address in _GIVEN_OUT
    return address.is_global and not address.is_multicast
