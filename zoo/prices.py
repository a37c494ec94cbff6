"""Beasts of the price tag, the cart and the rules that a page of docs/rules states: each is caught within seconds."""

from __future__ import annotations

from zoo.beast import DOMAIN, PROPERTY, UNIT, Beast, Patch

_CART = f"{DOMAIN}/cart/model.py"
_MONEY = f"{DOMAIN}/kernel/money.py"
_SHEET = f"{DOMAIN}/pricing/model/sheet.py"
_BASKET = f"{DOMAIN}/pricing/model/basket.py"
_FREIGHT = f"{DOMAIN}/pricing/model/freight.py"
_QUOTE = f"{DOMAIN}/pricing/model/quote.py"
_SHELF = f"{DOMAIN}/inventory/model.py"
_ORDER = f"{DOMAIN}/ordering/model/order.py"
_WIRE = "src/adapters/retail_adapters/payments/sandbox_wire.py"

BEASTS = (
    Beast(
        name="cart-judged-by-what-is-added",
        says="only the units that are added are compared with what can be sold, not those that are in the cart already",
        origin="CRT-R1, CRT-R2: yudao, Vendure and Oscar",
        patches=(
            Patch(
                _CART,
                "        return self._put(total, sellable=sellable, limits=limits, at=at)\n",
                "        return self._put(total, sellable=sellable + self.quantities.get(line.sku_id, 0), limits=limits, at=at)\n",
            ),
        ),
        catchers=(f"{UNIT}/test_cart.py",),
    ),
    Beast(
        name="login-forgets-the-guest",
        says="where both carts hold the same goods, only one of the two quantities is kept at login",
        origin="CRT-R6, CRT-I1: Vendure lost carts here",
        patches=(
            Patch(
                _CART, "        sums[sku_id] = sums.get(sku_id, 0) + quantity\n", "        sums.setdefault(sku_id, quantity)\n"
            ),
        ),
        catchers=(f"{UNIT}/test_cart.py",),
    ),
    Beast(
        name="cart-without-bounds",
        says="nobody looks how many units of one line are put into a cart",
        origin="CRT-R1",
        patches=(
            Patch(
                _CART,
                "        if line.quantity > limits.quantity_max:\n",
                "        if line.quantity > limits.quantity_max * 1000:\n",
            ),
        ),
        catchers=(f"{UNIT}/test_cart.py",),
    ),
    Beast(
        name="any-hash-will-do",
        says="an order is placed whatever its buyer agreed to",
        origin="CRT-R7, CRT-I2, R7",
        patches=(Patch(_QUOTE, "        if hash != self.hash:\n", "        if not hash:\n"),),
        catchers=(f"{UNIT}/test_quote.py",),
    ),
    Beast(
        name="dearer-is-asked-cheaper-is-not",
        says="only a price that is known no longer is asked about again, one that has changed is not",
        origin="CRT-R4, CAT-R1, R7",
        patches=(Patch(_QUOTE, "if price_versions.get(sku_id) != version)", "if sku_id not in price_versions)"),),
        catchers=(f"{UNIT}/test_quote.py",),
    ),
    Beast(
        name="discount-becomes-a-surcharge",
        says="a step of the price may make a line dearer",
        origin="PRC-I5, PRC-I1: Saleor",
        patches=(
            Patch(
                _SHEET, "            if amount > self.payable[key]:\n", "            if amount > self.payable[key] + 10**12:\n"
            ),
            Patch(
                _BASKET,
                "if not self.base_minor >= self.payable_minor >= self.floor_minor >= 0:",
                "if not self.payable_minor >= self.floor_minor >= 0:",
            ),
        ),
        catchers=(f"{UNIT}/test_quote.py",),
    ),
    Beast(
        name="below-the-floor",
        says="a step of the price may go below the floor of a SKU",
        origin="PRC-R3, R47",
        patches=(
            Patch(_SHEET, "            if amount < self.floors[key]:\n", "            if amount < 0:\n"),
            Patch(
                _BASKET,
                "if not self.base_minor >= self.payable_minor >= self.floor_minor >= 0:",
                "if not self.base_minor >= self.payable_minor >= 0:",
            ),
        ),
        catchers=(f"{UNIT}/test_quote.py",),
    ),
    Beast(
        name="the-first-line-gets-the-cent",
        says="a cent that is left over goes to the line that was typed first",
        origin="PRC-I3, GEN-R3",
        patches=(Patch(_MONEY, "in sorted(remainders)[:left]:", "in sorted(remainders, key=lambda one: one[0])[:left]:"),),
        catchers=(f"{PROPERTY}/test_money.py::test_the_cases_other_shops_got_wrong",),
    ),
    Beast(
        name="halves-are-rounded-to-even",
        says="a percentage is worked out in floats and rounded as the language does it",
        origin="GEN-R1, GEN-R2",
        patches=(
            Patch(
                _MONEY,
                "        return (minor * self.bps * 2 + 10_000) // 20_000\n",
                "        return round(minor * self.bps / 10_000)\n",
            ),
        ),
        catchers=(f"{PROPERTY}/test_money.py",),
    ),
    Beast(
        name="units-have-a-price-of-their-own",
        says="what units are worth is a rounded price of one, times their number",
        origin="GEN-R5, GEN-I4",
        patches=(
            Patch(_MONEY, "    return total_minor * first // quantity\n", "    return total_minor // quantity * first\n"),
        ),
        catchers=(f"{PROPERTY}/test_money.py",),
    ),
    Beast(
        name="full-lines-take-more",
        says="what a line at its floor refuses is taken from it all the same",
        origin="GEN-R4, GEN-I5, GEN-I2",
        patches=(
            Patch(
                _MONEY,
                "    return allocate_capped(payables, room, min(amount_minor, sum(room.values())))\n",
                "    return allocate(payables, min(amount_minor, sum(room.values())))\n",
            ),
        ),
        catchers=(f"{PROPERTY}/test_money.py",),
    ),
    Beast(
        name="any-region-that-fits",
        says="of the zones that a region belongs to, the last one written down counts",
        origin="MSC-R5",
        patches=(
            Patch(
                _FREIGHT, "if len(prefix) > length and region_code.startswith(prefix):", "if region_code.startswith(prefix):"
            ),
        ),
        catchers=(f"{UNIT}/test_freight.py",),
    ),
    Beast(
        name="the-last-portion-travels-free",
        says="further portions of freight are rounded down",
        origin="MSC-R5, MSC-I2",
        patches=(
            Patch(_FREIGHT, "-(-further // self.next_units) * self.next_minor", "further // self.next_units * self.next_minor"),
        ),
        catchers=(f"{UNIT}/test_freight.py", f"{PROPERTY}/test_pricing.py"),
    ),
    Beast(
        name="free-freight-by-whole-yuan",
        says="the threshold of free freight is compared in whole yuan: 0.99 too little is enough",
        origin="PRC-I6: mall",
        patches=(Patch(_FREIGHT, "goods_minor >= self.free_from_minor", "goods_minor // 100 >= self.free_from_minor // 100"),),
        catchers=(f"{PROPERTY}/test_pricing.py::test_freight_is_free_from_the_threshold_on_and_not_one_cent_below",),
    ),
    Beast(
        name="safety-is-sold",
        says="what is kept for safety can be sold",
        origin="STK-R1",
        patches=(
            Patch(
                _SHELF,
                "        return self.on_hand - self.reserved - self.safety\n",
                "        return self.on_hand - self.reserved\n",
            ),
        ),
        catchers=(f"{UNIT}/test_stock_item.py",),
    ),
    Beast(
        name="warned-one-unit-too-late",
        says="an alert opens only below its threshold",
        origin="STK-R9, STK-I7",
        patches=(Patch(_SHELF, "and self.available <= self.alert_threshold", "and self.available < self.alert_threshold"),),
        catchers=(f"{UNIT}/test_stock_item.py", f"{PROPERTY}/test_stock_machine.py"),
    ),
    Beast(
        name="sent-elsewhere-after-its-parcel",
        says="an order goes to another address though a parcel has left",
        origin="ORD-R5",
        patches=(Patch(_ORDER, "        self._must_be(*BEFORE_PARCELS)\n", ""),),
        catchers=(f"{UNIT}/test_order.py",),
    ),
    Beast(
        name="sent-anywhere-at-the-old-freight",
        says="an order goes to another address whatever the way there costs",
        origin="ORD-R5: yudao",
        patches=(Patch(_ORDER, "        there.check(self.id, self.freight_minor)\n", ""),),
        catchers=(f"{UNIT}/test_order.py",),
    ),
    Beast(
        name="hidden-while-it-runs",
        says="a member takes an order out of the list that still has something to come",
        origin="ORD-R6",
        patches=(
            Patch(
                _ORDER,
                "        self._must_be(*OVER)\n        return Change(self, self if self.hidden",
                "        return Change(self, self if self.hidden",
            ),
        ),
        catchers=(f"{UNIT}/test_order.py", f"{PROPERTY}/test_order_machine.py"),
    ),
    Beast(
        name="signature-of-anybody",
        says="a notice or an answer of the provider is believed whatever its signature",
        origin="PAY-F3, PAY-F7, PAY-R2, R9",
        patches=(Patch(_WIRE, "            key.verify(signature, text)\n", "            key.public_bytes_raw()\n"),),
        catchers=(f"{UNIT}/test_sandbox_wire.py",),
    ),
)
