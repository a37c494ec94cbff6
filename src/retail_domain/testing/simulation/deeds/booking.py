"""What finance do: close days of the books, and look at them while others do; and nights that pass (PAY-R19, PAY-R20)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from retail_domain.kernel.errors import DomainError
from retail_domain.payments import BookDayNotOver, BooksClosed, BooksClosedAlready, CloseBooks
from retail_domain.testing.simulation.deeds.deed import CLERK, Deed
from retail_domain.testing.simulation.known import DAYS, newest_closing
from retail_domain.testing.simulation.mix import between, one_of
from retail_domain.testing.simulation.requests import Request, ask, keyed, new_effect
from retail_domain.testing.simulation.showing import EVERY_DAY
from retail_domain.testing.simulation.world import World

_HOUR: Final = 3_600.0


async def close_the_books(world: World) -> None:
    """Through yesterday; at times through an earlier day, or one that is not over."""
    through = DAYS.day_of(world.scheduler.now) - timedelta(days=one_of(world.dice, (1, 1, 1, 0, 0, 2)))
    once, begun = keyed(world, CLERK.ref, "books.close"), newest_closing(world.auditor)
    wish = CloseBooks(through=through, actor=CLERK, once=once)

    def judge(_: Request, said: Any) -> None:
        newest, expect = newest_closing(world.auditor), world.auditor.expect
        if isinstance(said, BooksClosed):
            expect(said.through == through, "PAY-R20", f"asked to close {through}, the shop says {said.through}")
            expect(begun is None or begun.through < through, "PAY-R20", f"{through} was closed, and then again")
        elif isinstance(said, BooksClosedAlready):
            is_closed = newest is not None and newest.through >= through
            expect(is_closed, "PAY-R20", f"{through} was told to be closed, and is not")
        else:
            expect(isinstance(said, BookDayNotOver), "PAY-R20", f"closing {through} was refused with {said}")

    await ask(world, Request(
        name=f"close {through}", once=once, effect=new_effect(world), send=lambda shop, _: shop.retail.books.close(wish),
        certain=judge,
    ))  # fmt: skip


async def look_at_the_books(world: World) -> None:
    """What was closed before somebody began to look is shown as it was closed, whoever writes or closes meanwhile."""
    mirror, closed = world.auditor.mirror, newest_closing(world.auditor)
    drawn = list(mirror.logs["book_days"])
    try:
        days = await world.some_node().shop.retail.books.days(EVERY_DAY)
    except DomainError as refusal:
        if refusal.code.startswith("store."):
            return
        raise
    if closed is not None:
        shown = [one for one in days if one.day <= closed.through]
        world.auditor.expect(shown == drawn, "PAY-R20", f"days that were closed through {closed.through} are shown otherwise")
    held: dict[tuple[str, str], int] = {}
    for one in days:
        before = held.get((one.account, one.currency), 0)
        world.auditor.expect(one.opening_minor == before, "PAY-R19", f"{one} begins with {one.opening_minor} after {before}")
        held[one.account, one.currency] = one.closing_minor


async def a_night_passes(world: World) -> None:
    """Everybody sleeps for some hours; what was due meanwhile is late."""
    world.auditor.book.nights.append(world.scheduler.steps)
    world.scheduler.seconds += between(world.dice, 2, 20) * _HOUR


BOOKING: Final = (
    Deed("close the books", 3.0, close_the_books),
    Deed("look at the books", 3.0, look_at_the_books),
    Deed("a night passes", 1.0, a_night_passes),
)
