"""Brings notices to the merchant, again and again until each is acknowledged."""

from __future__ import annotations

import asyncio
import secrets
from typing import Final

import httpx2
from attrs import define, evolve, field, frozen

from retail_entrypoints.simulators.sandbox.provider import Provider
from retail_entrypoints.simulators.sandbox.records import Notice
from retail_entrypoints.simulators.sandbox.wire import Seal, spoiled

ACKNOWLEDGEMENT: Final = b"acknowledged"
_IDLE_SECONDS: Final = 0.05


@frozen(kw_only=True)
class SignedNotice:
    """One delivery, ready to send: where to, under which headers, and the raw body."""

    url: str
    headers: dict[str, str]
    body: bytes


@frozen
class Came:
    """What came back for a delivery; nobody answering is a status of None."""

    status: int | None = None
    acknowledged: bool = False


@define
class _Round:
    """When a notice goes out next, by the loop's clock, and whether it is on its way."""

    due: float
    is_out: bool = False
    was_held: bool = False


@frozen(kw_only=True)
class Postman:
    """Delivers what the store owes; waiting times are real time, so a standing test clock does not stop it."""

    provider: Provider
    seal: Seal
    retry_seconds: tuple[float, ...]
    _client: httpx2.AsyncClient = field(
        factory=lambda: httpx2.AsyncClient(timeout=5.0, follow_redirects=False, trust_env=False), repr=False
    )
    _rounds: dict[str, _Round] = field(factory=dict, repr=False)
    _tasks: set[asyncio.Task[None]] = field(factory=set, repr=False)

    async def walk(self) -> None:
        """Deliver until cancelled."""
        try:
            while True:
                if self.provider.habits.sends_notices:
                    self._send_what_is_due()
                await asyncio.sleep(_IDLE_SECONDS)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await self._client.aclose()

    def sign(self, notice: Notice) -> SignedNotice:
        """A fresh, genuine delivery of a notice; its body is the same in every one."""
        body, stamp = notice.body.encode(), int(self.provider.clock.now().timestamp())
        headers = {"content-type": "application/json", **self.seal.of_notice(secrets.token_hex(16), stamp, body)}
        return SignedNotice(url=notice.url, headers=headers, body=body)

    async def repeat(self, notice: Notice, times: int) -> list[Came]:
        """Deliver a notice that many times at once, whatever was acknowledged before."""
        return list(await asyncio.gather(*(self._post(self.sign(notice)) for _ in range(times))))

    def forget(self) -> None:
        """Nothing is owed any more."""
        self._rounds.clear()

    def _send_what_is_due(self) -> None:
        now = asyncio.get_running_loop().time()
        for notice in self.provider.store.owed_notices():
            waiting = self._rounds.setdefault(notice.event_id, _Round(due=now))
            if waiting.is_out or waiting.due > now:
                continue
            if not waiting.was_held and (fault := self.provider.faults.take("notice", "reorder")):
                waiting.was_held, waiting.due = True, now + fault.delay_ms / 1000
                continue
            waiting.is_out = True
            task = asyncio.create_task(self._deliver(notice, waiting))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _deliver(self, notice: Notice, waiting: _Round) -> None:
        """One delivery with whatever misbehaviour waits for it, and a note of what came back."""
        came = await self._try(notice)
        waits = self.retry_seconds[min(notice.attempts, len(self.retry_seconds) - 1)]
        waiting.is_out, waiting.due = False, asyncio.get_running_loop().time() + waits
        known = self.provider.store.notice(notice.event_id)
        if known is not None:  # a reset may have come in between
            noted = evolve(known, attempts=known.attempts + 1, acknowledged=came.acknowledged, last_status=came.status)
            self.provider.store.keep_notice(noted)
        if not waiting.was_held:
            self._let_go_of_held_ones()

    async def _try(self, notice: Notice) -> Came:
        faults = self.provider.faults
        if delay := faults.take("notice", "delay"):
            await asyncio.sleep(delay.delay_ms / 1000)
        if faults.take("notice", "drop"):
            return Came()
        signed = self.sign(notice)
        if faults.take("notice", "bad_signature"):
            signed = evolve(signed, headers=spoiled(signed.headers))
        if faults.take("notice", "duplicate"):
            one, other = await asyncio.gather(self._post(signed), self._post(self.sign(notice)))
            return one if one.acknowledged else other
        return await self._post(signed)

    async def _post(self, signed: SignedNotice) -> Came:
        try:
            answer = await self._client.post(signed.url, content=signed.body, headers=signed.headers)
        except (httpx2.HTTPError, httpx2.InvalidURL):
            return Came()
        return Came(answer.status_code, answer.status_code == 200 and answer.content == ACKNOWLEDGEMENT)

    def _let_go_of_held_ones(self) -> None:
        now = asyncio.get_running_loop().time()
        for waiting in self._rounds.values():
            if waiting.was_held and not waiting.is_out:
                waiting.due = min(waiting.due, now)
