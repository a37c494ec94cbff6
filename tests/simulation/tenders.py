"""Wallets and gift cards in the simulation: what is done with them, and what must hold of them (PAY-R10, PAY-R11)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from attrs import evolve

from retail_adapters.assemble import Outside
from retail_adapters.memory.interleaving import InterleavingStore
from retail_domain.kernel.errors import DomainError
from retail_domain.payments import PayFromAccount
from retail_domain.payments.queries import PaymentView
from retail_domain.testing.simulation.auditor import Auditor, EndLaw, RowLaw
from retail_domain.testing.simulation.book import Promise
from retail_domain.testing.simulation.deeds import DEEDS
from retail_domain.testing.simulation.deeds.deed import Deed, some_buyer, some_order
from retail_domain.testing.simulation.laws import END_LAWS, ROW_LAWS
from retail_domain.testing.simulation.mix import between, one_of
from retail_domain.testing.simulation.opening import Play
from retail_domain.testing.simulation.requests import Request, ask, keyed, new_effect
from retail_domain.testing.simulation.traffic import RowChange
from retail_domain.testing.simulation.world import World
from retail_entrypoints.cli.simulation import RoughGround
from tests.support.purse import PURSES, TENDERS, fill, in_memory

NAMES: Final = tuple(one.name for one in TENDERS)


async def fill_a_purse(world: World) -> None:
    """Somebody's wallet or gift card gets money; whether it did is the purse's own business."""
    assert isinstance(world.ground, RoughGround)
    store = InterleavingStore(world.ground.memory, world.ground.traffic, world.ground.unit)
    try:
        await fill(store.begin, some_buyer(world).member_id, between(world.dice, 1, 9_999), one_of(world.dice, NAMES))
    except DomainError:
        return


async def hold(world: World) -> None:
    """A buyer has an account pay its part of an order: all it has, or some."""
    order = some_order(world, "pending_payment")
    if order is None or order.order_id is None:
        return
    tender, most = one_of(world.dice, NAMES), one_of(world.dice, (None, None, between(world.dice, 1, 5_000)))
    once = keyed(world, order.member_id, "payments.pay_from_account")
    wish = PayFromAccount(member_id=order.member_id, order_id=order.order_id, tender=tender, most_minor=most, once=once)
    await ask(world, Request(
        name=f"hold {most} of {tender} for {order.number}", once=once, effect=new_effect(world),
        same=lambda view: view.payment_id, send=lambda shop, _: shop.retail.payments.pay_from_account(wish),
        certain=lambda request, said: _judge_held(world, order, tender, said),
    ))  # fmt: skip


def _judge_held(world: World, order: Promise, tender: str, said: Any) -> None:
    if isinstance(said, PaymentView):
        right = said.gateway == tender and said.order_id == order.order_id and said.amount.minor <= max(order.all_costs())
        world.auditor.expect(right, "PAY-R10", f"{order.number} is held {said.amount} of {said.gateway}")


def purses_know_what_they_paid(auditor: Auditor, row: RowChange) -> str | None:
    """PAY-R11, R8: at every commit charged = held + applied + released, and given back = released + refunded; once each."""
    purse = row.after
    mine = [one for one in _inside(auditor) if (one.tender, one.member_id) == purse.key]
    charged = sum(one.amount.minor for one in mine)
    back = sum(one.amount.minor if one.state.value == "closed" else one.refunded_minor for one in mine)
    if (purse.charged_minor, purse.given_back_minor) != (charged, back):
        said = f"{purse.charged_minor} charged and {purse.given_back_minor} given back"
        return f"{purse.key} says {said}, its payments say {charged} and {back}"
    return None


def held_in_order(auditor: Auditor, row: RowChange) -> str | None:
    """R8, R10, PAY-R10: what is held is captured with its order, or released after it; and its purse says so, too."""
    before, after = row.before, row.after
    if after.tender == "gateway":
        return None
    order = auditor.mirror.tables["orders"][after.order_id]
    start, end = before.state.value if before is not None else "held", after.state.value
    if start != end and start != "held":
        return f"payment {row.key} of {after.tender} was {start}, and is {end}"
    if end == "succeeded" and order.paid_at is None:
        return f"payment {row.key} was captured, its order is {order.status.value}"
    if end == "closed" and order.status.value == "pending_payment":
        return f"payment {row.key} was released, its order waits for money"
    purse = auditor.mirror.tables["purses"].get((after.tender, after.member_id))
    if purse is None:
        return f"payment {row.key} came out of no purse"
    return purses_know_what_they_paid(auditor, RowOf(purse))


class RowOf:
    """A row that did not change."""

    table = "purses"

    def __init__(self, purse: Any) -> None:
        self.key, self.before, self.after = purse.key, purse, purse


def books_know_the_purses(auditor: Auditor) -> Iterator[str]:
    """R6: in the end the books say of each tender what left its purses and did not come back."""
    for name in NAMES:
        every = [one for one in auditor.mirror.tables["purses"].values() if one.tender == name]
        out = sum(one.charged_minor - one.given_back_minor for one in every)
        booked = auditor.mirror.balances[name, "CNY"]
        if out != booked:
            yield f"{out} of {name} is out, the books say {booked}"


def _inside(auditor: Auditor) -> list[Any]:
    return [one for one in auditor.mirror.tables["payments"].values() if one.tender != "gateway"]


PLAY: Final = Play(
    deeds=(*DEEDS, Deed("fill a purse", 6.0, fill_a_purse), Deed("hold", 16.0, hold)),
    row_laws=(
        *ROW_LAWS, RowLaw("PAY-R11", "purses", purses_know_what_they_paid), RowLaw("PAY-R10", "payments", held_in_order),
    ),
    end_laws=(*END_LAWS, EndLaw("R6", books_know_the_purses)),
)  # fmt: skip


def with_purses(ours: Outside) -> Outside:
    """The shop, and accounts that pay beside its provider."""
    return evolve(ours, tenders=TENDERS, hosted={**ours.hosted, PURSES: in_memory})
