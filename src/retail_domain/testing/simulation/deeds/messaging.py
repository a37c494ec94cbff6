"""What members do about messages: they look into their inbox, read, and say whether they want advertising (MSG-R3, MSG-R8)."""

from __future__ import annotations

from typing import Any, Final

from retail_domain.kernel.paging import PageRequest
from retail_domain.messages import ChangeMessageSettings, DecideMarketing, ReadMessages, Recipient, ShowInbox
from retail_domain.testing.simulation.deeds.deed import Deed, some_buyer
from retail_domain.testing.simulation.mix import one_of
from retail_domain.testing.simulation.requests import Request, ask, keyed, new_effect
from retail_domain.testing.simulation.world import World


async def read_the_inbox(world: World) -> None:
    """Look at the first page, newest first and one's own; then read it, or all."""
    whom = Recipient.member(some_buyer(world).member_id)
    desk = world.some_node().shop.retail.messages
    page = await desk.inbox(ShowInbox(recipient=whom, page=PageRequest(20)))
    ids = [one.message_id for one in page.items]
    world.auditor.expect(ids == sorted({*ids}, reverse=True), "MSG-R8", f"an inbox in disorder: {ids}")
    world.auditor.expect(all(one.text for one in page.items), "MSG-R1", "a message that says nothing")
    read = tuple(ids) if ids and world.dice.random() < 0.5 else None
    once = keyed(world, whom.id, "messages.read")
    wish = ReadMessages(recipient=whom, ids=read, once=once)
    await ask(world, Request(
        name=f"read messages {str(whom.id)[-4:]}", once=once, effect=new_effect(world),
        send=lambda shop, _: shop.retail.messages.read(wish), certain=lambda request, said: None,
    ))  # fmt: skip


async def say_how(world: World) -> None:
    """Want advertising, or no longer; do without text messages, or not."""
    member_id = some_buyer(world).member_id
    desk = world.some_node().shop.retail.messages
    known = await desk.settings(member_id)
    word = one_of(world.dice, ("decide_marketing", "change_settings"))
    once = keyed(world, member_id, f"messages.{word}")
    about: Any = (
        DecideMarketing(member_id=member_id, given=not known.marketing, terms_version=known.terms_version, once=once)
        if word == "decide_marketing"
        else ChangeMessageSettings(member_id=member_id, muted=() if known.muted else ("sms:service",), once=once)
    )
    await ask(world, Request(
        name=f"{word} {str(member_id)[-4:]}", once=once, effect=new_effect(world),
        send=lambda shop, _: getattr(shop.retail.messages, word)(about), certain=lambda request, said: None,
    ))  # fmt: skip


DEEDS: Final = (Deed("read the inbox", 0.2, read_the_inbox), Deed("say how to be told", 0.15, say_how))
