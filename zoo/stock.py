"""Beasts of the shelf: units sold twice, promises that leak, limits nobody keeps."""

from __future__ import annotations

from zoo.beast import CONTRACT, DOMAIN, INTEGRATION, MONEY, RACES, REPOSITORIES, SQL, STOCK_RACES, UNIT, Beast, Patch, race

_MODEL = f"{DOMAIN}/inventory/model.py"
_ALLOCATION = f"{DOMAIN}/inventory/allocation.py"
_MEANING = f"{DOMAIN}/processes/takings/meaning.py"
_LIMITS = f"{DOMAIN}/processes/takings/limits.py"
_TAKING = f"{DOMAIN}/processes/takings/stock.py"
_STOCK = f"{REPOSITORIES}/inventory.py"
_CATALOG = f"{REPOSITORIES}/catalog.py"

BEASTS = (
    Beast(
        name="naive-stock",
        says="stock is read, checked and written back without lock or guard",
        origin="R1, GEN-R9; Vendure, Oscar: 32 of 32 buyers got the last ten units",
        patches=(
            Patch(
                _STOCK,
                ".order_by(stock_items.c.sku_id, stock_items.c.location_id).with_for_update(of=stock_items)",
                ".order_by(stock_items.c.sku_id, stock_items.c.location_id)",
            ),
            Patch(_STOCK, "update_of(stock_items)", "update_of(stock_items, guard=None)"),
        ),
        catchers=(race("units on a shelf"), STOCK_RACES),
    ),
    Beast(
        name="stock-guard-that-guards-nothing",
        says="the version is compared with the one that was just read again, so it always fits",
        origin="yudao, GEN-R8",
        patches=(Patch(_STOCK, "update_of(stock_items)", "update_of(stock_items, guard=None)"),),
        catchers=(f"{CONTRACT}/test_stores.py", f"{CONTRACT}/test_account_stores.py"),
    ),
    Beast(
        name="consumed-generator",
        says="the wanted lines are a generator that the first location uses up; the second is judged on nothing",
        origin="R2, STK-R4; Saleor",
        patches=(
            Patch(
                _ALLOCATION,
                "    for location in locations:\n        drawn = _whole(lines,",
                "    rest = iter(lines)\n    for location in locations:\n        drawn = _whole(rest,",
            ),
        ),
        catchers=(f"{UNIT}/test_stock_item.py", STOCK_RACES),
    ),
    Beast(
        name="counter-without-availability",
        says="reserving counts up without asking what is there",
        origin="Oscar, GEN-R9",
        patches=(
            Patch(_MODEL, "if units > self.sellable:", "if units > UNITS_MAX:"),
            Patch(
                _MODEL,
                "        if not 0 <= self.reserved <= self.on_hand + self.backorder_limit + self.shortfall:",
                "        if self.reserved < 0:",
            ),
            Patch(_TAKING, "return 0 if shelf is None else shelf.state.sellable", "return 0 if shelf is None else 10**9"),
        ),
        catchers=(f"{UNIT}/test_stock_item.py", STOCK_RACES),
    ),
    Beast(
        name="first-location-only",
        says="every order is taken from the first location, whatever lies elsewhere",
        origin="Medusa, Vendure, STK-R5",
        patches=(
            Patch(
                _ALLOCATION,
                "    for location in locations:\n        drawn = _whole(",
                "    for location in locations[:1]:\n        drawn = _whole(",
            ),
        ),
        catchers=(f"{UNIT}/test_stock_item.py", STOCK_RACES),
    ),
    Beast(
        name="leaking-reservation",
        says="an order that closes unpaid forgets to give its units back to the shelf",
        origin="R3, ORD-I5",
        patches=(
            Patch(
                _MEANING,
                "return _all_of(change.state) if closed_unpaid(change) else _more(change, lambda line: line.refunded_unshipped)",
                "return {} if closed_unpaid(change) else _more(change, lambda line: line.refunded_unshipped)",
            ),
        ),
        catchers=(f"{MONEY}::test_an_order_nobody_tried_to_pay_is_closed_at_once_and_gives_everything_back",),
    ),
    Beast(
        name="units-given-back-twice",
        says="a second partial refund gives the units of the first back once more",
        origin="GEN-R11, R3",
        patches=(
            Patch(
                _MEANING,
                "_more(change, lambda line: line.refunded_unshipped)",
                "{line.number: line.refunded_unshipped for line in change.state.lines if line.refunded_unshipped}",
            ),
        ),
        catchers=(f"{MONEY}::test_several_partial_refunds_give_back_exactly_what_was_paid",),
    ),
    Beast(
        name="limit-given-back-twice",
        says="the purchase limit is counted down by all refunded units at every refund",
        origin="GEN-R11, ORD-I5",
        patches=(
            Patch(
                _MEANING,
                "_more(change, lambda line: line.refunded)",
                "{line.number: line.refunded for line in change.state.lines if line.refunded}",
            ),
        ),
        catchers=(f"{INTEGRATION}/test_limits_given_back.py",),
    ),
    Beast(
        name="limit-in-a-column-nobody-updates",
        says="the purchase limit is checked against a counter that placing never counts up",
        origin="GEN-R9: per-user limit counted in a column nobody updates; yudao",
        patches=(Patch(_LIMITS, "            work.purchase_counters.save(counter)", "            _ = counter"),),
        catchers=(race("units a member may buy", "sqlite"), RACES),
    ),
    Beast(
        name="limit-checked-before-the-order",
        says="the limit is looked up before the order takes its place, unlocked and unguarded",
        origin="GEN-R9: check before the order in another transaction; CRMEB",
        patches=(
            Patch(
                _CATALOG,
                ".order_by(purchase_counters.c.member_id, purchase_counters.c.product_id)\n    .with_for_update(),",
                ".order_by(purchase_counters.c.member_id, purchase_counters.c.product_id),",
            ),
            Patch(
                _CATALOG,
                "Flush(update_of(purchase_counters), changed",
                "Flush(update_of(purchase_counters, guard=None), changed",
            ),
        ),
        catchers=(
            f"{RACES}::test_a_member_who_orders_twenty_times_at_once_stays_within_the_purchase_limit",
            race("units a member may buy"),
        ),
    ),
    Beast(
        name="limit-by-sku",
        says="each SKU of limited goods is judged alone, so sizes S and M have a limit each",
        origin="R2, yudao",
        patches=(
            Patch(
                _LIMITS,
                "units[key] = (units.get(key, (0, 0))[0] + quantity, terms.purchase_limit)",
                "units[key] = (quantity, terms.purchase_limit)",
            ),
        ),
        catchers=(
            f"{CONTRACT}/test_quoting_and_carting.py::test_an_order_of_several_kinds_takes_all_its_units_from_the_purchase_limit",
        ),
    ),
    Beast(
        name="locked-and-read-in-one",
        says="goods are locked by the statement that joins their kinds: after the wait it gives the new product with the old prices",
        origin="met here: of fifty price changes acknowledged at once two got a version of their own (R7)",
        patches=(
            Patch(_CATALOG, ".order_by(products.c.id).with_for_update()\n)", ".order_by(products.c.id)\n)"),
            Patch(_CATALOG, '"codes")).order_by(products.c.id).with_for_update(),', '"codes")).order_by(products.c.id),'),
            Patch(
                _CATALOG,
                '"products.read", _WHOLE.where(AnyOf(products.c.id, "ids")).order_by(*_IN_ORDER))',
                '"products.read", _WHOLE.where(AnyOf(products.c.id, "ids")).order_by(*_IN_ORDER).with_for_update(of=products))',
            ),
        ),
        catchers=(f"{INTEGRATION}/test_who_waited_sees_all.py", race("prices of a SKU (none lost)")),
    ),
    Beast(
        name="cart-without-lock",
        says="a cart is changed without a lock: rivals who share it are told that they lost once too often",
        origin="met here: of fifty units put into one cart at once 43 arrived (R31)",
        patches=(
            Patch(
                f"{REPOSITORIES}/cart.py",
                "            await self._session.tx.rows(_LOCK_OF_MEMBER, member_id=owner.member_id)\n",
                "            pass\n",
            ),
        ),
        catchers=(f"{INTEGRATION}/test_who_waited_sees_all.py", race("units put into a cart (none lost)")),
    ),
    Beast(
        name="hope-without-end",
        says="who lost a race hopes again instead of locking: rivals who share a cart lose once too often",
        origin="R31: of many rivals without a lock, each round lets one through",
        patches=(
            Patch(
                "src/adapters/retail_adapters/system/retry.py",
                "_IS_FIRST_TRY.set(attempt == 1)",
                "_IS_FIRST_TRY.set(attempt > 0)",
            ),
        ),
        catchers=(f"{UNIT}/test_lost_races_run_again.py", f"{INTEGRATION}/test_first_tries_hope.py"),
    ),
    Beast(
        name="rival-for-a-code-sees-the-database",
        says="who comes second with the code of goods is shown the unique constraint",
        origin="met here: `store.taken` instead of `catalog.code_in_use` (GEN-R10)",
        patches=(
            Patch(
                "src/adapters/retail_adapters/system/retry.py",
                "                if alike >= ALIKE_MAX:\n",
                '                if taken.rule == "products.code" or alike >= ALIKE_MAX:\n',
            ),
        ),
        catchers=(f"{UNIT}/test_lost_races_run_again.py", race("goods of a code")),
    ),
    Beast(
        name="sqlite-begins-late",
        says="SQLite transactions begin deferred, so that readers become writers and meet at the lock",
        origin="R31: silent lost updates, or `database is locked` at once",
        patches=(Patch(f"{SQL}/sqlite.py", 'connection.execute("BEGIN IMMEDIATE")', 'connection.execute("BEGIN")'),),
        catchers=(f"{CONTRACT}/test_sql_seam.py::test_who_begins_to_write_on_sqlite_has_his_turn_before_he_reads",),
    ),
    Beast(
        name="sqlite-without-foreign-keys",
        says="SQLite checks no foreign keys, as it does by default",
        origin="GEN-R10",
        patches=(Patch(f"{SQL}/sqlite.py", 'connection.execute("PRAGMA foreign_keys=ON")', "pass"),),
        catchers=(f"{CONTRACT}/test_sql_seam.py::test_no_row_belongs_to_something_that_is_not_there",),
    ),
    Beast(
        name="locks-in-any-order",
        says="goods are locked in the order in which the buyer names them",
        origin="GEN-R16: two rows locked in opposite order, 7 of 8 killed by deadlock detection",
        patches=(
            Patch(_STOCK, ".order_by(stock_items.c.sku_id, stock_items.c.location_id)", ""),
            Patch(
                _STOCK,
                "        rows = await self._session.tx.rows(_CLAIM_ONLINE, sku_ids=sorted(sku_ids))\n",
                "        rows = [row for sku_id in sku_ids for row in await self._session.tx.rows(_CLAIM_ONLINE, sku_ids=[sku_id])]\n",
            ),
            Patch("src/adapters/retail_adapters/sql/meanings.py", '{"40001", "40P01", _LOCKED}', '{"40001", _LOCKED}'),
        ),
        catchers=(STOCK_RACES, f"{CONTRACT}/test_sql_seam.py"),
    ),
    Beast(
        name="true-is-one-unit",
        says="a whole number is whatever Python calls an int: True counts as one unit",
        origin="GEN-R22: the library trusts its type hints",
        patches=(
            Patch(
                f"{DOMAIN}/kernel/checked.py",
                '        self.asks = f"{{x}}.__class__ is int and {least}',
                '        self.asks = f"isinstance({{x}}, int) and {least}',
            ),
        ),
        catchers=("tests/property/test_wishes_check_themselves.py",),
    ),
)
"""Each must be caught."""
