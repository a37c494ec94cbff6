"""The examination every store of coupons passes; a subclass brings the fixture `begin` of an empty store, and its `show`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from attrs import evolve

from retail_domain.coupons import (
    Coupon,
    CouponCode,
    CouponHolder,
    CouponIs,
    CouponQueries,
    CouponsWork,
    CouponTemplate,
    CouponTemplateNotFound,
    CouponValidity,
    CouponWay,
    TemplateWish,
)
from retail_domain.kernel.calendar import Calendar
from retail_domain.kernel.change import Change
from retail_domain.kernel.coupon_terms import CouponKind, CouponScope, CouponTerms
from retail_domain.kernel.errors import Stale, Taken
from retail_domain.kernel.ids import CouponId, CouponTemplateId, OrderId, ProductId
from retail_domain.kernel.paging import PageRequest
from retail_domain.kernel.units import Begin
from retail_domain.testing.goods import NOON, member_id

DAY: Final = timedelta(days=1)
DAYS: Final = Calendar(UTC)
SCOPE: Final = CouponScope(product_ids=(ProductId(UUID(int=7)),))
TERMS: Final = CouponTerms(kind=CouponKind.PERCENT, percent_bps=1_500, most_minor=900, threshold_minor=5_000, scope=SCOPE)
ORDER: Final = OrderId(UUID(int=99))


def a_template(number: int = 1, **more: Any) -> Change[CouponTemplate]:
    """A kind of coupon."""
    said = {
        "name": "八五折", "name_en": "15 off", "way": CouponWay.SELF, "terms": TERMS, "validity": CouponValidity(days=3),
        "total": 9, "per_member": 5,
    }  # fmt: skip
    return CouponTemplate.made(CouponTemplateId(UUID(int=number)), TemplateWish(**{**said, **more}), at=NOON)


def a_coupon(number: int, template: CouponTemplate, had: int = 0, member: int = 1, at: datetime = NOON) -> Change[Coupon]:
    """One of it."""
    id = CouponId(UUID(int=number))
    return Coupon.given(id, template, member_id(member), had, CouponWay.SELF, at, DAYS, DAY)


async def stored(begin: Begin[CouponsWork], *changes: Change[Any]) -> None:
    """Store these."""
    async with begin() as work:
        homes = {
            CouponTemplate: work.coupon_templates, Coupon: work.coupons, CouponHolder: work.coupon_holders,
            CouponCode: work.coupon_codes,
        }  # fmt: skip
        for change in changes:
            homes[type(change.state)].save(change)  # type: ignore[attr-defined]
        await work.commit()


@pytest.mark.asyncio
class CouponsContract:
    """What every store of coupons promises."""

    async def test_a_kind_comes_back_as_it_was_and_keeps_every_edition(
        self, begin: Begin[CouponsWork], show: CouponQueries
    ) -> None:
        """CPN-R1: coupons that are out say what they said."""
        made = a_template(tiers=("gold", "diamond"), way=CouponWay.TIER, takes_from=NOON, takes_until=NOON + DAY)
        await stored(begin, made, a_coupon(1, made.state))
        async with begin() as work:
            known = await work.coupon_templates.claim(made.state.id)
            assert known == evolve(made.state, version=1) and await work.coupon_templates.claim(CouponTemplateId(ORDER)) is None
            assert list(await work.coupon_templates.open_ones(CouponWay.TIER)) == [known.id]
            assert list(await work.coupon_templates.open_ones(CouponWay.SELF)) == []
            wish = TemplateWish(
                name="other", way=CouponWay.SELF, terms=evolve(TERMS, most_minor=1), total=8, is_open=False,
                validity=CouponValidity(ends_at=NOON + DAY),
            )  # fmt: skip
            work.coupon_templates.save(known.rewritten(wish))
            await work.commit()
        async with begin() as work:
            (held,) = await work.coupons.held([CouponId(UUID(int=1)), CouponId(UUID(int=2))])
        now = await show.template(made.state.id)

        assert (held.says.name, held.says.name_en, held.says.terms) == ("八五折", "15 off", TERMS)
        assert (now.edition, now.name, now.validity.ends_at, now.is_open, now.tiers) == (2, "other", NOON + DAY, False, ())
        with pytest.raises(CouponTemplateNotFound):
            await show.template(CouponTemplateId(ORDER))

    async def test_rivals_are_told_apart(self, begin: Begin[CouponsWork]) -> None:
        """CPN-R2, CPN-I2: by the number of a coupon, by the first row of a holder, by what was read."""
        made = a_template()
        await stored(begin, made, a_coupon(1, made.state), Change(None, CouponHolder(member_id=member_id(1), received=1)))
        with pytest.raises(Taken):
            await stored(begin, a_coupon(2, made.state))
        with pytest.raises(Taken):
            await stored(begin, Change(None, CouponHolder(member_id=member_id(1))))
        async with begin() as one:
            first = (await one.coupons.claim([CouponId(UUID(int=1))]))[CouponId(UUID(int=1))]
        await stored(begin, first.void())
        with pytest.raises(Stale):
            await stored(begin, first.lock_for(ORDER, 5, NOON))

    async def test_what_an_order_has_is_found_also_staged(self, begin: Begin[CouponsWork]) -> None:
        """CPN-R3: and what it gave back is not."""
        made = a_template()
        await stored(begin, made, a_coupon(1, made.state), a_coupon(2, made.state, 1))
        ids = [CouponId(UUID(int=number)) for number in (1, 2)]
        async with begin() as work:
            coupons = await work.coupons.claim(ids)
            for one in coupons.values():
                work.coupons.save(one.lock_for(ORDER, 5, NOON))
            assert [one.id for one in await work.coupons.of_order(ORDER)] == ids
            await work.commit()
        async with begin() as work:
            first, _ = await work.coupons.claim_of(ORDER)
            work.coupons.save(first.give_back(NOON, DAY))
            assert [one.id for one in await work.coupons.of_order(ORDER)] == ids[1:]
            await work.commit()
        async with begin() as work:
            (left,) = await work.coupons.of_order(ORDER)
        assert (left.id, left.stands, left.applied_minor, left.used_by) == (ids[1], CouponIs.LOCKED, 5, ORDER)

    async def test_what_is_counted_and_what_can_be_used(self, begin: Begin[CouponsWork]) -> None:
        """CPN-I1: of one kind all there ever were, of all kinds those that can still be used; staged ones too."""
        made, other = a_template(1), a_template(2)
        void = a_coupon(2, made.state, 1).then(lambda one: one.void())
        await stored(
            begin, made, other, a_coupon(1, made.state), void, a_coupon(3, other.state), a_coupon(4, made.state, member=2)
        )
        async with begin() as work:
            assert await work.coupons.counted(member_id(1), made.state.id, NOON) == (2, 2)
            work.coupons.save(a_coupon(5, made.state, 2))
            assert await work.coupons.counted(member_id(1), made.state.id, NOON) == (3, 3)
            late = NOON + 9 * DAY
            assert await work.coupons.counted(member_id(1), made.state.id, late) == (3, 0)
            usable = await work.coupons.usable(member_id(1), NOON)
            assert [one.coupon.id.int for one in usable] == [1, 3] and await work.coupons.usable(member_id(1), late) == []

    async def test_what_is_due_is_found_in_turn(self, begin: Begin[CouponsWork]) -> None:
        """CPN-R4: to be told of, then to be written off; nothing that an order has."""
        made = a_template()
        early, late = a_coupon(2, made.state, at=NOON - DAY), a_coupon(1, made.state, 1)
        held = a_coupon(3, made.state, 2).then(lambda one: one.lock_for(ORDER, 5, NOON))
        await stored(begin, made, early, late, held)
        async with begin() as work:
            for at, ids in ((early.state.tells_at, [2]), (late.state.tells_at, [2, 1]), (NOON, [])):
                assert [one.int for one in await work.coupons.due(at, 9)] == ids
            assert [one.int for one in await work.coupons.due(late.state.tells_at, 1)] == [2]

    async def test_codes_are_kept_by_their_seals(self, begin: Begin[CouponsWork], show: CouponQueries) -> None:
        """CPN-R1: no two alike, and counted as they are used."""
        made = a_template(way=CouponWay.CODE)
        code = CouponCode(seal="s" * 48, template_id=made.state.id, most=2, made_at=NOON)
        await stored(begin, made, Change(None, code))
        with pytest.raises(Taken):
            await stored(begin, Change(None, code))
        async with begin() as work:
            known = await work.coupon_codes.claim(code.seal)
            assert known is not None and await work.coupon_codes.claim("x") is None
            work.coupon_codes.save(Change(known, known.use()))
            await work.commit()
        async with begin() as work:
            assert await work.coupon_codes.claim(code.seal) == evolve(code, used=1, version=2)
        assert (await show.report(made.state.id)).codes == 1

    async def test_what_is_shown_is_what_is_there(self, begin: Begin[CouponsWork], show: CouponQueries) -> None:
        """CPN-I4: a page at a time, the newest first; what is gone, closed, early or over is not to be taken."""
        kinds = [
            a_template(1), a_template(2, is_open=False), a_template(3, takes_from=NOON + DAY), a_template(4, takes_until=NOON),
            a_template(5, validity=CouponValidity(ends_at=NOON)), a_template(6, way=CouponWay.STAFF),
        ]  # fmt: skip
        gone = a_template(7, total=1).then(lambda one: Change(None, one.issue(NOON)))
        used = a_coupon(1, kinds[0].state).then(lambda one: one.lock_for(ORDER, 7, NOON)).then(lambda one: one.use())
        coupons = [used, *(a_coupon(number, kinds[0].state, number - 1) for number in (2, 3))]
        await stored(begin, *kinds, gone, *coupons)
        offered = await show.to_take(frozenset({CouponWay.SELF}), NOON)
        first = await show.mine(member_id(1), PageRequest(2))
        second = await show.mine(member_id(1), PageRequest(2, first.next_cursor))
        pages = await show.templates(PageRequest(5))
        rest = await show.templates(PageRequest(5, pages.next_cursor))
        report = await show.report(kinds[0].state.id)

        assert [one.id.int for one in offered] == [1]
        assert [one.coupon.id.int for one in (*first.items, *second.items)] == [3, 2, 1] and second.next_cursor is None
        assert [one.id.int for one in (*pages.items, *rest.items)] == [7, 6, 5, 4, 3, 2, 1]
        assert (report.of(CouponIs.USED), report.of(CouponIs.UNUSED), report.applied_minor, report.codes) == (1, 2, 7, 0)
        assert await show.had_of(member_id(1)) == {kinds[0].state.id: 3} and not await show.had_of(member_id(2))
