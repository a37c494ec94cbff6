"""A payment provider with books of its own: the truth about money that the auditor holds the shop against (F5, F6)."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, Final

from attrs import define, evolve, field, frozen

from retail_domain.kernel.money import Money
from retail_domain.payments.gateway import (
    Ack,
    Capabilities,
    ChargeRequest,
    ChargeStarted,
    Flow,
    MerchantRef,
    Notification,
    NotificationForged,
    NotSent,
    OutcomeUnknown,
    PaymentSnapshot,
    PaymentStatus,
    RawNotification,
    RawReply,
    RefundRef,
    RefundRequest,
    RefundSnapshot,
    RefundStatus,
    Rejected,
    ShowQr,
)
from retail_domain.testing.simulation.mix import between, one_of
from retail_domain.testing.simulation.scheduler import PAUSE, Dice
from retail_domain.testing.simulation.trouble import Fault, Rare, Trouble

CODE: Final = "sandbox"
_SIGNATURE: Final = "signed by the provider"


@define(eq=False)
class Charge:
    """A payment in the provider's books."""

    ref: MerchantRef
    asked: Money
    expires_at: datetime
    status: PaymentStatus = PaymentStatus.PENDING
    taken: Money | None = None
    refunds: dict[str, Refunding] = field(factory=dict)
    unheard: bool = False
    """Whether the notice that it was paid got lost."""

    @property
    def given_back(self) -> int:
        """What left the provider for the buyer."""
        return sum(one.amount.minor for one in self.refunds.values() if one.status is RefundStatus.SUCCEEDED)

    @property
    def promised_back(self) -> int:
        """What left or may still leave."""
        return sum(one.amount.minor for one in self.refunds.values() if one.status is not RefundStatus.CLOSED)

    def snapshot(self) -> PaymentSnapshot:
        """How it stands."""
        return PaymentSnapshot(
            ref=self.ref, status=self.status, amount=self.taken if self.taken is not None else self.asked,
            provider_ref=f"P-{self.ref}" if self.taken is not None else None,
        )  # fmt: skip


@define(eq=False)
class Refunding:
    """A refund in the provider's books."""

    ref: RefundRef
    payment_ref: MerchantRef
    amount: Money
    status: RefundStatus
    becomes: RefundStatus

    def snapshot(self) -> RefundSnapshot:
        """How it stands."""
        return RefundSnapshot(
            refund_ref=self.ref, payment_ref=self.payment_ref, status=self.status, amount=self.amount,
            provider_ref=f"R-{self.ref}",
        )  # fmt: skip


