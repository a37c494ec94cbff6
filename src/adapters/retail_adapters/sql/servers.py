"""The one way to PostgreSQL: pool, listener, migrations and schema check connect alike, to whichever server takes them."""

from __future__ import annotations

import os
import socket
from typing import Any, Final

import asyncpg
from attrs import define, field

from retail_adapters.sql.patience import PATIENT as PATIENT, Patience as Patience

CONNECT_SECONDS: Final = 5.0
"""How long a new connection may take in all; several hosts share it."""
_HOST_SECONDS_LEAST: Final = 2.0
_SIGNS_MISSED_MAX: Final = 3
_TRY_THE_NEXT: Final = (OSError, asyncpg.CannotConnectNowError, asyncpg.TargetServerAttributeNotMatched)


@define
class Servers:
    """The servers that a URL names: `postgresql://user:pw@a:5432,b:5432/db?target_session_attrs=read-write`.

    They are tried in the order of the URL, the one that was found last first.
    """

    url: str = field(repr=False)
    patience: Patience = PATIENT
    _first: int = field(default=0, init=False)

    async def connect(self, *_: object, **options: Any) -> asyncpg.Connection[Any]:
        """A connection of asyncpg with these further options; what a pool passes on besides is known here already.

        Raises OSError, also for servers that are there and not what the URL asks for, and errors of PostgreSQL.
        """
        hosts = hosts_of(self.url)
        options = {"command_timeout": self.patience.statement, **options}
        seconds = max(_HOST_SECONDS_LEAST, CONNECT_SECONDS / len(hosts))
        refused: Exception = ConnectionError("no host is named")
        for at in sorted(range(len(hosts)), key=lambda place: place != self._first):
            try:
                connection = await asyncpg.connect(hosts[at], timeout=seconds, **options)
            except _TRY_THE_NEXT as error:
                refused = error
                continue
            self._first = at
            _watch(connection, self.patience)
            return connection
        if isinstance(refused, asyncpg.TargetServerAttributeNotMatched):
            raise ConnectionError("no server is what target_session_attrs asks for") from refused
        raise refused


def hosts_of(url: str) -> tuple[str, ...]:
    """The same URL for each of its hosts."""
    scheme, slashes, rest = url.partition("://")  # urlsplit refuses a list of hosts with an IPv6 address among them
    length = next((at for at, sign in enumerate(rest) if sign in "/?#"), len(rest))
    who, at, hosts = rest[:length].rpartition("@")
    return tuple(f"{scheme}{slashes}{who}{at}{host}{rest[length:]}" for host in hosts.split(","))


def _watch(connection: Any, patience: Patience) -> None:
    """Have the kernel notice a server that is gone without a word."""
    found = connection._transport.get_extra_info("socket")  # asyncpg has no other way to its socket
    if found is None or found.family == getattr(socket, "AF_UNIX", None):
        return
    wishes = {
        "TCP_KEEPIDLE": patience.keepalive,
        "TCP_KEEPINTVL": max(1, patience.keepalive // _SIGNS_MISSED_MAX),
        "TCP_KEEPCNT": _SIGNS_MISSED_MAX,
        "TCP_USER_TIMEOUT": patience.unanswered * 1000,
    }
    with socket.socket(fileno=os.dup(found.fileno())) as same:  # event loops hand out sockets that take no options
        same.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in wishes.items():
            option = getattr(socket, name, None)
            if option is not None:
                same.setsockopt(socket.IPPROTO_TCP, option, value)
