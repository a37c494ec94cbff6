"""After the storm: is everything that was promised there, once, and does nothing else exist (R10, R12, R15, R25)?"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from attrs import define, field

from retail_domain.application import Retail
from retail_domain.kernel.ids import OrderId
from retail_domain.kernel.paging import PageRequest
from retail_domain.ordering import OrderStatus, OrderSummary, OrderView
from retail_domain.payments import RefundState, RefundView
from retail_entrypoints.container import OpenShop
from tests.support.crash.buyers import Promise, Records
from tests.support.sandbox import Sandbox

_SENT: Final = frozenset({OrderStatus.SHIPPED, OrderStatus.SIGNED, OrderStatus.COMPLETED})
_AWAY: Final = ("database.unreachable", "Application startup failed")


@define
class Verdict:
    """What was found, and what of it was wrong."""

    orders: int = 0
    taken: int = 0
    given_back: int = 0
    parcels: int = 0
    states: dict[str, int] = field(factory=dict)
    wrongs: list[str] = field(factory=list)


async def is_at_rest(retail: Retail) -> bool:
    """Nothing waits: no delivery, no unpaid order, no refund on its way."""
    if (await retail.background.outbox.open(PageRequest(1))).items:
        return False
    if (await retail.ordering.show.all(PageRequest(1), OrderStatus.PENDING_PAYMENT)).items:
        return False
    due = {one.account: one.balance.minor for one in await retail.payments.show.balances()}
    return due.get("refunds_due", 0) == 0


async def judged(shop: OpenShop, sandbox: Sandbox, records: Records, journal: str) -> Verdict:
    """Compare the shop with what clients were promised and with what the provider knows."""
    verdict = Verdict()
    verdict.wrongs += [f"audit: {finding}" for finding in await shop.audit()]
    verdict.wrongs += list(told_of_bugs(journal))
    if not await is_at_rest(shop.retail):
        verdict.wrongs.append("it does not come to rest")
    if sum(one.balance.minor for one in await shop.retail.payments.show.balances()) != 0:
        verdict.wrongs.append("the books do not balance")
    theirs = {one["ref"]: one for one in sandbox.payments()}
    orders = [order for order in await all_orders(shop.retail) if str(order.order_id) not in records.before]
    verdict.wrongs += list(strangers(orders, records))
    promises = _by_order(records.promises)
    for summary in orders:
        case = _Case(shop.retail, sandbox, theirs, promises.get(str(summary.order_id), ()), verdict)
        await case.judge(await shop.retail.ordering.show.show(summary.order_id))
    verdict.wrongs += [f"R12 the provider knows a payment the shop does not: {ref}" for ref in theirs]
    return verdict


def told_of_bugs(journal: str) -> Iterator[str]:
    """Whatever a process wrote down as an error is a bug, whoever caught it (R31, R47); that its database is away is none."""
    for line in journal.splitlines():
        said = _read(line)
        if said.get("severity") in ("error", "critical") and not any(word in line for word in _AWAY):
            yield f"journal: {line[:600]}"


def _read(line: str) -> dict[str, Any]:
    try:
        return dict(json.loads(line or "{}"))
    except ValueError:  # not of the journal, or cut off where its process was killed
        return {"severity": "error"} if "Traceback" in line or "Error" in line else {}


async def all_orders(retail: Retail) -> list[OrderSummary]:
    """Newest first."""
    found: list[OrderSummary] = []
    page = await retail.ordering.show.all(PageRequest(100))
    found += page.items
    while page.next_cursor is not None:
        page = await retail.ordering.show.all(PageRequest(100, page.next_cursor))
        found += page.items
    return found


def _by_order(promises: Sequence[Promise]) -> Mapping[str, list[Promise]]:
    found: dict[str, list[Promise]] = {}
    for promise in promises:
        found.setdefault(promise.order_id, []).append(promise)
    return found


def strangers(orders: Sequence[OrderSummary], records: Records) -> Iterator[str]:
    """R15, R18: clients asked until they were answered, so there is an order for each promise, and no other."""
    promised = Counter(promise.order_id for promise in records.promises if promise.kind == "placed")
    there = {str(one.order_id) for one in orders}
    yield from (f"R15 a promised order is not there: {id}" for id in promised if id not in there)
    yield from (f"R17 an order nobody was promised: {id}" for id in there if id not in promised)
    yield from (f"R17 an order promised twice: {id}" for id, times in promised.items() if times > 1)


@define
class _Case:
    """One order, what was promised of it, and its money at the provider."""

    retail: Retail
    sandbox: Sandbox
    theirs: dict[str, Any]
    promises: Sequence[Promise]
    verdict: Verdict

    async def judge(self, order: OrderView) -> None:
        self.verdict.orders += 1
        self.verdict.states[order.status.value] = self.verdict.states.get(order.status.value, 0) + 1
        refunds = await self.retail.payments.show.refunds_of_order(order.order_id)
        parcels = await self.retail.fulfilment.show.of_order(order.order_id)
        self.verdict.parcels += len(parcels)
        balance = await self._balance(order.order_id, refunds)
        self._holds(balance == order.paid.minor - order.refunded.minor, order, f"R10 the provider keeps {balance}")
        self._holds(len(parcels) == (order.status in _SENT), order, f"R15 {len(parcels)} parcels")
        for promise in self.promises:
            self._kept(promise, order, refunds, [str(parcel.id) for parcel in parcels])
        steps = Counter(step.event for step in await self.retail.ordering.show.history(order.order_id))
        self._holds(all(times == 1 for times in steps.values()), order, f"R13 {dict(steps)}")

    async def _balance(self, order_id: OrderId, refunds: Sequence[RefundView]) -> int:
        """What the provider took for this order and did not give back; every refund it knows is one of ours (R12)."""
        kept = 0
        for attempt in await self.retail.payments.show.of_order(order_id):
            known = self.theirs.get(attempt.payment_id.hex)
            if known is None or known["status"] != "succeeded":
                self.theirs.pop(attempt.payment_id.hex, None)
                continue
            taken = known["amount"]["minor"]
            back = self.sandbox.refunds(attempt.payment_id.hex) if refunds else []
            ours = sorted((one.refund_id.hex, one.amount.minor) for one in refunds if one.payment_id == attempt.payment_id)
            their = sorted((one["refund_ref"], one["amount"]["minor"]) for one in back if one["status"] == "succeeded")
            if ours != their:
                self.verdict.wrongs.append(f"R12 refunds differ: {ours} here, {their} there")
            given_back = sum(minor for _, minor in their)
            kept += taken - given_back
            self.verdict.taken += 1
            self.verdict.given_back += len(their)
            self.theirs.pop(attempt.payment_id.hex)
        return kept

    def _kept(self, promise: Promise, order: OrderView, refunds: Sequence[RefundView], parcels: Sequence[str]) -> None:
        told = promise.answer
        match promise.kind:
            case "placed":
                same = (order.number, order.payable.minor) == (told["number"], told["payable"]["minor"])
                self._holds(same, order, f"R15 promised {told}")
            case "shipped":
                self._holds(told["parcel_id"] in parcels, order, f"R15 promised {told}, there is {parcels}")
            case "refunded":
                (ours,) = [one for one in refunds if one.refund_id == UUID(told["refund_id"])] or [None]
                is_back = ours is not None and ours.state is RefundState.SUCCEEDED
                is_same = ours is not None and ours.amount.minor == told["amount"]["minor"]
                self._holds(is_back and is_same, order, f"R15 promised {told}")
            case "cancelled" if not told["is_closing"]:
                self._holds(order.status is OrderStatus.CLOSED, order, f"R15 promised {told}")

    def _holds(self, is_so: bool, order: OrderView, otherwise: str) -> None:
        if not is_so:
            self.verdict.wrongs.append(f"{order.number} ({order.status.value}): {otherwise}")
