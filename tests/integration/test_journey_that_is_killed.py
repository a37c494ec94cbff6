"""`kill -9` between any two statements of the main commands, then the same request again under the same key (F1)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.ordering import CancelOrder, OrderStatus, RefundOrder, ShipOrder, Units
from retail_domain.payments import Flow, StartPayment
from tests.support.market import CLERK, Buyer
from tests.support.sandbox import Sandbox, running_sandbox
from tests.support.shop import Call, Executioner, Shop, Told, an_executioner, open_shop, told
from tests.support.stores import Place, place_of

pytestmark = pytest.mark.slow
STEPS_MAX = 60
VERBS = ("place", "start", "notice", "ship", "refund", "cancel")


@pytest.fixture(scope="module")
def executioner() -> Iterator[Executioner]:
    """Kills processes at a chosen step."""
    with an_executioner() as executioner:
        yield executioner


@pytest.fixture(scope="module")
def provider() -> Iterator[Sandbox]:
    """The provider, a process of its own."""
    with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture(params=("sqlite", "postgres"))
def place(request: pytest.FixtureRequest) -> Place:
    """Where the shop's database lies."""
    return place_of(request)


@pytest.fixture
async def shop(place: Place, provider: Sandbox) -> AsyncIterator[Shop]:
    """A whole shop."""
    provider.reset()
    async with open_shop(place, provider) as shop:
        yield shop


async def a_call(shop: Shop, verb: str, buyer: Buyer, step: int) -> Call:
    """A request under a key of its own, on an order of its own."""
    once = Once(principal=f"member:{buyer.id}", operation=verb, key=f"{verb}-{step}", fingerprint="one")
    (sku_id,) = shop.products
    if verb == "place":
        return "checkout.place", await shop.ask(buyer, (sku_id, 2), once=once)
    if verb in ("ship", "refund"):
        placed, _ = await shop.paid_order(buyer, (sku_id, 2))
        if verb == "refund":
            units = (Units(sku_id, 2),)
            return "ordering.refund", RefundOrder(order_id=placed.order_id, reason="x", actor=CLERK, units=units, once=once)
        sent = ShipOrder(order_id=placed.order_id, carrier="SF", tracking_number="1", actor=CLERK, once=once)
        return "ordering.ship", sent
    placed = await shop.order(buyer, (sku_id, 2))
    if verb == "cancel":
        return "ordering.cancel", CancelOrder(member_id=buyer.id, order_id=placed.order_id, once=once)
    if verb == "notice":
        return "payments.take_notice", shop.buyer_pays(await shop.start(buyer, placed))
    return "payments.start", StartPayment(
        member_id=buyer.id, order_id=placed.order_id, gateway="sandbox", flow=Flow.DESKTOP_QR, once=once
    )


async def again(shop: Shop, call: Call) -> Told:
    """The same request once more, from a process that lives."""
    path, command = call
    part, _, verb = path.partition(".")
    return await told(getattr(getattr(shop.retail, part), verb)(command))


@pytest.mark.parametrize("verb", VERBS)
async def test_a_process_killed_at_any_step_loses_nothing_and_the_same_request_again_has_one_effect(
    shop: Shop, executioner: Executioner, verb: str
) -> None:
    """R15, R16, R17, R12, R8: wholly or not at all after each kill, one effect after the repeat, a clean audit every time."""
    await shop.goods("tea", stock=1_000)
    buyer = await shop.buyer()
    step = 0
    for step in range(1, STEPS_MAX):
        call = await a_call(shop, verb, buyer, step)
        was_killed = await executioner.kill_at(shop.here, call, step)
        await shop.is_clean()  # R16: whatever was done, was done whole

        first, second = await again(shop, call), await again(shop, call)

        assert first.is_done, (step, first.code)
        assert repr(first.answer) == repr(second.answer), step
        await shop.works(1)
        await shop.is_clean()
        if not was_killed:
            break
    assert 5 < step < STEPS_MAX - 1  # it was killed at every step there is
    await _each_happened_once(shop, verb, step)


async def _each_happened_once(shop: Shop, verb: str, steps: int) -> None:
    (sku_id,) = shop.products
    orders = (await shop.retail.ordering.show.all(PageRequest(100))).items
    assert len(orders) == steps
    shelf = await shop.shelf(sku_id)
    wanted = {
        "place": (OrderStatus.PENDING_PAYMENT, 1_000, 2 * steps),
        "start": (OrderStatus.PENDING_PAYMENT, 1_000, 2 * steps),
        "notice": (OrderStatus.TO_SHIP, 1_000, 2 * steps),
        "ship": (OrderStatus.SHIPPED, 1_000 - 2 * steps, 0),
        "refund": (OrderStatus.CLOSED, 1_000, 0),
        "cancel": (OrderStatus.CLOSED, 1_000, 0),
    }[verb]
    assert ({one.status for one in orders}, shelf.on_hand, shelf.reserved) == ({wanted[0]}, *wanted[1:])
    if verb == "start":  # R12: the provider was asked under one stored reference for each
        assert len(shop.sandbox.payments()) == steps
    if verb == "refund":
        assert [len(shop.sandbox.refunds(one["ref"])) for one in shop.sandbox.payments()] == [1] * steps
