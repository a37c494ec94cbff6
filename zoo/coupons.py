"""Beasts of coupons: more than there are, two orders with one, burned by an order that failed, worth more than they say."""

from __future__ import annotations

from zoo.beast import CONTRACT, DOMAIN, PROPERTY, Beast, Patch

_COUPON = f"{DOMAIN}/coupons/model/coupon.py"
_TEMPLATE = f"{DOMAIN}/coupons/model/template.py"
_TAKING = f"{DOMAIN}/processes/takings/coupons.py"
_GIVING = f"{DOMAIN}/processes/rewards/couponing.py"
_TERMS = f"{DOMAIN}/kernel/coupon_terms.py"
_PRICE = f"{DOMAIN}/pricing/model/coupon.py"
_SHOP = f"{CONTRACT}/test_coupons.py"
_RULES = f"{PROPERTY}/test_coupons.py"

BEASTS = (
    Beast(
        name="coupon-used-before-the-order",
        says="a coupon is spent when its order is placed, and an order that is not wanted burns it",
        origin="CRMEB: CPN-R3, CPN-I3",
        patches=(
            Patch(
                _TAKING,
                "if not (closed_unpaid(change) or undone_before_shipping(change)):",
                "if not undone_before_shipping(change):",
            ),
        ),
        catchers=(f"{_SHOP}::test_placing_and_closing_leaves_a_coupon_as_it_was[memory]",),
    ),
    Beast(
        name="coupon-comes-back-with-a-part",
        says="any refund gives the coupon back, though the shares of the lines have made it smaller already",
        origin="CRMEB: CPN-R5",
        patches=(
            Patch(
                _TAKING,
                "return all(line.refunded_unshipped == line.quantity for line in after.lines)",
                "return any(line.refunded for line in after.lines)",
            ),
        ),
        catchers=(f"{_SHOP}::test_only_the_whole_order_before_shipping_gives_it_back[memory]",),
    ),
    Beast(
        name="coupon-backs-two-orders",
        says="a coupon that another order has locked stays as it was for whoever asks meanwhile",
        origin="Saleor: CPN-I2",
        patches=(Patch(_COUPON, "return str(self.stands.value)", "pass"),),
        catchers=(_RULES,),
    ),
    Beast(
        name="coupons-without-end",
        says="one more is given though none is left",
        origin="CPN-I1: yudao counts by a statement that is guarded; who only reads it gives more",
        patches=(
            Patch(_TEMPLATE, "        if not self.left:\n            raise CouponsGone(template_id=self.id)\n", ""),
            Patch(_TEMPLATE, "if not 0 <= self.issued <= self.total:", "if self.issued < 0:"),
        ),
        catchers=(_RULES,),
    ),
    Beast(
        name="used-coupons-count-no-more",
        says="the limit of a member counts only what is unused, so whoever spends gets another one",
        origin="CPN-I1: once per customer",
        patches=(
            Patch(
                "src/adapters/retail_adapters/memory/contexts/coupons.py",
                "return sum(one.template_id == template_id for one in mine), sum(",
                "return sum(one.template_id == template_id and _is_live(one, at) for one in mine), sum(",
            ),
        ),
        catchers=(f"{_SHOP}::test_a_used_coupon_counts_for_its_members_limit[memory]",),
    ),
    Beast(
        name="expired-coupon-until-the-timer",
        says="a coupon is good until a timer has written it off",
        origin="CPN-R4",
        patches=(
            Patch(_COUPON, "if has_passed(self.expires_at, at):\n            return str(CouponIs.EXPIRED.value)\n        ", ""),
        ),
        catchers=(f"{_SHOP}::test_a_coupon_that_ends_is_told_of_once_and_then_is_over[memory]",),
    ),
    Beast(
        name="a-thousand-off-a-hundred",
        says="a coupon may take off more than its threshold, and more than anything costs",
        origin="mall: CPN-R1",
        patches=(Patch(_TERMS, "if self.kind is CouponKind.FIXED and self.value_minor >= self.threshold_minor:", "if False:"),),
        catchers=(f"{_RULES}::test_what_staff_may_not_say_names_its_field",),
    ),
    Beast(
        name="percent-without-a-most",
        says="a part off has no upper end",
        origin="CPN-I4",
        patches=(Patch(_TERMS, "return min(off, self.face_minor, payable_minor)", "return min(off, payable_minor)"),),
        catchers=(f"{_RULES}::test_coupons_take_off_what_they_say_and_no_more",),
    ),
    Beast(
        name="threshold-after-discounts",
        says="the threshold looks at what goods cost after discounts: a tier's cent loses a coupon of twenty",
        origin="PRC-I4, CPN-R1",
        patches=(
            Patch(
                _PRICE,
                "base = sum(share.amount_minor for key in keys for share in sheet.shares[key] if share.stage is Stage.BASE)",
                "base = sum(sheet.payable[key] for key in keys)",
            ),
        ),
        catchers=(f"{_RULES}::test_a_threshold_is_reached_by_what_goods_cost_before_any_discount",),
    ),
    Beast(
        name="coupon-of-somebody-else",
        says="whoever knows the id of a coupon uses it",
        origin="GEN-R14",
        patches=(Patch(_TAKING, " and found[id].coupon.member_id == asking.member_id]", "]"),),
        catchers=(f"{_SHOP}::test_nobody_uses_the_coupon_of_somebody_else[memory]",),
    ),
    Beast(
        name="refused-coupon-is-taken",
        says="a quote rests on every coupon that was wished for, so placing locks those that took nothing off",
        origin="met here while building: CPN-R3",
        patches=(
            Patch(
                _TAKING,
                "return Known(tuple(at_hand(one, asking.at) for one in mine), ()) if mine else None",
                "return Known(tuple(at_hand(one, asking.at) for one in mine), tuple(at_hand(one, asking.at).ground for one in mine)) if mine else None",
            ),
        ),
        catchers=(f"{_SHOP}::test_a_threshold_that_is_missed_says_by_how_much_and_takes_nothing[memory]",),
    ),
    Beast(
        name="coupon-codes-are-guessed",
        says="wrong codes are not counted, and whoever has time finds one",
        origin="R36",
        patches=(Patch(_GIVING, "        tries.note(at=at)\n", ""),),
        catchers=(f"{_SHOP}::test_guessing_codes_is_counted_and_ends[memory]",),
    ),
    Beast(
        name="points-are-kept-with-the-coupon",
        says="a coupon for points is given, and the points stay",
        origin="PTS-R10",
        patches=(
            Patch(
                _GIVING,
                "    if template.way is CouponWay.POINTS:\n        ledger",
                "    if template.way is CouponWay.CODE:\n        ledger",
            ),
        ),
        catchers=(f"{_SHOP}::test_points_are_spent_with_the_coupon_or_neither[memory]",),
    ),
    Beast(
        name="new-terms-for-old-coupons",
        says="what staff say later changes coupons that are out",
        origin="CPN-R1: yudao reads the template when the order is placed",
        patches=(Patch(_TEMPLATE, "after = evolve(after, edition=self.edition + 1)", "after = after"),),
        catchers=(f"{_SHOP}::test_a_kind_that_says_something_else_leaves_what_is_out_as_it_was[memory]",),
    ),
    Beast(
        name="more-coupons-than-anybody-holds",
        says="the most that a member holds is not asked",
        origin="CPN-R2",
        patches=(Patch(_COUPON, "        if held >= most:\n            raise TooManyCoupons(most=most)\n", ""),),
        catchers=(f"{_SHOP}::test_a_member_holds_no_more_than_the_shop_allows_over_all_kinds[memory]",),
    ),
)
