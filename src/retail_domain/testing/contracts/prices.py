"""The examination every store of quotes and price books passes: the promises of their ports as tests.

An adapter's author subclasses it with a fixture `begin` that opens units of work on an empty store.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from attrs import evolve

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import Stale, Taken
from retail_domain.kernel.grounds import Ground
from retail_domain.kernel.ids import AddressId, CartId, MemberId, QuoteId
from retail_domain.kernel.units import Begin
from retail_domain.pricing import (
    CartRef,
    ChargeBy,
    ComingFreight,
    FreightZone,
    Outcome,
    PriceBook,
    PricingRequest,
    PricingWork,
    Quote,
    QuoteDelivery,
    QuoteNotFound,
    QuoteTerms,
    Reason,
    SaleLine,
    Stage,
    Step,
    UnavailableLine,
    Wish,
    draw_up,
    price,
)
from retail_domain.testing.baskets import NOON, SHENZHEN, a_book, a_template, goods, sku, template_id

CLERK = Actor.system("clerk")


def a_quote(number: int = 1, *, expires_at: datetime = NOON + timedelta(minutes=15)) -> Change[Quote]:
    """A quote with everything in it that a quote can have."""
    fact = evolve(goods(1), title="红色 T 恤 'a' \"b\"", options=(("颜色", "红"), ("size", "XL")), image_url="https://x.test/1")
    wishes = (Wish("coupon", "c-1"), Wish("points", "", 500))
    lines = SaleLine(fact, 2), SaleLine(goods(2, price_minor=1), 1)
    request = PricingRequest(currency="CNY", lines=lines, region_code=SHENZHEN, wishes=wishes)
    pipeline = price.with_step(Step(Stage.COUPON, lambda _: Outcome(grounds=(Ground("coupon", "c-1", 2),))))
    terms = QuoteTerms(
        member_id=MemberId(UUID(int=71)),
        delivery=QuoteDelivery(address_id=AddressId(UUID(int=81)), region_code=SHENZHEN),
        offers_version=3,
        created_at=NOON - timedelta(days=30),
        expires_at=expires_at,
        cart=CartRef(CartId(UUID(int=5)), 4),
        wishes=wishes,
    )
    missing = UnavailableLine(sku_id=sku(9), quantity=3, reason=Reason.NOT_ENOUGH, title="没有了", sellable=1)
    return draw_up(QuoteId(UUID(int=number)), pipeline(request, a_book(a_template(1, default=True)), NOON), terms, (missing,))


@pytest.mark.asyncio
class PricesContract:
    """What every store of quotes and price books promises."""

    async def test_a_quote_comes_back_to_the_cent_and_to_the_letter(self, begin: Begin[PricingWork]) -> None:
        """CRT-I2, R32: what was consented to is what is placed."""
        change = a_quote()

        async with begin() as work:
            work.quotes.save(change)
            assert await work.quotes.get(change.state.id) == change.state
            await work.commit()

        async with begin() as work:
            assert await work.quotes.get(change.state.id) == evolve(change.state, version=1)

    async def test_several_quotes_are_claimed_at_once_and_unknown_ones_are_absent(self, begin: Begin[PricingWork]) -> None:
        async with begin() as work:
            work.quotes.save(a_quote(1))
            work.quotes.save(a_quote(2))
            await work.commit()

        async with begin() as work:
            wanted = [QuoteId(UUID(int=number)) for number in (1, 2, 3)]
            assert set(await work.quotes.claim(wanted)) == set(wanted[:2])
            assert await work.quotes.claim([]) == {}
            with pytest.raises(QuoteNotFound):
                await work.quotes.get(wanted[2])

    async def test_quotes_that_expired_long_ago_are_forgotten_oldest_first(self, begin: Begin[PricingWork]) -> None:
        ends = [NOON - timedelta(days=days) for days in (3, 9, 5)]
        async with begin() as work:
            for number, end in enumerate(ends):
                work.quotes.save(a_quote(number, expires_at=end))
            await work.commit()

        async with begin() as work:
            assert await work.quotes.forget_expired(NOON - timedelta(days=4), 1) == 1
            await work.commit()

        async with begin() as work:
            left = await work.quotes.claim([QuoteId(UUID(int=number)) for number in range(3)])
        assert set(left) == {QuoteId(UUID(int=0)), QuoteId(UUID(int=2))}

    async def test_there_is_an_empty_book_before_one_is_stored(self, begin: Begin[PricingWork]) -> None:
        async with begin() as work:
            assert await work.price_book.get() == PriceBook()
            assert await work.price_book.current_version() == 0

    async def test_a_book_comes_back_as_it_was_and_each_change_is_a_version(self, begin: Begin[PricingWork]) -> None:
        """MSC-R5, CRT-R4: a quote made before a change can be told from one made after it."""
        far = FreightZone(regions=("65", "54"), delivers=False)
        near = FreightZone(regions=("",), first_units=0, first_minor=1, next_units=2, next_minor=3, free_from_minor=99)
        coming = ComingFreight(effective_at=NOON + timedelta(days=30), charge_by=ChargeBy.VOLUME, zones=(near,))
        template = evolve(a_template(1, near, far, by=ChargeBy.WEIGHT, default=True), coming=coming)

        one = await kept(begin, PriceBook().store_template(template, actor=CLERK, at=NOON))
        two = await kept(begin, one.store_template(a_template(2, default=True), actor=CLERK, at=NOON))
        three = await kept(begin, two.remove_template(template_id(1), actor=CLERK, at=NOON))

        assert one.template(template.id) == template
        assert two.template(template.id) == evolve(template, is_default=False, edition=2)
        assert set(three.templates) == {template_id(2)}
        assert [book.version for book in (one, two, three)] == [1, 2, 3]

    async def test_of_two_who_change_one_book_the_second_is_told(self, begin: Begin[PricingWork]) -> None:
        """GEN-R8"""
        empty = PriceBook()
        first = await kept(begin, empty.store_template(a_template(1), actor=CLERK, at=NOON))
        with pytest.raises(Taken):
            await kept(begin, empty.store_template(a_template(2), actor=CLERK, at=NOON))
        await kept(begin, first.store_template(a_template(2), actor=CLERK, at=NOON))

        with pytest.raises(Stale):
            await kept(begin, first.store_template(a_template(3), actor=CLERK, at=NOON))

        async with begin() as work:
            assert set((await work.price_book.get()).templates) == {template_id(1), template_id(2)}
            assert await work.price_book.current_version() == 2


async def kept(begin: Begin[PricingWork], change: Change[PriceBook]) -> PriceBook:
    """The book as the store has it after this change."""
    async with begin() as work:
        work.price_book.save(change)
        assert await work.price_book.get() == change.state
        await work.commit()
    async with begin() as work:
        return await work.price_book.get()
