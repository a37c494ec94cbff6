"""Wrong offers: what a shop would lose, or a buyer, if the engine were a little simpler."""

from __future__ import annotations

from typing import Final

from zoo.beast import Beast, Patch

_MODEL: Final = "src/retail_domain/pricing/model"
_LAWS: Final = "tests/property/test_offers.py"
_SHOP: Final = "tests/contract/test_promotions.py"

BEASTS: Final = (
    Beast(
        name="every-offer-at-once",
        says="of the offers that meet, all are applied",
        origin="PRC-R8: a greedy pass; one percent off costs the buyer fifty yuan",
        patches=(
            Patch(f"{_MODEL}/search.py", "            if gain < -best[0]:", "            if subset + 1 < 1 << self.count:"),
            Patch(f"{_MODEL}/search.py", "            if key < best:", "            if True:"),
        ),
        catchers=(f"{_LAWS}::test_a_discount_that_would_lose_a_full_reduction_is_left_out",),
    ),
    Beast(
        name="threshold-rounded-to-whole-yuan",
        says="a step is reached when what is missing to it is less than one yuan",
        origin="PRC-I6: mall compares whole yuan",
        patches=(
            Patch(
                f"{_MODEL}/offer.py",
                "            if counted < step.threshold:",
                "            if counted // 100 < step.threshold // 100:",
            ),
        ),
        catchers=(f"{_LAWS}::test_a_step_is_reached_in_minor_units_and_what_is_missing_is_told",),
    ),
    Beast(
        name="exclusive-in-name",
        says="an exclusive offer stands with others on its lines",
        origin="PRC-R2",
        patches=(Patch(f"{_MODEL}/search.py", "if is_exclusive and len(members) > 1:", "if False:"),),
        catchers=(f"{_LAWS}::test_an_exclusive_offer_stands_alone_or_not_at_all",),
    ),
    Beast(
        name="tier-price-always-on",
        says="the price of a tier is taken even where it loses a full reduction",
        origin="PRC-R8: line prices first, reductions after them",
        patches=(
            Patch(
                f"{_MODEL}/search.py",
                "for switch in (False,) if is_exclusive or shop == base else (True, False):",
                "for switch in (False,) if is_exclusive or shop == base else (True,):",
            ),
        ),
        catchers=(f"{_LAWS}::test_a_tier_price_is_left_out_where_it_would_lose_a_full_reduction",),
    ),
    Beast(
        name="members-price-for-everybody",
        says="a guest is asked the price for members",
        origin="PRC-R3",
        patches=(
            Patch(f"{_MODEL}/tier.py", "asked is not None and is_member and", "asked is not None and"),
            Patch(f"{_MODEL}/tier.py", "if not bps and not is_member:", "if False:"),
        ),
        catchers=(f"{_LAWS}::test_the_engine_finds_what_all_subsets_of_all_offers_come_to_at_least",),
    ),
    Beast(
        name="members-price-beside-the-tiers",
        says="what a tier takes off and the price for members are added up",
        origin="PRC-R3",
        patches=(
            Patch(
                f"{_MODEL}/tier.py",
                "off, source = payable - asked * line.quantity, MEMBERS",
                "off, source = off + payable - asked * line.quantity, MEMBERS",
            ),
        ),
        catchers=(f"{_LAWS}::test_the_engine_finds_what_all_subsets_of_all_offers_come_to_at_least",),
    ),
    Beast(
        name="reduction-below-the-floor",
        says="a full reduction takes off what the goods cost, whatever their floor",
        origin="PRC-R3",
        patches=(
            Patch(
                f"{_MODEL}/search.py",
                "contender.offer.reached(amount, units), amount - floor)",
                "contender.offer.reached(amount, units), amount)",
            ),
        ),
        catchers=(f"{_LAWS}::test_reductions_stop_at_the_floors_of_their_goods",),
    ),
    Beast(
        name="campaign-price-only-in-the-preview",
        says="an order of a group has whatever an ordinary one has",
        origin="PRC-R1: CRMEB looks at the table in its preview only",
        patches=(Patch(f"{_MODEL}/kinds.py", "    OrderKind.GROUP: frozenset(),", "    OrderKind.GROUP: frozenset(Benefit),"),),
        catchers=(f"{_LAWS}::test_every_cell_of_the_exclusion_matrix",),
    ),
    Beast(
        name="seven-offers-may-meet",
        says="any number of offers may meet on the same goods",
        origin="PRC-R8: quotes that take seconds",
        patches=(Patch(f"{_MODEL}/book.py", "if len(cluster) > CLUSTER_MAX:", "if len(cluster) > OFFERS_MAX:"),),
        catchers=(f"{_SHOP}::test_launching_what_makes_a_cluster_larger_than_six_is_refused_with_the_list",),
    ),
    Beast(
        name="gift-that-is-charged",
        says="what comes along costs what the catalogue says",
        origin="MSC-R3",
        patches=(
            Patch(
                "src/retail_domain/processes/purchase/quoting.py",
                "free = evolve(goods, unit_price_minor=0, floor_minor=0) if line.gift_of else goods",
                "free = goods",
            ),
        ),
        catchers=(f"{_SHOP}::test_a_gift_comes_along_as_long_as_it_is_there_and_is_taken_from_stock",),
    ),
    Beast(
        name="offer-changed-without-the-book",
        says="new terms of a launched offer are kept, and prices go on by the old ones",
        origin="CRT-R4",
        patches=(Patch("src/retail_domain/processes/staff/offering.py", "    if known.is_live:", "    if False:"),),
        catchers=(f"{_SHOP}::test_a_changed_offer_answers_price_changed_and_holds_at_once",),
    ),
)