@define(eq=False)
class Provider:
    """The provider itself: it outlives every crash of the shop."""

    now: Callable[[], datetime]
    trouble: Trouble
    dice: Dice
    later: Callable[[float, Callable[[], None]], None]
    """Does something after so many seconds."""
    send: Callable[[bytes, float], None]
    """Has a notice delivered after so many seconds, again and again until it is acknowledged."""
    charges: dict[str, Charge] = field(factory=dict)
    rejected: set[str] = field(factory=set)
    away_until: datetime | None = None
    told: int = 0
    odd: set[str] = field(factory=set)
    """The events of notices that contradict what the shop knows, each on its way until it is acknowledged."""

    def is_away(self) -> bool:
        """Whether nobody can reach it now."""
        return self.trouble.is_on and self.away_until is not None and self.now() < self.away_until

    def begin(self, request: ChargeRequest) -> None:
        """Take up a payment; nothing happens after its expiry."""
        if request.ref in self.charges or request.ref in self.rejected or request.expires_at <= self.now():
            return
        charge = Charge(request.ref, request.amount, request.expires_at)
        self.charges[request.ref] = charge
        if self.trouble.strikes(Fault.NOTICE_EARLY):
            self.take_money(charge)

    def take_money(self, charge: Charge) -> bool:
        """The buyer pays; whether that was possible."""
        if charge.status is not PaymentStatus.PENDING or charge.expires_at <= self.now():
            return False
        charge.status, charge.taken = PaymentStatus.SUCCEEDED, self._taken(charge.asked)
        self.tell(charge.snapshot())
        return True

    def fail(self, charge: Charge) -> None:
        """The buyer's bank says no, for good."""
        if charge.status is PaymentStatus.PENDING:
            charge.status = PaymentStatus.FAILED
            self.tell(charge.snapshot())
            if self.trouble.strikes(Fault.FAILED_THEN_PAID):
                self.later(self.dice.random() * 2 * 86_400, lambda: self._take_after_all(charge))

    def _take_after_all(self, charge: Charge) -> None:
        """The bank thinks better of it, and the provider tells so until it is heard."""
        charge.status, charge.taken = PaymentStatus.SUCCEEDED, charge.asked
        self.told += 1
        self._send_out(charge.snapshot(), is_odd=False)

    def close(self, ref: str) -> None:
        """It cannot be paid any more."""
        charge = self.charges.get(ref)
        if charge is not None and charge.status is PaymentStatus.PENDING:
            charge.status = PaymentStatus.CLOSED

    def refund(self, request: RefundRequest) -> Refunding:
        """Give money back, once for each reference. Raises Rejected."""
        charge = self.charges.get(request.payment_ref)
        if charge is None or charge.taken is None or request.amount.currency != charge.taken.currency:
            raise Rejected(gateway=CODE, reason="nothing to refund")
        known = charge.refunds.get(request.refund_ref)
        if known is not None:
            return known
        if charge.promised_back + request.amount.minor > charge.taken.minor:
            raise Rejected(gateway=CODE, reason="more than was paid")
        return self._give_back(charge, request)

    def tell(self, subject: PaymentSnapshot | RefundSnapshot) -> None:
        """Send a notice, unless it gets lost; perhaps late, perhaps several times."""
        self.told += 1
        is_mistold = isinstance(subject, RefundSnapshot) and self.trouble.strikes(Fault.REFUND_MISTOLD)
        if self.trouble.strikes(Fault.NOTICE_LOST):
            if isinstance(subject, PaymentSnapshot):
                self.charges[subject.ref].unheard = True
            return
        self._send_out(_one_more(subject) if is_mistold else subject, is_odd=is_mistold)

    def _send_out(self, subject: PaymentSnapshot | RefundSnapshot, *, is_odd: bool) -> None:
        event_id = f"evt-{self.told}"
        body = notice_body(subject, event_id, _SIGNATURE)
        if is_odd:
            self.odd.add(event_id)
        for _ in range(between(self.dice, 2, 4) if self.trouble.strikes(Fault.NOTICE_TWICE) else 1):
            late = self.trouble.strikes(Fault.NOTICE_LATE)
            self.send(body, self.dice.random() * (3 * 86_400 if self.dice.random() < 0.2 else 3_600) if late else 0.0)

    def _taken(self, asked: Money) -> Money:
        if self.trouble.strikes(Fault.WRONG_AMOUNT):
            return Money(max(1, asked.minor - 1 - int(self.dice.random() * asked.minor)), asked.currency)
        return Money(asked.minor, "USD") if self.trouble.strikes(Fault.WRONG_CURRENCY) else asked

    def _give_back(self, charge: Charge, request: RefundRequest) -> Refunding:
        becomes = RefundStatus.SUCCEEDED
        if self.trouble.strikes(Fault.REFUND_CLOSED):
            becomes = RefundStatus.CLOSED
        elif self.trouble.strikes(Fault.REFUND_STUCK):
            becomes = RefundStatus.NEEDS_ATTENTION
        slow = self.trouble.strikes(Fault.REFUND_SLOW)
        status = RefundStatus.PENDING if slow else becomes
        made = Refunding(request.refund_ref, request.payment_ref, request.amount, status, becomes)
        charge.refunds[request.refund_ref] = made
        self._tell_astray(made)
        self.later(self.dice.random() * 7_200 if slow else 0.0, lambda: self._decide(made))
        return made

    def _decide(self, made: Refunding) -> None:
        made.status = made.becomes
        self.tell(made.snapshot())
        if made.status is RefundStatus.NEEDS_ATTENTION and self.trouble.strikes(Fault.REFUND_AFTER_ALL):
            self.later(self.dice.random() * 2 * 86_400, lambda: self._pay_after_all(made))

    def _pay_after_all(self, made: Refunding) -> None:
        if made.status is RefundStatus.NEEDS_ATTENTION:
            made.status = RefundStatus.SUCCEEDED
            self.tell(made.snapshot())

    def _tell_astray(self, made: Refunding) -> None:
        others = [ref for ref in self.charges if ref != made.payment_ref]
        if others and self.trouble.strikes(Fault.REFUND_ASTRAY):
            self.told += 1
            other = evolve(made.snapshot(), status=RefundStatus.SUCCEEDED, payment_ref=MerchantRef(one_of(self.dice, others)))
            self._send_out(other, is_odd=True)


