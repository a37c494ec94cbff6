"""What members do with pictures: send them, look how far they are, forget them (PIC-R7, PIC-R8)."""

from __future__ import annotations

from base64 import b64decode
from typing import Any, Final

from retail_domain.kernel.actor import Actor
from retail_domain.pictures import AddPicture, PictureAdded, PictureNotFound, PictureState, ShowPicture
from retail_domain.testing.simulation.deeds.deed import Deed, some_buyer
from retail_domain.testing.simulation.requests import Request, ask, keyed, new_effect
from retail_domain.testing.simulation.world import World

DOT: Final = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=")
"""The smallest PNG."""


async def send_a_picture(world: World) -> None:
    """Send one, and look: what is ready can be seen, file by file, by everybody."""
    owner = Actor.member(some_buyer(world).member_id)
    once = keyed(world, f"member:{owner.ref}", "pictures.add")
    wish = AddPicture(owner=owner, content=DOT, once=once)
    said: Any = await ask(world, Request(
        name=f"send a picture {owner.ref[-4:]}", once=once, effect=new_effect(world),
        send=lambda shop, _: shop.retail.pictures.add(wish),
        certain=lambda request, said: None,
    ))  # fmt: skip
    if isinstance(said, PictureAdded):
        await _look(world, ShowPicture(picture_id=said.picture_id, owner=owner))


async def _look(world: World, wish: ShowPicture) -> None:
    """PIC-R7: a picture that is ready has its files, however its worker ended."""
    desk = world.some_node().shop.retail.pictures
    try:
        view = await desk.show(wish)
    except PictureNotFound:
        world.auditor.expect(False, "PIC-R8", f"picture {wish.picture_id} went within the hour that it came")
        return
    if view.state is PictureState.READY:
        there = [await desk.serve(one.name) is not None for one in view.files]
        world.auditor.expect(all(there), "PIC-R7", f"picture {view.picture_id} is ready and has no file")
    world.auditor.expect(view.state is not PictureState.REFUSED, "PIC-R4", f"a sound picture was refused: {view.reason}")


DEEDS: Final = (Deed("send a picture", 0.2, send_a_picture),)
