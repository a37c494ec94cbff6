"""Beasts of the console: forms of other sites, members let in, orders of other stores, looks that nobody writes down."""

from __future__ import annotations

from zoo.beast import Beast, Patch

_WEB = "src/entrypoints/retail_entrypoints/web"
_ENTRANCE = "tests/web/test_desk_entrance.py"
_ORDERS = "tests/web/test_desk_orders.py"
_EVERY = "tests/web/test_every_desk_page.py"

BEASTS = (
    Beast(
        name="console-takes-forms-of-others",
        says="a form on another site decides at the console, since only the shop's own pages are looked at",
        origin="R36: a check that was added for buyers and left out for staff",
        patches=(
            Patch(
                f"{_WEB}/app.py",
                "        check_origin(request, settled.public_url)\n",
                "        if not request.is_desk:\n            check_origin(request, settled.public_url)\n",
            ),
        ),
        catchers=(_ENTRANCE,),
    ),
    Beast(
        name="members-cookie-opens-the-console",
        says="one seal for both doors, so that a cookie of the shop is one of the console too",
        origin="R36: one secret for everything that is signed",
        patches=(Patch(f"{_WEB}/app.py", 'Seal("session of the desk", secret)', 'Seal("session", secret)'),),
        catchers=(_ENTRANCE,),
    ),
    Beast(
        name="members-come-in-as-staff",
        says="whoever has a password is let in at the entrance of the console",
        origin="R35: an entrance that asks who somebody is, and not what",
        patches=(Patch(f"{_WEB}/desk/entering/pages.py", "if logged_in.staff_id is None:", "if logged_in.token == '':"),),
        catchers=(_ENTRANCE,),
    ),
    Beast(
        name="console-shows-orders-of-other-stores",
        says="a clerk who is bound to a store finds any order by its number",
        origin="R35: the list keeps to places, the search beside it does not",
        patches=(Patch(f"{_WEB}/desk/orders/looking.py", "by_number(wanted, within)", "by_number(wanted)"),),
        catchers=(_ORDERS,),
    ),
    Beast(
        name="console-looks-without-a-trail",
        says="an order's page shows whom it goes to in clear, and nobody has noted a look",
        origin="R40: masking that is left to the template",
        patches=(
            Patch(
                f"{_WEB}/desk/orders/looking.py",
                "(ShownContact.clear if clear else ShownContact.masked)(contact)",
                "ShownContact.clear(contact)",
            ),
        ),
        catchers=(_ORDERS,),
    ),
    Beast(
        name="console-offers-what-it-refuses",
        says="every button stands there for everybody, and tells them afterwards that they may not",
        origin="R35: pages that know nothing of permissions",
        patches=(Patch(f"{_WEB}/view.py", "            return False\n        return True", "            return True\n        return True"),),
        catchers=(_EVERY,),
    ),
    Beast(
        name="trial-run-ships",
        says="the trial run of a file ships what it should only have looked through",
        origin="T6: one route for both, told apart by a flag",
        patches=(
            Patch(
                f"{_WEB}/desk/orders/by_file.py",
                "            rows = await look_through(table, within)\n",
                "            rows = [await ship_row(view, row, within, None) for row in await look_through(table, within)]\n",
            ),
        ),
        catchers=(_ORDERS,),
    ),
)  # fmt: skip
