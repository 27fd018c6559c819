"""Whose request it is, as far as an address tells: the peer's own, unless the peer is one of our own proxies.

`X-Forwarded-For` is what anybody may write. Only from a proxy that the settings name is it read, from its right end
(which that proxy wrote) back to the first address that is none of our proxies.
"""

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import structlog
from starlette.types import Scope

log = structlog.get_logger(__name__)

Network = IPv4Network | IPv6Network
_SCHEMES = {b"https": {"http": "https", "websocket": "wss"}, b"http": {"http": "http", "websocket": "ws"}}


def read_networks(text: str) -> tuple[Network, ...]:
    """Return the networks of a list such as `10.0.0.0/8, 127.0.0.1`; raise `ValueError` when one is none."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


class Proxies:
    """Our own proxies, and what they are believed."""

    def __init__(self, trusted: tuple[Network, ...]) -> None:
        self._trusted = trusted
        self._warned = False

    def settle(self, scope: Scope) -> None:
        """Put the client's own address and scheme into a scope that came through our proxies."""
        client = scope.get("client")
        if client is None or not self._is_ours(client[0]):
            return
        sent = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
        if sent:
            scope["client"] = (self._first_stranger(b",".join(sent).decode("latin-1"), client[0]), 0)
        for name, value in scope["headers"]:
            if name == b"x-forwarded-proto":
                scheme = _SCHEMES.get(value.rpartition(b",")[2].strip().lower())
                scope["scheme"] = scheme[scope["type"]] if scheme else scope["scheme"]

    def _first_stranger(self, chain: str, peer: str) -> str:
        believed = peer
        for hop in reversed(chain.split(",")):
            address = _address(hop.strip())
            if address is None:
                return believed
            believed = str(address)
            if not self._is_ours(believed):
                return believed
        return believed

    def _is_ours(self, host: str) -> bool:
        address = _address(host)
        return address is not None and any(address in network for network in self._trusted)

    def miss(self, scope: Scope) -> None:
        """Say once that a whole chain counts as one client, if it looks as if a proxy had been forgotten."""
        if not self._trusted and not self._warned and any(name == b"x-forwarded-for" for name, _ in scope["headers"]):
            self._warned = True
            log.warning("a proxy is not trusted: set TRUESHELF_TRUSTED_PROXIES, or all its clients count as one")


@lru_cache(maxsize=4096)
def household(host: str) -> str:
    """Return what counts as one client: an IPv4 address, or the /64 of an IPv6 address."""
    address = _address(host)
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False))
    return host if address is None else str(address)


@lru_cache(maxsize=4096)
def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(host)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
