"""A payment provider that does not answer is told to staff: once in a while, and only as long as it lasts (MSG-R1)."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta
from typing import Final

import pytest
from attrs import define, field

from retail_domain.accounts import AddStaff, Role
from retail_domain.kernel.actor import Actor
from retail_domain.messages import MessageLetter, SendAnswer, SendResult
from retail_domain.payments import Flow, GatewayError, NotSent, OutcomeUnknown, Rejected, StartPayment
from retail_domain.payments.gateway import Misconfigured
from retail_domain.payments.gateway.watched import LASTS_LEAST, TRIES_LEAST
from retail_domain.processes.purchase.checkout import PlaceOrder
from retail_domain.processes.worker.messages import AGAIN_AFTER
from tests.support.market import Market, open_market
from tests.support.pretend_gateway import PretendGateway
from tests.support.stores import Place

AWAY: Final = NotSent(gateway="sandbox", reason="connect")


@define
class Robot:
    """The group in which staff read."""

    heard: list[MessageLetter] = field(factory=list)
    repeats: bool = True

    async def send(self, letter: MessageLetter) -> SendAnswer:
        self.heard.append(letter)
        return SendAnswer(SendResult.TAKEN)

    async def ask(self, letter: MessageLetter) -> SendAnswer:
        return SendAnswer(SendResult.UNKNOWN)

    def told(self) -> list[dict[str, str]]:
        """What it was told of providers."""
        return [dict(one.parameters) for one in self.heard if one.cause == "staff.provider_down"]


@define
class Counter:
    """Buyers who try to pay."""

    market: Market
    provider: PretendGateway
    robot: Robot

    async def tries(self, *troubles: GatewayError | None) -> None:
        """So many try, half a minute between them; each meets this trouble, or none."""
        for trouble in troubles:
            if trouble is not None:
                self.provider.before["begin"] = [trouble]
            buyer = await self.market.buyer(len(self.provider.calls) + 1)
            (sku_id,) = self.market.products
            quote = await self.market.quote(buyer, (sku_id, 1))
            order = PlaceOrder(member_id=buyer.id, quote_id=quote.id, hash=quote.hash)
            placed = await self.market.retail.checkout.place(order)
            way = StartPayment(member_id=buyer.id, order_id=placed.order_id, gateway="sandbox", flow=Flow.DESKTOP_QR)
            with pytest.raises(type(trouble)) if trouble is not None else nullcontext():
                await self.market.retail.payments.start(way)
            self.market.clock.pass_(timedelta(seconds=30))

    async def a_worker_looks(self, after: timedelta = timedelta(minutes=1)) -> None:
        """And sends what there is to say."""
        self.market.clock.pass_(after)
        for name in ("look_around", "send_messages"):
            assert (await self.market.retail.background.timers[name]()).failed == ()


async def at_the_counter() -> Counter:
    provider, robot = PretendGateway(), Robot()
    opening = open_market(Place("memory"), gateways={"sandbox": provider}, team_notifiers={"robot": robot})
    market = await opening.__aenter__()
    await market.goods("TEA", stock=1_000)
    staff = AddStaff(login="admin", password="correct horse", name="a", roles=(Role.ADMIN,), actor=Actor.system("tests"))
    await market.retail.accounts.add_staff(staff)
    return Counter(market, provider, robot)


async def test_staff_are_told_once_that_a_provider_does_not_answer() -> None:
    """MSG-R1: with its name, since when and why; after hours once more, as long as it lasts."""
    counter = await at_the_counter()
    await counter.tries(*[AWAY] * 6)
    for _ in range(3):
        await counter.a_worker_looks()
    assert counter.robot.told() == [{"gateway": "sandbox", "minutes": "2", "reason": "connect", "count": "1"}]

    await counter.tries(Misconfigured(gateway="sandbox", reason="key"))
    await counter.a_worker_looks(AGAIN_AFTER)
    assert [one["reason"] for one in counter.robot.told()] == ["connect", "key"]

    await counter.tries(None)
    await counter.a_worker_looks(AGAIN_AFTER)
    assert len(counter.robot.told()) == 2


async def test_a_hiccup_is_none_of_staffs_business() -> None:
    """MSG-R1: a few tries within a minute, tries with an answer between them, and what a provider refuses."""
    counter = await at_the_counter()
    await counter.tries(*[AWAY] * TRIES_LEAST, None, *[OutcomeUnknown(gateway="sandbox", reason="time")] * TRIES_LEAST)
    assert timedelta(seconds=30) * (TRIES_LEAST - 1) < LASTS_LEAST
    await counter.a_worker_looks()
    await counter.tries(*[Rejected(gateway="sandbox", reason="no")] * 9)
    await counter.a_worker_looks()

    assert counter.robot.told() == []
