"""Which address line a request comes from: what everything that is shared out at the door is counted by (ACC-R7)."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network

from attrs import frozen
from litestar.types import HTTPScope

from retail_domain.kernel.counting import line_of
from retail_entrypoints.http.caller import address_of

_line_of = lru_cache(maxsize=4_096)(line_of)


@frozen
class Lines:
    """Of the caller, as far as our own proxies say who that is."""

    trusted: tuple[IPv4Network | IPv6Network, ...] = ()

    def of(self, scope: HTTPScope) -> str:
        """The line of a request."""
        peer = scope.get("client")
        address = peer[0] if peer else "unknown"
        if self.trusted:
            forwarded = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
            address = address_of(address, forwarded, self.trusted)
        return _line_of(address)
