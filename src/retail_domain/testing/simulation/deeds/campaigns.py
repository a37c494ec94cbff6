"""What staff do with campaigns: a part of the stock of some goods is sold in them (STK-R7)."""

from __future__ import annotations

from typing import Any, Final

from retail_domain.inventory import CloseQuota, QuotaStands, SetQuota
from retail_domain.testing.simulation.deeds.deed import CLERK, Deed
from retail_domain.testing.simulation.mix import between, one_of
from retail_domain.testing.simulation.requests import Request, ask, keyed, new_effect
from retail_domain.testing.simulation.world import World


async def set_a_quota(world: World) -> None:
    """A campaign begins, is resized, or begins anew."""
    sku_id, size = one_of(world.dice, world.skus), between(world.dice, 0, 2 * world.mix.units)
    once, effect = keyed(world, "clerk", "quotas.set"), new_effect(world)
    world.auditor.book.goods[sku_id].campaigns.append(effect)
    wish = SetQuota(sku_id=sku_id, size=size, actor=CLERK, once=once)
    await ask(world, Request(
        name=f"set quota {size}", once=once, effect=effect, send=lambda shop, _: shop.retail.inventory.set_quota(wish),
        certain=lambda request, said: _judge(world, said, size=size, is_open=True),
    ))  # fmt: skip


async def end_a_campaign(world: World) -> None:
    """It is over, whatever orders have of it."""
    sku_id = one_of(world.dice, world.skus)
    once, effect = keyed(world, "clerk", "quotas.close"), new_effect(world)
    world.auditor.book.goods[sku_id].campaigns.append(effect)
    wish = CloseQuota(sku_id=sku_id, actor=CLERK, once=once)
    await ask(world, Request(
        name="close quota", once=once, effect=effect, send=lambda shop, _: shop.retail.inventory.close_quota(wish),
        certain=lambda request, said: _judge(world, said, is_open=False),
    ))  # fmt: skip


def _judge(world: World, said: Any, *, is_open: bool, size: int | None = None) -> None:
    if not isinstance(said, QuotaStands):
        return
    world.auditor.expect(size in (None, said.size), "STK-R7", f"a quota set to {size} is told to be {said.size}")
    world.auditor.expect(said.is_open == is_open, "STK-R7", f"a quota is told to be open: {said.is_open}")
    world.auditor.expect(0 <= said.taken <= said.size, "R1", f"{said.taken} of a quota of {said.size} are taken")


DEEDS: Final = (Deed("set a quota", 0.4, set_a_quota), Deed("end a campaign", 0.2, end_a_campaign))
