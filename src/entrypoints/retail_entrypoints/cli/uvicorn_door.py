"""What uvicorn lacks by itself: connections that never ask for anything are closed, and there are only so many (R37)."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

from retail_entrypoints.cli.door_limits import CONNECTIONS_MAX, HEAD_SECONDS_MAX


class ImpatientProtocol(H11Protocol):
    """HTTP/1.1 for those who say what they want."""

    seconds_max: float = HEAD_SECONDS_MAX
    connections_max: int = CONNECTIONS_MAX
    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Somebody stands at the door."""
        super().connection_made(transport)
        if len(self.connections) > self.connections_max:
            transport.abort()
            return
        self._patience = self.loop.call_later(self.seconds_max, self._lose_patience)

    def data_received(self, data: bytes) -> None:
        """Bytes came: the clock runs on until they make the head of a request, and starts anew for the next."""
        super().data_received(data)
        if self._is_asking:
            self._calm_down()
        elif self._patience is None:
            self._patience = self.loop.call_later(self.seconds_max, self._lose_patience)

    def connection_lost(self, exc: Exception | None) -> None:
        """They are gone."""
        self._calm_down()
        super().connection_lost(exc)

    @property
    def _is_asking(self) -> bool:
        is_none = self.cycle is None  # until the first request, whatever its declared type says
        return not is_none and not self.cycle.response_complete

    def _calm_down(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _lose_patience(self) -> None:
        self._patience = None
        if not self._is_asking and not self.transport.is_closing():
            self.transport.close()
