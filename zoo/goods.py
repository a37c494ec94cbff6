"""Beasts of what is known of goods: bounds that bind nobody, barcodes of any digits, prices that never were."""

from __future__ import annotations

from zoo.beast import DOMAIN, Beast, Patch

_PRODUCT = f"{DOMAIN}/catalog/model/product.py"
_KNOWN = "tests/e2e/test_goods_known_better.py"

BEASTS = (
    Beast(
        name="floor-binds-nobody",
        says="a price below the floor is taken",
        origin="CAT-R8",
        patches=(
            Patch(
                _PRODUCT,
                "        if floor_minor is not None and price_minor < floor_minor:\n",
                "        if floor_minor is not None and price_minor < 0:\n",
            ),
        ),
        catchers=(_KNOWN,),
    ),
    Beast(
        name="any-digits-are-a-barcode",
        says="the last digit of a barcode is not reckoned, so a number that was mistyped is another kind's",
        origin="CAT-R7",
        patches=(
            Patch(
                f"{DOMAIN}/catalog/model/barcodes.py",
                "        elif is_trade_number(one) and check_digit(one[:-1]) != one[-1]:\n",
                "        elif is_trade_number(one) and not check_digit(one[:-1]):\n",
            ),
        ),
        catchers=(_KNOWN,),
    ),
    Beast(
        name="struck-price-rests-on-a-word",
        says="what is struck through is not held against what was asked",
        origin="CAT-R9",
        patches=(
            Patch(
                f"{DOMAIN}/catalog/use_cases/describe_sku.py",
                "        await _require_true(work, sku, command.list_price_minor, command.basis, Sold(means, lowest_paid))\n",
                "        pass\n",
            ),
        ),
        catchers=(f"{_KNOWN}::test_a_struck_price_must_be_true_and_the_refusal_tells_the_figures[memory]",),
    ),
    Beast(
        name="price-that-was-paid-back-counts",
        says="what came back whole tells what buyers pay, so whoever buys from themselves makes a former price",
        origin="CAT-R9",
        patches=(
            Patch(
                "src/adapters/retail_adapters/memory/ordering.py",
                "if line.sku_id == sku_id and not line.gift and line.refundable)",
                "if line.sku_id == sku_id and not line.gift)",
            ),
        ),
        catchers=("tests/contract/test_order_and_money_stores.py",),
    ),
    Beast(
        name="files-bring-costs-in-for-anybody",
        says="whoever may import goods sets what they cost, which they may not even see",
        origin="CAT-R8, R35",
        patches=(
            Patch(
                f"{DOMAIN}/processes/delivery/catalogue_import.py",
                "    if command.mapping.sku.cost is not None and Effect.COST not in command.granted:\n",
                "    if command.mapping.sku.cost is not None and Effect.GOODS not in command.granted:\n",
            ),
        ),
        catchers=("tests/contract/test_catalogue_import.py::test_who_may_not_set_costs_brings_in_none_and_is_told[memory]",),
    ),
    Beast(
        name="window-is-only-shown",
        says="when goods are sold is written down and holds for nobody",
        origin="CAT-R11",
        patches=(
            Patch(
                _PRODUCT,
                "    return (start is None or at >= start) and not has_passed(end, at)\n",
                "    return start is None or end is None or start < end\n",
            ),
        ),
        catchers=(_KNOWN,),
    ),
)
