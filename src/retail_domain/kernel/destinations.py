"""Addresses that somebody else has chosen, and whether the shop may call there (R39).

Two looks. The first is at the words, when an address is written down: `Destinations.target`. The second is at where the name
leads, each time before the shop connects: `Destinations.may_reach`, asked of every address that the name has.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

from attrs import frozen

from retail_domain.kernel.errors import InvalidInput

ADDRESS_LETTERS_MAX: Final = 2_000

_ADDRESS: Final = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9a-f.]*:[0-9a-f:.]*\]|[a-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?(?P<path>[/?][!-~]*)?",
    re.IGNORECASE | re.ASCII,  # there are more letters than 26 whose small or large form is one of a to z
)
_LABEL: Final = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_PORTS: Final = {"https": 443, "http": 80}

_CLOSED_4: Final = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",  # private
            "100.64.0.0/10",  # behind a carrier's address translation; the metadata of one cloud lies there too
            "127.0.0.0/8",  # this machine
            "169.254.0.0/16",  # this link; the metadata of most clouds
            "168.63.129.16/32",  # the platform of a cloud, as its guests see it
            "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",  # special
            "224.0.0.0/4", "240.0.0.0/4",  # many at once, reserved, everybody
        ),
    )
)  # fmt: skip
_OPEN_6: Final = ip_network("2000::/3")
"""All that is given out to hosts; what stands for an IPv4 address (mapped, compatible, NAT64), and what is local, is not."""
_CLOSED_6: Final = tuple(
    map(
        ip_network,
        (
            "2001::/23",  # protocols, among them tunnels to IPv4 addresses
            "2001:db8::/32", "3fff::/20",  # for books
            "2002::/16",  # 6to4: an IPv4 address in other words
        ),
    )
)  # fmt: skip
_ISATAP: Final = (0x00005EFE, 0x02005EFE)
"""What stands before an IPv4 address in the last half of a tunnel's address."""


@frozen
class Target:
    """Where an address leads, taken apart; `path` begins with a slash and has what is asked for after it."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The host as a request names it: the port only where it is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


@frozen(kw_only=True)
class Destinations:
    """Where the shop may call when somebody else has chosen the address.

    `is_plain_allowed`: http without TLS as well; `is_loopback_allowed`: this machine too. Both are for development.
    """

    is_plain_allowed: bool = False
    is_loopback_allowed: bool = False

    def target(self, address: str, field: str = "url") -> Target:
        """What an address says. Raises InvalidInput for one that no name has to be looked up for to see that it will not do."""
        found = _ADDRESS.fullmatch(address) if len(address) <= ADDRESS_LETTERS_MAX else None
        if found is None or "\\" in address or "#" in address:
            raise InvalidInput.of(field, "address", "an address such as https://example.com/path, without a name or a password")
        scheme, host = found["scheme"].lower(), found["host"].lower().strip("[]")
        if scheme != "https" and not self.is_plain_allowed:
            raise InvalidInput.of(field, "https", "the address must begin with https://")
        port = _PORTS[scheme] if found["port"] is None else int(found["port"])
        if not 1 <= port <= 65_535 or not _is_host(host):
            raise InvalidInput.of(field, "address", "the host or its port is none")
        if not self._may_be_named(host):
            raise InvalidInput.of(field, "public", "the address must lead to a public one")
        path = found["path"] or "/"
        return Target(scheme, host, port, path if path.startswith("/") else f"/{path}")

    def may_reach(self, address: str) -> bool:
        """Whether this IP address is one that the shop may connect to; a text that is none is not."""
        try:
            found = ip_address(address)
        except ValueError:
            return False
        if self.is_loopback_allowed and found.is_loopback and getattr(found, "ipv4_mapped", None) is None:
            return True
        return _is_public_4(found) if isinstance(found, IPv4Address) else _is_public_6(found)

    def _may_be_named(self, host: str) -> bool:
        try:
            ip_address(host)
        except ValueError:
            return self.is_loopback_allowed or not (host == "localhost" or host.endswith(".localhost"))
        return self.may_reach(host)


def _is_host(host: str) -> bool:
    """A name, or an address in its usual spelling: `127.1` and `0x7f000001` are addresses in disguise."""
    try:
        ip_address(host)
    except ValueError:
        labels = host.split(".")
        is_a_name = len(host) <= 253 and all(map(_LABEL.fullmatch, labels))
        return is_a_name and _NUMBER.fullmatch(labels[-1]) is None
    return True


def _is_public_4(address: IPv4Address) -> bool:
    return not any(address in network for network in _CLOSED_4)


def _is_public_6(address: IPv6Address) -> bool:
    if address.scope_id is not None or address not in _OPEN_6 or any(address in network for network in _CLOSED_6):
        return False
    return int(address) >> 32 & 0xFFFFFFFF not in _ISATAP
