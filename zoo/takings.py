"""Beasts of what orders take: campaigns that lose units, gifts that are taken for bought ones, lines from several places."""

from __future__ import annotations

from zoo.beast import CONTRACT, DOMAIN, PROPERTY, UNIT, Beast, Patch, race

_TAKINGS = f"{DOMAIN}/processes/takings"
_HISTORIES = f"{PROPERTY}/test_takings.py"
_REST_ON = f"{CONTRACT}/test_what_quotes_rest_on.py"
_TAKE = f"{CONTRACT}/test_what_orders_take.py"

BEASTS = (
    Beast(
        name="quota-not-given-back",
        says="an order that closes gives its units back to the shelf, and the campaign never sees them again",
        origin="STK-R7; CRMEB: the activity's own stock is left behind",
        patches=(
            Patch(
                f"{_TAKINGS}/quota.py",
                "        if not freed:\n            return shared, own\n        back",
                "        if freed is not None:\n            return shared, own\n        back",
            ),
        ),
        catchers=(f"{_TAKE}::test_quota_and_stock_are_taken_together_and_go_back_together", _HISTORIES),
    ),
    Beast(
        name="quota-taken-without-stock",
        says="what a campaign sells is counted in its quota only, and sold once more from the shelf",
        origin="STK-R7; yudao: activity stock beside the stock",
        patches=(
            Patch(
                f"{_TAKINGS}/stock.py",
                "line.quantity) for number, line in demand.lines]",
                "line.quantity) for number, line in demand.lines\n"
                "                 if str(line.goods.sku_id) not in {ground.id for ground in demand.grounds('quota')}]",
            ),
        ),
        catchers=(f"{_TAKE}::test_quota_and_stock_are_taken_together_and_go_back_together", _HISTORIES),
    ),
    Beast(
        name="campaign-not-asked-about",
        says="a quote from before the campaign is ordered while it runs, past its quota",
        origin="R7",
        patches=(
            Patch(
                f"{DOMAIN}/processes/purchase/checkout.py",
                "    quote.check_grounds(desk.takings.present(desk.shared, demand) | _beyond(quote, told))\n",
                "",
            ),
        ),
        catchers=(f"{_TAKE}::test_one_that_opens_anew_is_another_one", _HISTORIES),
    ),
    Beast(
        name="campaign-that-is-over-still-sells",
        says="what was read of a campaign before its quota was locked hides that it has ended meanwhile",
        origin="STK-R7; found by a reviewer: placed, and taken from a closed quota",
        patches=(
            Patch(f"{DOMAIN}/processes/purchase/checkout.py", "demand) | _beyond(quote, told))", "demand) | frozenset(told))"),
            Patch(f"{DOMAIN}/inventory/quota.py", "self.size - self.taken if self.is_open else 0", "self.size - self.taken"),
        ),
        catchers=(f"{_REST_ON}::test_no_order_is_taken_from_a_quota_that_is_over",),
    ),
    Beast(
        name="kinds-hear-of-what-was-asked-for",
        says="the kinds are asked about the goods that were asked for, not about those that are had",
        origin="CRT-R4; found by a reader of the how-to: an order with a gift that no fresh quote made orderable",
        patches=(
            Patch(
                f"{DOMAIN}/processes/purchase/quoting.py",
                "goods = tuple({line.goods.sku_id: None for line in lines})",
                "goods = tuple({line.sku_id: None for line in wanted})",
            ),
        ),
        catchers=(_REST_ON,),
    ),
    Beast(
        name="quote-knows-stock-only",
        says="goods that a campaign has sold out are quoted as long as some lie on the shelf",
        origin="CRT-R4; found by a reviewer: every placing is refused as sold out",
        patches=(
            Patch(
                "src/adapters/retail_adapters/sql/queries/window.py",
                "int(units) if quota is None else min(int(units), left)",
                "int(units)",
            ),
        ),
        catchers=(_REST_ON,),
    ),
    Beast(
        name="first-in-a-quota-sees-the-database",
        says="of staff who open a campaign at once, the second is shown the unique constraint",
        origin="met here: `store.taken` where the rival's quota was there to be resized (GEN-R10)",
        patches=(
            Patch(
                "src/adapters/retail_adapters/system/retry.py",
                "                if alike >= ALIKE_MAX:\n",
                '                if taken.table == "quotas" or alike >= ALIKE_MAX:\n',
            ),
        ),
        catchers=(f"{UNIT}/test_lost_races_run_again.py", race("resizings of a campaign (none lost)", "sqlite")),
    ),
    Beast(
        name="gift-emptied-from-the-cart",
        says="the gift is taken out of the cart with what was ordered, though nobody had put it in",
        origin="CRT-R9",
        patches=(
            Patch(
                f"{DOMAIN}/processes/worker/reactions.py",
                "asked_for = (units for units in event.units if units.line not in event.gifts)",
                "asked_for = event.units",
            ),
        ),
        catchers=(f"{_TAKE}::test_the_cart_is_emptied_of_what_was_asked_for_only",),
    ),
    Beast(
        name="refused-for-a-gift",
        says="a gift is promised though nothing is left for it, and the order is refused as sold out",
        origin="CRT-R4: the last units can be bought by nobody who would get one more",
        patches=(
            Patch(
                f"{DOMAIN}/processes/purchase/quoting.py",
                "lines = (*good, *seen._left_of(beside, good))",
                "lines = (*good, *beside)",
            ),
        ),
        catchers=(f"{_TAKE}::test_a_gift_that_cannot_be_had_is_left_out",),
    ),
    Beast(
        name="line-number-ignored-when-releasing",
        says="units that are paid back or shipped are looked for by their SKU: the gift's promise ends for what was bought",
        origin="R3; lines found by SKU, as in most shops with gifts",
        patches=(
            Patch(
                f"{_TAKINGS}/stock.py",
                "if one.state.open and one.state.line in (number, 0) and one.state.key.sku_id == sku_id",
                "if one.state.open and one.state.key.sku_id == sku_id",
            ),
        ),
        catchers=(f"{_TAKE}::test_each_line_is_shipped_and_paid_back_by_its_number", _HISTORIES),
    ),
    Beast(
        name="split-oversells",
        says="each line of an order that comes from several places is judged on the shelf as if it were alone",
        origin="STK-R5, R2",
        patches=(Patch(f"{DOMAIN}/inventory/allocation.py", "                left[key] -= part\n", ""),),
        catchers=(f"{PROPERTY}/test_allocation.py", _TAKE),
    ),
    Beast(
        name="parcel-from-anywhere",
        says="a parcel of units that lie in two places takes them from whichever comes first",
        origin="STK-R3, STK-R5: on hand goes down where nothing left",
        patches=(
            Patch(
                f"{_TAKINGS}/stock.py",
                "return next(iter(places)) if len(places) == 1 else None",
                "return min(places, default=None)",
            ),
        ),
        catchers=(f"{_TAKE}::test_a_parcel_leaves_from_the_place_that_is_named",),
    ),
)
"""Each must be caught."""
