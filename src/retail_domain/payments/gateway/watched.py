"""Whether a provider answers: what this process has seen of it, so that staff can be told before buyers tell them."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, TypeVar

from attrs import define, evolve, field, frozen

from retail_domain.kernel.clock import Clock
from retail_domain.kernel.errors import Kind
from retail_domain.payments.gateway.charges import Capabilities, ChargeRequest
from retail_domain.payments.gateway.errors import GatewayError
from retail_domain.payments.gateway.ports import PaymentGateway
from retail_domain.payments.gateway.references import MerchantRef, RefundRef
from retail_domain.payments.gateway.snapshots import ChargeStarted, PaymentSnapshot, RefundRequest, RefundSnapshot

A = TypeVar("A")

TRIES_LEAST: Final = 3
LASTS_LEAST: Final = timedelta(minutes=2)
"""A provider that let so many calls in a row fail, over so long a time, is down; a hiccup is none of staff's business."""


@frozen
class Outage:
    """Calls of one provider that failed, with none between that was answered."""

    gateway: str
    since: datetime
    until: datetime
    tries: int = 1
    reason: str = ""
    """Of the last one: a short word, never a body."""

    @property
    def is_down(self) -> bool:
        """Whether that is more than a hiccup. A clock that was set back makes none shorter."""
        return self.tries >= TRIES_LEAST and abs(self.until - self.since) >= LASTS_LEAST


@define
class GatewayWatch:
    """What this process has seen of its providers; others see for themselves, and nothing of it is stored."""

    clock: Clock
    _failing: dict[str, Outage] = field(factory=dict, init=False)

    async def watch(self, gateway: str, call: Awaitable[A]) -> A:
        """Make the call and remember how it went. A refusal is an answer."""
        try:
            answer = await call
        except GatewayError as error:
            if error.kind is Kind.UNAVAILABLE:
                self._failed(gateway, error)
            else:
                self._failing.pop(gateway, None)
            raise
        self._failing.pop(gateway, None)
        return answer

    def down(self) -> Sequence[Outage]:
        """Providers that do not answer."""
        return [outage for outage in self._failing.values() if outage.is_down]

    def _failed(self, gateway: str, error: GatewayError) -> None:
        at, known = self.clock.now(), self._failing.get(gateway)
        reason = error.reason or error.code
        if known is None:
            self._failing[gateway] = Outage(gateway, at, at, 1, reason)
        else:
            self._failing[gateway] = evolve(known, until=at, tries=known.tries + 1, reason=reason)


@frozen
class WatchedGateway:
    """A gateway of which it is remembered whether it answers."""

    gateway: PaymentGateway
    seen: GatewayWatch

    @property
    def code(self) -> str:
        """The gateway's own."""
        return self.gateway.code

    @property
    def capabilities(self) -> Capabilities:
        """The gateway's own."""
        return self.gateway.capabilities

    async def begin(self, request: ChargeRequest) -> ChargeStarted:
        """See `PaymentGateway.begin`."""
        return await self.seen.watch(self.code, self.gateway.begin(request))

    async def query(self, ref: MerchantRef) -> PaymentSnapshot:
        """See `PaymentGateway.query`."""
        return await self.seen.watch(self.code, self.gateway.query(ref))

    async def close(self, ref: MerchantRef) -> PaymentSnapshot:
        """See `PaymentGateway.close`."""
        return await self.seen.watch(self.code, self.gateway.close(ref))

    async def refund(self, request: RefundRequest) -> RefundSnapshot:
        """See `PaymentGateway.refund`."""
        return await self.seen.watch(self.code, self.gateway.refund(request))

    async def query_refund(self, payment_ref: MerchantRef, refund_ref: RefundRef) -> RefundSnapshot:
        """See `PaymentGateway.query_refund`."""
        return await self.seen.watch(self.code, self.gateway.query_refund(payment_ref, refund_ref))


def watched(gateways: Mapping[str, PaymentGateway], seen: GatewayWatch) -> Mapping[str, PaymentGateway]:
    """The same gateways, each watched."""
    return {code: WatchedGateway(gateway, seen) for code, gateway in gateways.items()}
