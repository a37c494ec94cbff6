"""What admins do while the shop runs: they set how long orders wait, and take that back (SET-R2 to SET-R5)."""

from __future__ import annotations

from typing import Any, Final

from retail_domain.ordering.settings import AFTER_SALE_SECONDS, AUTO_SIGN_SECONDS, PAY_SECONDS
from retail_domain.settings import ChangeSettings, SettingsChanged, TakeSettingsBack
from retail_domain.testing.simulation.deeds.deed import CLERK, Deed
from retail_domain.testing.simulation.mix import between
from retail_domain.testing.simulation.requests import Request, ask, keyed, new_effect
from retail_domain.testing.simulation.world import World


async def set_how_long_orders_wait(world: World) -> None:
    """All three deadlines together, in a proportion that tells which belong together."""
    scale = between(world.dice, 1, 5)
    usual = world.auditor.timers
    values = {
        PAY_SECONDS.name: usual.pay_seconds + scale, AUTO_SIGN_SECONDS.name: 3_600 + scale,
        AFTER_SALE_SECONDS.name: usual.after_sale_seconds + scale,
    }  # fmt: skip
    once = keyed(world, "admin", "settings.change")
    wish = ChangeSettings(actor=CLERK, values=values, reason="because", once=once)
    await ask(world, Request(
        name=f"set timers {scale}", once=once, effect=new_effect(world),
        send=lambda shop, _: shop.retail.settings.change(wish), certain=lambda request, said: _judge(world, said),
    ))  # fmt: skip


async def take_settings_back(world: World) -> None:
    """One step back, of the newest change there is."""
    newest = (await world.some_node().shop.retail.settings.show_all()).version
    if not newest:
        return
    once = keyed(world, "admin", "settings.take_back")
    wish = TakeSettingsBack(actor=CLERK, number=newest, reason="no", once=once)
    await ask(world, Request(
        name=f"take settings {newest} back", once=once, effect=new_effect(world),
        send=lambda shop, _: shop.retail.settings.take_back(wish), certain=lambda request, said: _judge(world, said),
    ))  # fmt: skip


def _judge(world: World, said: Any) -> None:
    if isinstance(said, SettingsChanged):
        is_there = said.number in world.auditor.mirror.tables["settings_changes"]
        world.auditor.expect(is_there, "SET-R2", f"a change of settings was acknowledged, and number {said.number} is none")


DEEDS: Final = (
    Deed("set how long orders wait", 0.2, set_how_long_orders_wait), Deed("take settings back", 0.1, take_settings_back)
)  # fmt: skip
