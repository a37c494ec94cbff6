"""The signed calls a merchant makes, and how they go wrong on request."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Final

from attrs import evolve, frozen

from retail_entrypoints.simulators.sandbox.http import Reply, Request, json_reply
from retail_entrypoints.simulators.sandbox.provider import Provider
from retail_entrypoints.simulators.sandbox.reading import Document, Refused
from retail_entrypoints.simulators.sandbox.wire import SKEW_SECONDS_MAX, Call, Merchant, Seal, Unsigned, spoiled

_ROUTES: Final = (
    ("POST", re.compile(r"/v1/payments"), "create"),
    ("GET", re.compile(r"/v1/payments/([^/]+)"), "query"),
    ("POST", re.compile(r"/v1/payments/([^/]+)/close"), "close"),
    ("POST", re.compile(r"/v1/payments/([^/]+)/refunds"), "refund"),
    ("GET", re.compile(r"/v1/payments/([^/]+)/refunds/([^/]+)"), "query_refund"),
)


@frozen(kw_only=True)
class MerchantApi:
    """Believes signed calls only, and signs every answer, refusals included."""

    provider: Provider
    merchant: Merchant
    seal: Seal

    async def answer(self, request: Request) -> Reply:
        """The signed answer to a call, or whatever fault waits for it."""
        call = Call(method=request.method, target=request.target, headers=request.headers, body=request.body)
        try:
            self._believe(call)
            verb, carry_out = self._find(request)
        except Refused as no:
            return self._sealed(json_reply(no.document, no.status), call)
        return await self._perform(verb, carry_out, call)

    async def _perform(self, verb: str, carry_out: Callable[[], Document], call: Call) -> Reply:
        take = self.provider.faults.take
        if take(verb, "drop"):
            return Reply(is_cut=True)
        if take(verb, "throttle"):
            return self._sealed(json_reply({"code": "too_many"}, 429), call)
        if take(verb, "500"):
            return self._sealed(json_reply({"code": "system_error"}, 500), call)
        try:
            reply = json_reply(self.provider.misstated(carry_out(), verb))
        except Refused as no:
            reply = json_reply(no.document, no.status)
        if delay := take(verb, "delay"):
            await asyncio.sleep(delay.delay_ms / 1000)
        if take(verb, "timeout_after_effect"):
            return Reply(is_silent=True)
        if take(verb, "drop_after_effect"):
            return Reply(is_cut=True)
        if take(verb, "error_after_effect"):
            return Reply(status=502, body=b"bad gateway", headers={"content-type": "text/plain"})
        sealed = self._sealed(reply, call)
        return evolve(sealed, headers=spoiled(dict(sealed.headers))) if take(verb, "bad_signature") else sealed

    def _believe(self, call: Call) -> None:
        now_seconds = self.provider.clock.now().timestamp()
        try:
            nonce = self.merchant.believe(call, now_seconds=now_seconds)
        except Unsigned as no:
            raise Refused(401, str(no)) from None
        if not self.provider.store.use_nonce(nonce, now_seconds=now_seconds, keep_seconds=3 * SKEW_SECONDS_MAX):
            raise Refused(401, "nonce_reused")

    def _find(self, request: Request) -> tuple[str, Callable[[], Document]]:
        for method, path, verb in _ROUTES:
            if method == request.method and (found := path.fullmatch(request.path)):
                return verb, self._step(verb, found.groups(), request)
        raise Refused(404, "no_such_call")

    def _step(self, verb: str, refs: tuple[str, ...], request: Request) -> Callable[[], Document]:
        steps: dict[str, Callable[[], Document]] = {
            "create": lambda: self.provider.create(request.document()),
            "query": lambda: self.provider.payment(refs[0]),
            "close": lambda: self.provider.close(refs[0]),
            "refund": lambda: self.provider.refund(refs[0], request.document()),
            "query_refund": lambda: self.provider.refund_of(refs[0], refs[1]),
        }
        return steps[verb]

    def _sealed(self, reply: Reply, call: Call) -> Reply:
        stamp = int(self.provider.clock.now().timestamp())
        seal = self.seal.of_answer(reply.status, call.nonce, stamp, reply.body)
        return evolve(reply, headers={**reply.headers, **seal})
