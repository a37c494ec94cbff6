"""Programs of others keep things with goods: each writes under its own namespace, over itself and beside the others (NTE)."""

from __future__ import annotations

from typing import Final

from retail_domain.kernel.actor import Actor
from retail_domain.notes import NoteDown, ShowNotes, ThingSort
from retail_domain.testing.simulation.deeds.deed import Deed
from retail_domain.testing.simulation.mix import between, one_of
from retail_domain.testing.simulation.requests import Request, ask, keyed, new_effect
from retail_domain.testing.simulation.world import World

_PROGRAMS: Final = ("erp", "wms", "crm")


async def note_on_goods(world: World) -> None:
    """A program sets one of its notes and removes another; large ones may find no room. What it overwrites, rows tell."""
    sku_id, program = one_of(world.dice, world.skus), one_of(world.dice, _PROGRAMS)
    once = keyed(world, program, "notes.note_down")
    letters = "x" * between(world.dice, 0, 1_500)
    values = {f"{program}.note-{between(world.dice, 1, 3)}": letters, f"{program}.gone-{between(world.dice, 1, 3)}": None}
    wish = NoteDown(sort=ThingSort.SKU, thing_id=sku_id, values=values, actor=Actor.machine(program), once=once)
    await ask(world, Request(
        name=f"note of {program}", once=once, effect=new_effect(world),
        send=lambda shop, _: shop.retail.notes.note_down(wish), certain=lambda request, said: None,
    ))  # fmt: skip


async def look_at_notes(world: World) -> None:
    """Look at the notes of all goods at once."""
    found = await world.some_node().shop.retail.notes.of(ShowNotes(sort=ThingSort.SKU, thing_ids=tuple(world.skus)))
    strangers = {key for notes in found.values() for key in notes.values if key.partition(".")[0] not in _PROGRAMS}
    world.auditor.expect(not strangers, "NTE-R1", f"notes that nobody wrote: {strangers}")


DEEDS: Final = (Deed("note on goods", 0.4, note_on_goods), Deed("look at notes", 0.1, look_at_notes))
