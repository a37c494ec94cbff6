"""What the simulated provider does with money: create, query, close, refund, and what buyers do."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping

from attrs import define, evolve, frozen

from retail_entrypoints.simulators.sandbox.clock import Clock, parse_time
from retail_entrypoints.simulators.sandbox.faults import Faults
from retail_entrypoints.simulators.sandbox.reading import Document, Refused, read_payment, read_refund, spelled, written
from retail_entrypoints.simulators.sandbox.records import Notice, Payment, Refund
from retail_entrypoints.simulators.sandbox.store import Store


@define
class Habits:
    """How the provider behaves until told otherwise."""

    sends_notices: bool = True
    refund_result: str = "succeeded"
    """What becomes of a refund at once: `succeeded`, or `pending` until the control decides."""


@frozen(kw_only=True)
class Provider:
    """The rules of the simulated provider over its store; every method is one step that cannot be interrupted."""

    merchant: str
    store: Store
    clock: Clock
    faults: Faults
    pay_url: Callable[[str], str]
    habits: Habits

    # ---- what the merchant asks -------------------------------------------------------------------------------------

    def create(self, asked: Mapping[str, object]) -> Document:
        """Begin a payment; an equal repeat finds it, another content under the reference is refused."""
        wanted = read_payment(asked)
        known = self.store.payment(wanted.ref)
        if known is None:
            if parse_time(wanted.expires_at) <= self.clock.now():
                raise Refused(409, "expired")
            self.store.keep_payment(wanted)
        elif known.asked != wanted.asked:
            raise Refused(409, "reference_conflict")
        return self.payment(wanted.ref)

    def payment(self, ref: str) -> Document:
        """A payment as it stands."""
        return self.told(self.find(ref))

    def close(self, ref: str) -> Document:
        """Make a payment unpayable; a paid one is refused and told."""
        payment = self.find(ref)
        if payment.status == "succeeded":
            raise Refused(409, "already_paid", payment=self.told(payment))
        if payment.status == "pending":
            payment = self._decide(payment, "closed")
            self.store.keep_payment(payment)
        return self.told(payment)

    def refund(self, payment_ref: str, asked: Mapping[str, object]) -> Document:
        """Give money back once per refund reference, never more than was taken."""
        payment = self.find(payment_ref)
        wanted = read_refund(payment, asked, self.habits.refund_result)
        known = self.store.refund(wanted.ref)
        if known is not None:
            if (known.payment_ref, known.minor, known.currency) != (payment_ref, wanted.minor, wanted.currency):
                raise Refused(409, "reference_conflict")
            return self.told_refund(known)
        if payment.status != "succeeded":
            raise Refused(409, "not_paid")
        if wanted.minor + self._given_back(payment, ("succeeded", "pending", "needs_attention")) > payment.minor:
            raise Refused(409, "over_refund")
        with self.store.together():
            self.store.keep_refund(wanted)
            if wanted.status == "succeeded":
                self._tell_refund(payment, wanted)
        return self.told_refund(wanted)

    def refund_of(self, payment_ref: str, ref: str) -> Document:
        """A refund as it stands."""
        refund = self.store.refund(ref)
        if refund is None or refund.payment_ref != payment_ref:
            raise Refused(404, "not_found")
        return self.told_refund(refund)

    # ---- what buyers and banks do -----------------------------------------------------------------------------------

    def pay(self, ref: str, *, force: bool = False) -> Document:
        """The buyer pays; with force also a payment that is over, or again, which tells the merchant once more."""
        return self._turn(ref, "succeeded", force=force)

    def fail(self, ref: str) -> Document:
        """The buyer's bank says no, for good."""
        return self._turn(ref, "failed")

    def expire(self, ref: str) -> Document:
        """The time to pay is over, whatever the clock says."""
        return self._turn(ref, "closed")

    def settle_refund(self, ref: str, status: str) -> Document:
        """The bank decides about a refund that was pending or needed attention."""
        refund = self.store.refund(ref)
        if refund is None:
            raise Refused(404, "not_found")
        if refund.status in ("succeeded", "closed"):
            raise Refused(409, "already_decided", refund=self.told_refund(refund))
        settled = evolve(refund, status=status)
        with self.store.together():
            self.store.keep_refund(settled)
            notice = self._tell_refund(self.find(refund.payment_ref), settled)
        return {"refund": self.told_refund(settled), "notice": notice.event_id}

    # ---- how it is told ---------------------------------------------------------------------------------------------

    def find(self, ref: str) -> Payment:
        """The payment, closed if its time is over."""
        payment = self.store.payment(ref)
        if payment is None:
            raise Refused(404, "not_found")
        if payment.status == "pending" and self.clock.now() >= parse_time(payment.expires_at):
            return evolve(payment, status="closed", occurred_at=payment.expires_at)
        return payment

    def told(self, payment: Payment) -> Document:
        """A payment in the words of the protocol."""
        return {
            "ref": payment.ref,
            "merchant": self.merchant,
            "provider_ref": payment.provider_ref,
            "status": payment.status,
            "amount": {"minor": payment.minor, "currency": payment.currency},
            "refunded": {"minor": self._given_back(payment, ("succeeded",)), "currency": payment.currency},
            "expires_at": payment.expires_at,
            "occurred_at": payment.occurred_at,
            "pay_url": self.pay_url(payment.ref),
        }

    def told_refund(self, refund: Refund) -> Document:
        """A refund in the words of the protocol."""
        return {
            "refund_ref": refund.ref,
            "payment_ref": refund.payment_ref,
            "merchant": self.merchant,
            "provider_ref": refund.provider_ref,
            "status": refund.status,
            "amount": {"minor": refund.minor, "currency": refund.currency},
        }

    def _turn(self, ref: str, status: str, *, force: bool = False) -> Document:
        payment = self.find(ref)
        if payment.status != "pending" and not force:
            raise Refused(409, f"payment_{payment.status}", payment=self.told(payment))
        if payment.status != status:
            payment = self._decide(payment, status)
        with self.store.together():
            self.store.keep_payment(payment)
            notice = self._owe(f"payment.{status}", payment.ref, payment.notify_url, "payment", self.told(payment))
        return {"payment": self.told(payment), "notice": notice.event_id}

    def _decide(self, payment: Payment, status: str) -> Payment:
        return evolve(payment, status=status, occurred_at=written(self.clock.now()))

    def _given_back(self, payment: Payment, statuses: tuple[str, ...]) -> int:
        return sum(refund.minor for refund in self.store.refunds_of(payment.ref) if refund.status in statuses)

    def _tell_refund(self, payment: Payment, refund: Refund) -> Notice:
        return self._owe(f"refund.{refund.status}", refund.ref, payment.notify_url, "refund", self.told_refund(refund))

    def _owe(self, kind: str, ref: str, url: str, subject: str, document: Document) -> Notice:
        event_id = f"evt_{secrets.token_hex(12)}"
        body = {"event_id": event_id, "kind": kind, "merchant": self.merchant, subject: self.misstated(document, "notice")}
        notice = Notice(event_id=event_id, kind=kind, ref=ref, url=url, body=spelled(body))
        self.store.keep_notice(notice)
        return notice

    def misstated(self, document: Document, place: str) -> Document:
        """The same with a wrong amount or currency, if such a fault waits."""
        amount = document.get("amount")
        if amount is None:
            return document
        if self.faults.take(place, "wrong_amount"):
            amount = {**amount, "minor": amount["minor"] + 1}
        if self.faults.take(place, "wrong_currency"):
            amount = {**amount, "currency": "USD" if amount["currency"] != "USD" else "EUR"}
        return {**document, "amount": amount}
