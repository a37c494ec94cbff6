"""Names are looked up beside everything else, so that a name server that does not answer holds up its own name alone (R39)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Thread
from typing import TypeAlias

from attrs import define, field

Ask: TypeAlias = Callable[[str, int], Sequence[str]]
"""The IP addresses of a name, however long that takes. Raises OSError where it has none."""


def addresses_of(host: str, port: int) -> Sequence[str]:
    """What this machine's resolver says."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for _, _, _, _, address in found))


@define
class Lookups:
    """Looks names up, each in a thread of its own; who asks for a name that is being looked up waits for the same answer.

    Not in the threads of the event loop: those are few, and whoever owns a name decides how long its look-up takes. The names
    of payment providers are looked up there.
    """

    ask: Ask = addresses_of
    _under_way: dict[tuple[str, int], Future[Sequence[str]]] = field(factory=dict, init=False, repr=False)

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Whoever is weary may stop waiting; the look-up goes on. Raises OSError."""
        asked = self._under_way.get((host, port)) or self._begun(host, port)
        return await asyncio.wrap_future(asked)

    def _begun(self, host: str, port: int) -> Future[Sequence[str]]:
        asked = self._under_way[host, port] = Future()
        asked.set_running_or_notify_cancel()

        def look_up() -> None:
            try:
                found = self.ask(host, port)
            except BaseException as error:  # noqa: BLE001 - raised where it is awaited
                del self._under_way[host, port]
                asked.set_exception(error)
            else:
                del self._under_way[host, port]
                asked.set_result(found)

        Thread(target=look_up, name=f"look up {host}", daemon=True).start()  # nobody's end waits for it
        return asked
