"""A name that leads to one PostgreSQL server after another: to one that only reads, to one that falls silent, to the leader."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from enum import Enum
from urllib.parse import SplitResult, urlsplit, urlunsplit

from attrs import define, field

_ONLY_READS = b"options\0-c default_transaction_read_only=on\0"


class Leads(Enum):
    """What those who connect come to."""

    TO_THE_LEADER = "leader"
    TO_A_STAND_BY = "stand-by"
    NOWHERE = "nowhere"


@define
class Relay:
    """Where to connect, and where that leads now.

    A connection stays with the server that it was opened to, as with any name. `NOWHERE` also silences, for good, whatever was
    open before: what is sent is received and never answered, as by a server that is frozen or whose machine was unplugged.
    """

    url: str
    leader: str
    leads: Leads = Leads.TO_THE_LEADER
    opened: int = 0
    silenced: int = 0
    _open: set[asyncio.Task[None]] = field(factory=set, repr=False)

    def fall_silent(self) -> None:
        """Nobody answers any more, on any connection of now or later."""
        self.leads = Leads.NOWHERE
        self.silenced = self.opened

    def lead_to(self, where: Leads) -> None:
        """Connections from now on come there."""
        self.leads = where

    def lead_to_server(self, url: str) -> None:
        """Connections from now on come to another server, as it is."""
        self.leader = url
        self.leads = Leads.TO_THE_LEADER

    def cut(self) -> None:
        """End every connection that is open, as a server that goes down does."""
        for one in self._open:
            one.cancel()


@asynccontextmanager
async def relay_to(url: str) -> AsyncIterator[Relay]:
    """A relay for as long as the block runs."""
    parts = urlsplit(url)
    relay = Relay(url, leader=url)

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        relay._open.add(task)
        task.add_done_callback(relay._open.discard)
        with suppress(asyncio.CancelledError, ConnectionError):  # the relay, its caller or the server is gone
            await _carry(relay, urlsplit(relay.leader), reader, writer)

    server = await asyncio.start_server(carry, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    credentials = parts.netloc.rpartition("@")[0]
    relay.url = urlunsplit(parts._replace(netloc=f"{credentials}@127.0.0.1:{port}"))
    try:
        yield relay
    finally:
        server.close()
        left = [*relay._open]
        relay.cut()
        await asyncio.gather(*left, return_exceptions=True)


async def _carry(relay: Relay, to: SplitResult, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    relay.opened += 1
    number = relay.opened
    if relay.leads is Leads.NOWHERE:
        relay.silenced = max(relay.silenced, number)
    starts = relay.leads is Leads.TO_A_STAND_BY
    from_server, to_server = await asyncio.open_connection(to.hostname, to.port)
    back = asyncio.create_task(_pump(relay, number, from_server, writer))
    try:
        while data := await reader.read(65_536):
            if number > relay.silenced:
                to_server.write(_reading_only(data) if starts else data)
                starts = starts and not _is_startup(data)
    finally:
        back.cancel()
        writer.close()
        to_server.close()


async def _pump(relay: Relay, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65_536):
            if number > relay.silenced:
                writer.write(data)
        if number > relay.silenced:
            writer.close()
    except ConnectionError:
        return


def _is_startup(data: bytes) -> bool:
    return data[4:8] == (196_608).to_bytes(4, "big")


def _reading_only(data: bytes) -> bytes:
    """A start as a stand-by would take it: what follows reads only."""
    if not _is_startup(data):
        return data
    told = data[4:-1] + _ONLY_READS + b"\0"
    return (len(told) + 4).to_bytes(4, "big") + told
