"""Beasts of tiers: falling at once, experience that is never taken back, prices below the floor, presents without end."""

from __future__ import annotations

from zoo.beast import CONTRACT, DOMAIN, Beast, Patch

_MODEL = f"{DOMAIN}/tiers/model.py"
_PRICE = f"{DOMAIN}/pricing/model/tier.py"
_RULES = "tests/property/test_tiers.py"
_SHOP = f"{CONTRACT}/test_tiers.py"

BEASTS = (
    Beast(
        name="tier-falls-at-once",
        says="whoever does not reach their tier any more loses it with the next look",
        origin="LVL-R5: a shop that lowered with every refund",
        patches=(
            Patch(_MODEL, "elif place and at >= was.keep_until and (earned", "elif place and (earned != place) and (earned"),
        ),
        catchers=(_RULES,),
    ),
    Beast(
        name="tier-falls-untold",
        says="a tier ends at the end of its time, whether anybody was told or not",
        origin="LVL-R5: a worker that did not run for a month",
        patches=(Patch(_MODEL, "(earned >= place or was.told_of is not None or not ladder.notice_days)", "(earned >= 0)"),),
        catchers=(_RULES,),
    ),
    Beast(
        name="what-went-back-still-counts",
        says="members rise by what they paid, whatever they were paid back",
        origin="LVL-R3: experience that is given and never taken back",
        patches=(
            Patch(
                "src/adapters/retail_adapters/sql/contexts/tiers.py",
                "orders.c.paid_minor - orders.c.refunded_minor",
                "orders.c.paid_minor",
            ),
        ),
        catchers=(f"{_SHOP}::test_what_goes_back_counts_no_more_and_lowers_nobody_before_the_time_is_over",),
    ),
    Beast(
        name="tier-goes-below-the-floor",
        says="the discount of a tier is taken off whatever goods may cost at least",
        origin="PRC-R3",
        patches=(
            Patch(
                _PRICE,
                "off = min(off, payable - sheet.floors[key])",
                "off = min(off, payable)",
            ),
        ),
        catchers=(f"{_SHOP}::test_no_discount_of_a_tier_goes_below_the_floor",),
    ),
    Beast(
        name="quote-keeps-an-old-tier",
        says="an order is placed at the price of a tier that its buyer has lost",
        origin="R7: a price looked up when it is quoted, and never again",
        patches=(Patch(f"{DOMAIN}/processes/takings/tier.py", "return (_ground(tier),)", "return demand.grounds(TIER)"),),
        catchers=(f"{_SHOP}::test_whose_tier_changed_meanwhile_is_asked_again",),
    ),
    Beast(
        name="discount-costs-free-freight",
        says="whether freight is free is asked of what goods cost after a discount",
        origin="PRC-I4: a tier of a few cents cost the freight, and made the basket dearer; met in this code",
        patches=(
            Patch(
                f"{DOMAIN}/pricing/model/steps.py",
                "if zone.is_free(base_minor)",
                "if zone.is_free(sum(sheet.payable.values()))",
            ),
        ),
        catchers=(f"{_SHOP}::test_a_discount_never_costs_free_freight",),
    ),
    Beast(
        name="sent-elsewhere-without-its-tier",
        says="an order that goes elsewhere pays the freight that its tier had waived",
        origin="LVL-R8: freight worked out anew by the price book alone; met in this code",
        patches=(Patch(f"{DOMAIN}/processes/delivery/redirecting.py", "at, is_waived=waived)", "at)"),),
        catchers=(f"{_SHOP}::test_an_order_that_goes_elsewhere_keeps_the_free_freight_of_its_tier",),
    ),
    Beast(
        name="grant-never-ends",
        says="a tier by hand is had for good",
        origin="LVL-R6",
        patches=(Patch(_MODEL, "        return at < self.until\n", "        return True\n"),),
        catchers=(_RULES,),
    ),
)
"""Each must be caught."""
