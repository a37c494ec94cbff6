"""Beasts of the day book and of members who move in: days that change, months that end early, halves of a file."""

from __future__ import annotations

from zoo.beast import CONTRACT, DOMAIN, INTEGRATION, Beast, Patch

_BOOK = f"{DOMAIN}/payments/model/day_book.py"
_CLOSING = f"{DOMAIN}/processes/money/day_book.py"
_MOVING = f"{DOMAIN}/processes/staff/moving_in.py"
_BOOKS = f"{CONTRACT}/test_order_and_money_stores.py"

BEASTS = (
    Beast(
        name="closed-days-take-what-comes-late",
        says="an entry that came too late for a closed day is told on no day",
        origin="PAY-R20",
        patches=(Patch(_BOOK, "takes_late = closed is not None and day == self.first_day\n", "takes_late = False\n"),),
        catchers=(_BOOKS,),
    ),
    Beast(
        name="books-are-closed-while-somebody-writes",
        says="a closing looks up how far the ledger reaches and waits for nobody who is writing an entry",
        origin="PAY-R20",
        patches=(Patch(_CLOSING, "    await work.books.standstill()\n", ""),),
        catchers=(f"{INTEGRATION}/test_books_are_closed_meanwhile.py",),
    ),
    Beast(
        name="today-is-closed",
        says="a day is closed before it is over",
        origin="PAY-R20",
        patches=(Patch(_CLOSING, "    if command.through >= today:\n", "    if command.through > today:\n"),),
        catchers=(_BOOKS,),
    ),
    Beast(
        name="members-come-in-by-halves",
        says="the rows of a file that are right come in, whatever is wrong with the others",
        origin="ACC-R18",
        patches=(Patch(_MOVING, "    moving.check()\n    return await", "    return await"),),
        catchers=("tests/e2e/test_members_move_in.py",),
    ),
)
