"""What staff do with webhooks: somebody outside is told what happens, for a while not, and again (HOK-R3 to HOK-R9)."""

from __future__ import annotations

from typing import Any, Final

from retail_domain.testing.simulation.deeds.deed import Deed
from retail_domain.testing.simulation.mix import one_of
from retail_domain.testing.simulation.requests import Request, ask, keyed, new_effect
from retail_domain.testing.simulation.world import World
from retail_domain.webhooks import ChangeWebhook, CreateWebhook, ReplayTellings, WebhookState

_MOST: Final = 3


async def listen(world: World) -> None:
    """One is made, the first ones from the first event on; later they are paused, resumed, and what is parked is replayed."""
    known = await world.some_node().shop.retail.webhooks.every()
    if len(known) < _MOST:
        once = keyed(world, "clerk", "webhooks.create")
        wish = CreateWebhook(url="https://example.com/hooks", after=one_of(world.dice, (0, None)), once=once)
        await ask(world, Request(
            name="make a webhook", once=once, effect=new_effect(world),
            send=lambda shop, _: shop.retail.webhooks.create(wish), certain=lambda request, said: None,
        ))  # fmt: skip
        return
    hook = one_of(world.dice, known)
    word = "replay" if hook.parked else "pause" if hook.state is WebhookState.ACTIVE else "resume"
    once = keyed(world, "clerk", f"webhooks.{word}")
    about: Any = (ReplayTellings if word == "replay" else ChangeWebhook)(webhook_id=hook.webhook_id, once=once)
    await ask(world, Request(
        name=f"{word} a webhook", once=once, effect=new_effect(world),
        send=lambda shop, _: getattr(shop.retail.webhooks, word)(about), certain=lambda request, said: None,
    ))  # fmt: skip


DEEDS: Final = (Deed("listen", 0.1, listen),)
