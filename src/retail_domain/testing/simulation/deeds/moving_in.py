"""Members who are moved in by files: new ones and known ones, trials, wrong totals, and the same file again (ACC-R18)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from attrs import evolve

from retail_domain.kernel.contact import Phone
from retail_domain.kernel.rows import Row
from retail_domain.processes.staff.moving_in import MembersFlawed, MembersMovedIn, MoveMembersIn
from retail_domain.testing.simulation.book import Undertaking
from retail_domain.testing.simulation.deeds.deed import CLERK, Deed, some
from retail_domain.testing.simulation.known import opened_for
from retail_domain.testing.simulation.requests import Request, ask, keyed, new_effect
from retail_domain.testing.simulation.world import World

_HEADER: Final = ("phone", "name", "orders_count", "amount", "region_code", "region", "detail")
_NEWCOMERS: Final = tuple(f"1390013{number:04d}" for number in range(12))
_OF_TRIALS: Final = tuple(f"1370013{number:04d}" for number in range(3))
"""Nobody hands them in but to try."""


async def move_members_in(world: World) -> None:
    """One to five members in a file, some of them members already; at times one whose totals were others before."""
    here = [f"1380013{number:04d}" for number in range(world.mix.members)]
    phones = some(world, (*_NEWCOMERS, *here), 5)
    wish = _file(phones, odd=phones[0] if world.dice.random() < 0.15 else None)
    said = await _hand_in(world, phones, wish)
    if isinstance(said, MembersMovedIn):
        again = await _hand_in(world, phones, wish)
        counts = (again.created, again.joined, again.unchanged, sum(again.done.values())) if again is not None else None
        world.auditor.expect(counts in (None, (0, 0, len(phones), 0)), "ACC-R18", f"the same file again changed {counts}")


async def try_a_file(world: World) -> None:
    """What would become of it; nothing does."""
    phones = some(world, (*_OF_TRIALS, *_NEWCOMERS), 4)
    wish = evolve(_file(phones), dry_run=True)
    await ask(world, Request(
        name=f"try {len(phones)} members", effect=new_effect(world), same=lambda _: None,
        send=lambda shop, _: shop.retail.moving.move_in(wish), certain=lambda _, said: _judge(world, wish, said, phones),
    ))  # fmt: skip


async def _hand_in(world: World, phones: Sequence[str], wish: MoveMembersIn) -> Any:
    effect = new_effect(world)
    _will_move_in(world, phones, effect)
    once = keyed(world, CLERK.ref, "members.import")
    keyed_wish = evolve(wish, once=once)
    return await ask(world, Request(
        name=f"move {len(phones)} members in", once=once, effect=effect,
        send=lambda shop, _: shop.retail.moving.move_in(keyed_wish), certain=lambda _, said: _judge(world, wish, said, phones),
    ))  # fmt: skip


def _judge(world: World, wish: MoveMembersIn, said: Any, phones: Sequence[str]) -> None:
    """All of them are there with the totals of the file, or somebody's are others, and then it was refused."""
    auditor = world.auditor
    wanted = {_known_as(row.fields["phone"]): _totals(row) for row in wish.rows}
    opened = {phone: opened_for(auditor, phone) for phone in wanted}
    if isinstance(said, MembersMovedIn):
        auditor.expect(said.stored is not wish.dry_run, "ACC-R18", f"a trial of {len(phones)} members was stored")
        told = said.created + said.joined + said.unchanged
        auditor.expect(told == len(phones), "ACC-R18", f"{told} members were told of, {len(phones)} handed in")
        auditor.expect(wish.dry_run or opened == wanted, "ACC-R18", f"{wanted} were handed in, {opened} are there")
    else:
        others = any(opened[phone] not in (None, totals) for phone, totals in wanted.items())
        auditor.expect(isinstance(said, MembersFlawed) and others, "ACC-R18", f"{wanted} were refused with {said}")


def _file(phones: Sequence[str], odd: str | None = None) -> MoveMembersIn:
    rows = tuple(_row(number, phone, is_odd=phone == odd) for number, phone in enumerate(phones, 2))
    return MoveMembersIn(header=_HEADER, rows=rows, actor=CLERK)


def _row(number: int, phone: str, *, is_odd: bool) -> Row:
    many = int(phone[-2:])
    fields = {
        "phone": phone, "name": f"Member {many}", "orders_count": str(many), "amount": f"{many + is_odd}.50",
        "region_code": "440305", "region": "Somewhere", "detail": f"Street {many}",
    }  # fmt: skip
    return Row(file="members.csv", number=number, fields=fields)


def _totals(row: Row) -> tuple[int, int]:
    return int(row.fields["orders_count"]), int(row.fields["amount"].replace(".", ""))


def _known_as(phone: str) -> str:
    return Phone.parse(phone).e164


def _will_move_in(world: World, phones: Sequence[str], effect: Undertaking) -> None:
    for phone in phones:
        world.auditor.book.moving.setdefault(_known_as(phone), []).append(effect)


MOVING_IN: Final = (Deed("move members in", 3.0, move_members_in), Deed("try a file of members", 1.0, try_a_file))
