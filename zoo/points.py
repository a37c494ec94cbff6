"""Beasts of points: spent twice, forgiven, alive after their day, given without a cause."""

from __future__ import annotations

from zoo.beast import CONTRACT, DOMAIN, PROPERTY, Beast, Patch

_LEDGER = f"{DOMAIN}/points/ledger.py"
_LOT = f"{DOMAIN}/points/lot.py"
_AWARDING = f"{DOMAIN}/processes/rewards/awarding.py"
_BY_HAND = f"{PROPERTY}/test_points_machine.py"
_SHOP = f"{CONTRACT}/test_points.py"
_TAKE_BACK = f"{_SHOP}::test_refunds_take_back_in_proportion_frozen_points_first_and_all_in_the_end[memory]"

_PAY = f"{CONTRACT}/test_points_pay.py"
_OF_ORDERS = f"{DOMAIN}/processes/takings/points.py"

BEASTS = (
    Beast(
        name="points-refused-when-there-are-more-than-go",
        says="who has more points than a basket may use is refused, in place of using fewer",
        origin="yudao: PRC-I7",
        patches=(
            Patch(
                f"{DOMAIN}/pricing/model/points.py",
                "return min(min(self.available, wanted) // self.unit, allowed // self.worth_minor)",
                "units = min(self.available, wanted) // self.unit\n        return units if units * self.worth_minor <= allowed else 0",
            ),
        ),
        catchers=(f"{_PAY}::test_as_many_are_used_as_are_there_wanted_and_allowed[memory]",),
    ),
    Beast(
        name="points-promised-to-two-quotes",
        says="a second order is placed at a price that rests on points which the first one holds",
        origin="PTS-I4, R7",
        patches=(
            Patch(
                _OF_ORDERS,
                "return [one for one in grounds if one.version == version and one.quantity <= spendable]",
                "return [one for one in grounds if one.version == version]",
            ),
        ),
        catchers=(f"{_PAY}::test_an_order_holds_them_and_closing_it_unpaid_gives_them_back[memory]",),
    ),
    Beast(
        name="points-come-back-with-the-last-part-only",
        says="a refund of some units gives back no points, and so their worth is kept until all is refunded",
        origin="CRMEB: PTS-I5",
        patches=(
            Patch(
                _OF_ORDERS,
                "back = undone(order, sum(use.state.units for use in uses), offsets(order))",
                "back = sum(use.state.units for use in uses) if not any(line.refundable for line in order.lines) else 0",
            ),
        ),
        catchers=(f"{_PAY}::test_refunds_give_back_in_proportion_and_all_in_the_end[memory]",),
    ),
    Beast(
        name="points-held-for-good",
        says="an order that is closed unpaid keeps the points that it held",
        origin="yudao, CRMEB: PTS-R7",
        patches=(Patch(_OF_ORDERS, "            ledger, uses = ledger.unlock(uses, at)\n", "            pass\n"),),
        catchers=(f"{_PAY}::test_an_order_holds_them_and_closing_it_unpaid_gives_them_back[memory]",),
    ),
    Beast(
        name="points-taken-when-there-are-none",
        says="an order locks as many points as it wants, whatever is there: the discount stays, and nothing was taken",
        origin="yudao, mall, yudao: PTS-R7",
        patches=(
            Patch(
                _LEDGER,
                "        if units > self.spendable(at):\n            raise TooFewPoints(available=self.spendable(at), wanted=units)\n        cause = ",
                "        cause = ",
            ),
        ),
        catchers=(_BY_HAND,),
    ),
    Beast(
        name="points-missing-are-forgiven",
        says="a refund that finds fewer points than the order brought takes what is there and forgets the rest",
        origin="CRMEB, yudao: PTS-R8; whoever spends first keeps both",
        patches=(
            Patch(_LEDGER, "return after._set(lot)._owing(after.debt + missing)", "return after._set(lot)._owing(after.debt)"),
        ),
        catchers=(_TAKE_BACK,),
    ),
    Beast(
        name="points-live-until-the-timer",
        says="expired points can be spent until the timer has written them off",
        origin="PTS-R9",
        patches=(Patch(_LOT, "return 0 if self.has_expired(at) else self.free", "return self.free"),),
        catchers=(f"{_SHOP}::test_expired_points_are_written_off_late_and_once[memory]",),
    ),
    Beast(
        name="points-given-back-revive-what-had-lapsed",
        says="points that come back make their lot last longer, and with them what of it had lapsed before",
        origin="met here while building: PTS-R7, PTS-I6",
        patches=(
            Patch(
                _LEDGER,
                "cause, after = PointsCause(Because.ORDER, str(use.order_id)), after._written_off([use.key], at)",
                "cause = PointsCause(Because.ORDER, str(use.order_id))",
            ),
        ),
        catchers=(f"{_BY_HAND}::test_what_had_lapsed_stays_so_when_other_points_of_its_lot_are_given_back",),
    ),
    Beast(
        name="points-of-a-review-that-is-gone",
        says="a review that was removed before its award was carried out brings points all the same",
        origin="met here while building: PTS-R6",
        patches=(Patch(_AWARDING, "review.status is ReviewStatus.REMOVED or ledger", "ledger"),),
        catchers=(f"{_SHOP}::test_a_review_that_is_gone_before_its_award_brings_none[memory]",),
    ),
    Beast(
        name="points-of-a-review-whose-goods-came-back-first",
        says="a shop takes back what reviews of returned goods brought; a review that goes up after the return brings it all the same",
        origin="met here while looking for faults: PTS-R6",
        patches=(Patch(_AWARDING, "if rules.refunds_take_back_reviews and _is_gone", "if _is_gone is None and _is_gone"),),
        catchers=(
            f"{_SHOP}::test_a_review_that_goes_up_after_its_goods_were_paid_back_brings_none_where_the_shop_says_so[memory]",
        ),
    ),
    Beast(
        name="points-of-a-review-go-with-the-first-unit",
        says="one of two units that comes back takes what the review of them brought",
        origin="met here while looking for faults: PTS-R6",
        patches=(
            Patch(_AWARDING, "not order.line(line).refundable", "order.line(line).refundable < order.line(line).quantity"),
        ),
        catchers=(f"{_SHOP}::test_a_review_of_goods_that_were_wholly_paid_back_keeps_nothing_where_the_shop_says_so[memory]",),
    ),
)
