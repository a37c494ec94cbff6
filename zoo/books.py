"""Beasts of the back office: days that change, months that end early, halves of a file, orders that hide who placed them."""

from __future__ import annotations

from zoo.beast import CONTRACT, DOMAIN, INTEGRATION, Beast, Patch

_BOOK = f"{DOMAIN}/payments/model/day_book.py"
_CLOSING = f"{DOMAIN}/processes/money/day_book.py"
_MOVING = f"{DOMAIN}/processes/staff/moving_in.py"
_CHECKOUT = f"{DOMAIN}/processes/purchase/checkout.py"
_OFFICE = "tests/simulation/test_back_office.py"
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
        name="months-begin-with-nothing",
        says="the days of a month are drawn as if no account had held anything when it began",
        origin="PAY-R19: elsewhere each period is added up by itself, and the balance brought forward is typed in",
        patches=(Patch(_CLOSING, "    held = await _held_after(work.books, newest)\n", "    held: _Held = {}\n"),),
        catchers=(_OFFICE, _BOOKS),
    ),
    Beast(
        name="trial-of-members-is-kept",
        says="a file of members that was only tried has moved them in",
        origin="ACC-R18",
        patches=(Patch(_MOVING, "(rehearse if command.dry_run else store)(moving)", "store(moving)"),),
        catchers=(_OFFICE, "tests/e2e/test_members_move_in.py"),
    ),
    Beast(
        name="ordered-for-without-a-trace",
        says="an order that staff placed for a member stands in no trail",
        origin="ORD-R16, R35",
        patches=(Patch(_CHECKOUT, "            if sale.placed_by is not None:\n", "            if False:\n"),),
        catchers=(_OFFICE, "tests/e2e/test_orders_for_members.py"),
    ),
    Beast(
        name="ordered-for-in-their-name",
        says="an order that staff placed for a member names the member as who placed it",
        origin="ORD-R16: elsewhere staff log in as the member",
        patches=(
            Patch(
                _CHECKOUT,
                "    actor = ask.placed_by or Actor.member(quote.member_id)\n",
                "    actor = Actor.member(quote.member_id)\n",
            ),
        ),
        catchers=(_OFFICE, "tests/e2e/test_orders_for_members.py"),
    ),
    Beast(
        name="members-come-in-by-halves",
        says="the rows of a file that are right come in, whatever is wrong with the others",
        origin="ACC-R18",
        patches=(Patch(_MOVING, "    moving.check()\n    return await", "    return await"),),
        catchers=("tests/e2e/test_members_move_in.py",),
    ),
)
