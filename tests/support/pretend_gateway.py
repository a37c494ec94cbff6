"""A payment provider of one's own, in memory: it does what a test tells it, and counts what it was asked (fake adapter)."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

from attrs import define, evolve, field

from retail_domain.kernel.money import Money
from retail_domain.payments import (
    Ack,
    ChargeRequest,
    ChargeStarted,
    Flow,
    GatewayError,
    Notification,
    PaymentSnapshot,
    PaymentStatus,
    RawNotification,
    RawReply,
    RefundRequest,
    RefundSnapshot,
    RefundStatus,
    Rejected,
)
from retail_domain.payments.gateway import Capabilities, MerchantRef, NotificationForged, ReferenceConflict, RefundRef, ShowQr


@define
class PretendGateway:
    """Remembers every charge and refund by reference; `trouble` makes the next calls of a verb fail, before or after effect."""

    code: str = "sandbox"
    charges: dict[str, PaymentSnapshot] = field(factory=dict)
    requests: dict[str, ChargeRequest] = field(factory=dict)
    refunds: dict[str, RefundSnapshot] = field(factory=dict)
    calls: list[str] = field(factory=list)
    before: dict[str, list[GatewayError]] = field(factory=dict)
    after: dict[str, list[GatewayError]] = field(factory=dict)
    on_close: Callable[[str], None] | None = None
    on_begin: Callable[[], Awaitable[None]] | None = None
    """Happens once, while a call to begin is on its way."""
    begins_as: PaymentStatus = PaymentStatus.PENDING
    refund_becomes: RefundStatus = RefundStatus.SUCCEEDED

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(flows=frozenset({Flow.DESKTOP_QR, Flow.DESKTOP_PAGE}))

    async def begin(self, request: ChargeRequest) -> ChargeStarted:
        self._called("begin")
        if self.requests.get(request.ref, request) != request:
            raise ReferenceConflict(gateway=self.code, reason="reference_conflict")
        if request.ref not in self.charges:
            self.requests[request.ref] = request
            self.charges[request.ref] = PaymentSnapshot(ref=request.ref, status=self.begins_as, amount=request.amount)
        meanwhile, self.on_begin = self.on_begin, None
        if meanwhile is not None:
            await meanwhile()
        self._done("begin")
        return ChargeStarted(action=ShowQr(f"qr:{request.ref}"), snapshot=self.charges[request.ref])

    async def query(self, ref: MerchantRef) -> PaymentSnapshot:
        self._called("query")
        self._done("query")
        return self._of(ref)

    async def close(self, ref: MerchantRef) -> PaymentSnapshot:
        self._called("close")
        if self.on_close is not None:
            self.on_close(ref)
        if ref in self.charges and self.charges[ref].status is PaymentStatus.PENDING:
            self.charges[ref] = evolve(self.charges[ref], status=PaymentStatus.CLOSED)
        self._done("close")
        return self._of(ref)

    async def refund(self, request: RefundRequest) -> RefundSnapshot:
        self._called("refund")
        paid = self.charges[request.payment_ref]
        assert paid.amount is not None
        if self._refunded(request.payment_ref) + request.amount.minor > paid.amount.minor:
            raise Rejected(gateway=self.code, reason="more than was paid")
        self.refunds.setdefault(
            request.refund_ref,
            RefundSnapshot(
                refund_ref=request.refund_ref, payment_ref=request.payment_ref, status=self.refund_becomes,
                amount=request.amount, provider_ref=f"R-{request.refund_ref}",
            ),
        )  # fmt: skip
        self._done("refund")
        return self.refunds[request.refund_ref]

    async def query_refund(self, payment_ref: MerchantRef, refund_ref: RefundRef) -> RefundSnapshot:
        self._called("query_refund")
        self._done("query_refund")
        missing = RefundSnapshot(refund_ref=refund_ref, payment_ref=payment_ref, status=RefundStatus.NOT_FOUND)
        return self.refunds.get(refund_ref, missing)

    # ---- what a test does -------------------------------------------------------------------------------------------------

    def pay(self, ref: str, amount: Money | None = None) -> PaymentSnapshot:
        """The buyer pays."""
        known = self.charges[ref]
        self.charges[ref] = evolve(
            known, status=PaymentStatus.SUCCEEDED, amount=amount or known.amount, provider_ref=f"P-{ref}"
        )
        return self.charges[ref]

    def moved(self) -> int:
        """What the provider holds in the end: taken less given back."""
        taken = sum(one.amount.minor for one in self.charges.values() if one.status is PaymentStatus.SUCCEEDED and one.amount)
        return taken - sum(self._refunded(ref) for ref in self.charges)

    def _refunded(self, ref: str) -> int:
        done = (one for one in self.refunds.values() if one.payment_ref == ref and one.status is not RefundStatus.CLOSED)
        return sum(one.amount.minor for one in done if one.amount)

    def _of(self, ref: MerchantRef) -> PaymentSnapshot:
        return self.charges.get(ref) or PaymentSnapshot(ref=ref, status=PaymentStatus.NOT_FOUND)

    def _called(self, verb: str) -> None:
        self.calls.append(verb)
        if self.before.get(verb):
            raise self.before[verb].pop(0)

    def _done(self, verb: str) -> None:
        if self.after.get(verb):
            raise self.after[verb].pop(0)


class PretendReader:
    """Reads notices of the pretend provider: a body that starts with the secret is genuine."""

    def read(self, raw: RawNotification) -> Notification:
        if not raw.body.startswith(b"secret "):
            raise NotificationForged(gateway="sandbox")
        told = json.loads(raw.body.removeprefix(b"secret "))
        subject: PaymentSnapshot | RefundSnapshot
        amount = Money(told["minor"], told["currency"]) if told["minor"] is not None else None
        if told["kind"] == "refund":
            subject = RefundSnapshot(
                refund_ref=told["ref"], payment_ref=told["payment_ref"], status=RefundStatus(told["status"]), amount=amount,
                provider_ref=told["provider_ref"],
            )  # fmt: skip
        else:
            subject = PaymentSnapshot(
                ref=told["ref"], status=PaymentStatus(told["status"]), amount=amount, provider_ref=told["provider_ref"]
            )
        return Notification(event_id=told["event_id"], subject=subject)

    def reply(self, ack: Ack) -> RawReply:
        return RawReply({Ack.DONE: 200, Ack.RETRY_LATER: 503, Ack.REFUSED: 401}[ack], ack.value.encode(), "text/plain")


def notice(snapshot: PaymentSnapshot | RefundSnapshot, event_id: str = "evt-1") -> bytes:
    """The body of a genuine notice."""
    told = {
        "event_id": event_id, "status": snapshot.status.value, "provider_ref": snapshot.provider_ref,
        "minor": snapshot.amount.minor if snapshot.amount else None,
        "currency": snapshot.amount.currency if snapshot.amount else None,
    }  # fmt: skip
    if isinstance(snapshot, PaymentSnapshot):
        told |= {"kind": "payment", "ref": snapshot.ref}
    else:
        told |= {"kind": "refund", "ref": snapshot.refund_ref, "payment_ref": snapshot.payment_ref}
    return b"secret " + json.dumps(told).encode()