@frozen
class SimulatedGateway:
    """The provider as one process of the shop sees it: through a network."""

    provider: Provider

    @property
    def code(self) -> str:
        """`sandbox`."""
        return CODE

    @property
    def capabilities(self) -> Capabilities:
        """Two ways of paying, so that one attempt can get in the way of another."""
        return Capabilities(flows=frozenset({Flow.DESKTOP_QR, Flow.DESKTOP_PAGE}))

    async def begin(self, request: ChargeRequest) -> ChargeStarted:
        """Start a payment."""
        if request.ref not in self.provider.charges and self.provider.trouble.strikes(Fault.REJECTED):
            self.provider.rejected.add(request.ref)
        await self._call(lambda: self.provider.begin(request), may_come_later=True)
        charge = self.provider.charges.get(request.ref)
        if charge is None:
            raise Rejected(gateway=CODE, reason="no thanks")
        return ChargeStarted(action=ShowQr(f"qr:{request.ref}"), snapshot=charge.snapshot())

    async def query(self, ref: MerchantRef) -> PaymentSnapshot:
        """How the payment stands."""
        await self._call(lambda: None)
        return self._of(ref)

    async def close(self, ref: MerchantRef) -> PaymentSnapshot:
        """Make sure the payment can no longer be paid."""
        await self._call(lambda: self.provider.close(ref))
        return self._of(ref)

    async def refund(self, request: RefundRequest) -> RefundSnapshot:
        """Give money back."""
        await self._call(lambda: self.provider.refund(request))
        return self.provider.refund(request).snapshot()

    async def query_refund(self, payment_ref: MerchantRef, refund_ref: RefundRef) -> RefundSnapshot:
        """How the refund stands."""
        await self._call(lambda: None)
        charge = self.provider.charges.get(payment_ref)
        known = charge.refunds.get(refund_ref) if charge is not None else None
        missing = RefundSnapshot(refund_ref=refund_ref, payment_ref=payment_ref, status=RefundStatus.NOT_FOUND)
        return known.snapshot() if known is not None else missing

    def _of(self, ref: MerchantRef) -> PaymentSnapshot:
        charge = self.provider.charges.get(ref)
        if charge is None or (charge.taken is None and self.provider.trouble.strikes(Fault.FORGETFUL)):
            return PaymentSnapshot(ref=ref, status=PaymentStatus.NOT_FOUND)
        return charge.snapshot()

    async def _call(self, effect: Callable[[], object], *, may_come_later: bool = False) -> None:
        trouble = self.provider.trouble
        await PAUSE
        if self.provider.is_away() or trouble.strikes(Fault.NOT_SENT):
            raise NotSent(gateway=CODE, reason="refused")
        if trouble.strikes(Fault.TIMEOUT_BEFORE):
            raise OutcomeUnknown(gateway=CODE, reason="timeout")
        if may_come_later and trouble.strikes(Fault.TIMEOUT_LATER):
            self.provider.later(self.provider.dice.random() * 3_600, lambda: _quietly(effect))
            raise OutcomeUnknown(gateway=CODE, reason="timeout")
        effect()
        try:
            await PAUSE
        except GeneratorExit:
            trouble.happened(Rare.CRASH_IN_CALL)
            raise
        if trouble.strikes(Fault.TIMEOUT_AFTER):
            raise OutcomeUnknown(gateway=CODE, reason="timeout")


def _one_more(subject: Any) -> Any:
    return evolve(subject, amount=Money(subject.amount.minor + 1, subject.amount.currency))


def _quietly(effect: Callable[[], object]) -> None:
    effect()


class SimulatedReader:
    """Reads the provider's notices: one that is not signed by it is forged."""

    def read(self, raw: RawNotification) -> Notification:
        """What it says. Raises NotificationForged."""
        told = json.loads(raw.body)
        if told["signature"] != _SIGNATURE:
            raise NotificationForged(gateway=CODE)
        amount = Money(told["minor"], told["currency"])
        subject: PaymentSnapshot | RefundSnapshot
        if told["refund_ref"] is not None:
            subject = RefundSnapshot(
                refund_ref=told["refund_ref"], payment_ref=told["ref"], status=RefundStatus(told["status"]), amount=amount,
                provider_ref=told["provider_ref"],
            )  # fmt: skip
        else:
            subject = PaymentSnapshot(
                ref=told["ref"], status=PaymentStatus(told["status"]), amount=amount, provider_ref=told["provider_ref"]
            )
        return Notification(event_id=told["event_id"], subject=subject)

    def reply(self, ack: Ack) -> RawReply:
        """What the provider is told."""
        return RawReply({Ack.DONE: 200, Ack.RETRY_LATER: 503, Ack.REFUSED: 401}[ack], ack.value.encode(), "text/plain")


def notice_body(subject: PaymentSnapshot | RefundSnapshot, event_id: str, signature: str) -> bytes:
    """A notice as it travels."""
    assert subject.amount is not None
    told = {
        "event_id": event_id, "signature": signature, "status": subject.status.value, "provider_ref": subject.provider_ref,
        "minor": subject.amount.minor, "currency": subject.amount.currency,
        "ref": subject.payment_ref if isinstance(subject, RefundSnapshot) else subject.ref,
        "refund_ref": subject.refund_ref if isinstance(subject, RefundSnapshot) else None,
    }  # fmt: skip
    return json.dumps(told).encode()


Postman = Callable[[bytes], Coroutine[Any, Any, RawReply]]
"""Brings one notice to the shop."""
