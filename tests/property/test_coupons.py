"""Coupons and their price: one takes off no more than it says, and comes back as it was (CPN-I1 to CPN-I4)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from attrs import evolve
from hypothesis import given, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from retail_domain.coupons import (
    Coupon,
    CouponCode,
    CouponCodeUsed,
    CouponEndsSoon,
    CouponHolder,
    CouponInUse,
    CouponIs,
    CouponLimitReached,
    CouponNotUsable,
    CouponsGone,
    CouponTemplate,
    CouponValidity,
    CouponWay,
    TemplateWish,
    TooManyCoupons,
    code_seal,
)
from retail_domain.kernel.calendar import Calendar
from retail_domain.kernel.coupon_terms import CouponKind, CouponScope, CouponTerms
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import CategoryId, CouponId, CouponTemplateId, OrderId
from retail_domain.pricing import (
    STEPS,
    Adjustment,
    BuyerFacts,
    CouponAtHand,
    Outcome,
    Pipeline,
    PricedBasket,
    PricingRequest,
    SaleLine,
    Sheet,
    Source,
    Stage,
    Step,
    before_coupons,
    effect_of,
    price,
)
from retail_domain.testing.baskets import NOON, a_book, a_request, a_template, books, goods, requests, sku
from retail_domain.testing.goods import member_id

DAY, DAYS = timedelta(days=1), Calendar(UTC)
ALICE = member_id(1)
ONES = st.integers(1, 30_000)


@st.composite
def scopes(draw: st.DrawFn) -> CouponScope:
    """Some goods, or all, less some."""
    named = draw(st.lists(st.integers(1, 40), max_size=6, unique=True))
    excluded = draw(st.lists(st.integers(1, 40), max_size=3, unique=True))
    return CouponScope(sku_ids=tuple(map(sku, named)), not_sku_ids=tuple(map(sku, excluded)))


@st.composite
def terms(draw: st.DrawFn) -> CouponTerms:
    """Whatever staff may say of a coupon."""
    kind, threshold = draw(st.sampled_from(CouponKind)), draw(st.none() | st.integers(2, 60_000))
    flags = {name: draw(st.booleans()) for name in ("with_line_prices", "with_reductions", "with_coupons")}
    said = {"kind": kind, "threshold_minor": threshold, "scope": draw(scopes()), **flags}
    if kind is CouponKind.PERCENT:
        return CouponTerms(percent_bps=draw(st.integers(1, 10_000)), most_minor=draw(ONES), **said)
    most = threshold - 1 if threshold is not None and kind is CouponKind.FIXED else 30_000
    return CouponTerms(value_minor=draw(st.integers(1, most)), **said)


def at_hand(*said: CouponTerms) -> tuple[CouponAtHand, ...]:
    """Coupons that say this."""
    return tuple(CouponAtHand(id=str(UUID(int=at)), edition=1, terms=one) for at, one in enumerate(said, 1))


def priced(request: PricingRequest, *said: CouponTerms, pipeline: Pipeline = price, book: object = None) -> PricedBasket:
    """The basket with these coupons at hand."""
    known = {"coupon": at_hand(*said)} if said else {}
    return pipeline(evolve(request, buyer=BuyerFacts(known=known)), book or a_book(a_template(default=True)), NOON)  # type: ignore[arg-type]


def taken_off(basket: PricedBasket, stage: Stage) -> int:
    """What coupons took off at a stage."""
    return -sum(one.amount_minor for one in basket.by_source() if one.source_kind == "coupon" and one.stage is stage)


def a_discount(sheet: Sheet) -> Outcome:
    """A tenth off every other line, as far as its floor lets it."""
    off = {key: -min(sheet.payable[key] // 10, sheet.payable[key] - sheet.floors[key]) for key in sorted(sheet.lines)[::2]}
    return Outcome(adjustments=(Adjustment(source=Source("sale"), goods={key: one for key, one in off.items() if one}),))


WITH_OFFERS = price.with_step(Step(Stage.LINE_PRICE, a_discount)).with_step(Step(Stage.FULL_REDUCTION, a_discount))


@given(requests(), books(), st.lists(terms(), min_size=1, max_size=4), st.booleans())
def test_coupons_take_off_what_they_say_and_no_more(
    request: PricingRequest, book: object, said: list[CouponTerms], has_offers: bool
) -> None:
    """CPN-I4, PRC-R3, PRC-I5: at most one for goods and one for freight; each is used or told why not; floors hold."""
    pipeline = WITH_OFFERS if has_offers else price
    without, with_them = priced(request, pipeline=pipeline, book=book), priced(request, *said, pipeline=pipeline, book=book)
    known = {one.id: one.terms for one in at_hand(*said)}
    used = [known[ground.id] for ground in with_them.grounds if ground.kind == "coupon"]
    refused = [one.source_id for one in with_them.rejected_offers]

    for stage, is_freight in ((Stage.COUPON, False), (Stage.FREIGHT, True)):
        mine = [one for one in used if one.is_for_freight is is_freight]
        assert len(mine) <= 1 and taken_off(with_them, stage) <= sum(one.face_minor for one in mine)
        assert bool(mine) == (taken_off(with_them, stage) > 0)
    assert without.goods_minor - with_them.goods_minor == taken_off(with_them, Stage.COUPON)
    assert without.freight_minor - with_them.freight_minor == taken_off(with_them, Stage.FREIGHT)
    if without.lines and request.region_code is not None:
        assert sorted([*refused, *(g.id for g in with_them.grounds if g.kind == "coupon")]) == sorted(known)
    for before, after in zip(without.lines, with_them.lines, strict=True):
        share = -sum(one.amount_minor for one in after.shares if one.source_kind == "coupon")
        assert after.payable_minor == before.payable_minor - share >= after.floor_minor or share == 0
        if share:
            (mine,) = [one for one in used if not one.is_for_freight]
            assert mine.scope.covers(after.goods.sku_id, after.goods.product_id)


@given(requests(), st.lists(terms(), min_size=1, max_size=4))
def test_whether_it_can_be_used_is_said_by_the_price_itself(request: PricingRequest, said: list[CouponTerms]) -> None:
    """What is told of a coupon beforehand, whichever other is used, is what a quote with it alone comes to (PRC-I8)."""
    request = evolve(request, region_code=request.region_code or "440305")
    seen = before_coupons(priced(request, *said, pipeline=WITH_OFFERS), NOON)
    if not seen.lines:
        return
    plain = priced(request, pipeline=WITH_OFFERS)
    for coupon in at_hand(*said):
        alone = priced(request, coupon.terms, pipeline=WITH_OFFERS)
        assert effect_of(coupon, seen).off_minor == plain.payable.minor - alone.payable.minor


@given(requests(), terms(), st.integers(0, 100))
def test_a_discount_before_never_loses_a_coupon(request: PricingRequest, said: CouponTerms, bps: int) -> None:
    """PRC-I4: a threshold looks at what goods cost before anything is taken off."""
    anywhere = evolve(said, with_line_prices=True, with_reductions=True)
    plain, less = priced(request, anywhere), priced(request, anywhere, pipeline=WITH_OFFERS)
    lost = {one.reason for one in less.rejected_offers} - {one.reason for one in plain.rejected_offers}

    assert lost <= {"nothing_to_take_off"}
    assert less.goods_minor <= plain.goods_minor or said.kind is CouponKind.PERCENT


def test_a_threshold_is_reached_by_what_goods_cost_before_any_discount() -> None:
    """PRC-I4, PRC-I6: by the cent, whatever an offer took off."""
    request = a_request(SaleLine(goods(1, price_minor=1_000), 2))
    said = CouponTerms(kind=CouponKind.FIXED, value_minor=500, threshold_minor=2_000)
    reached, missed = priced(request, said, pipeline=WITH_OFFERS), priced(request, evolve(said, threshold_minor=2_001))

    assert (taken_off(reached, Stage.COUPON), reached.goods_minor) == (500, 2_000 - 200 - 180 - 500)
    assert [(one.reason, one.missing_minor) for one in missed.rejected_offers] == [("below_threshold", 1)]


@given(requests(), terms(), st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_nothing(request: PricingRequest, said: CouponTerms, dice: object) -> None:
    """PRC-I3: not even a cent on a line."""
    lines = list(request.lines)
    dice.shuffle(lines)  # type: ignore[attr-defined]
    told = [
        {line.goods.sku_id: (line.payable_minor, line.freight_minor) for line in priced(one, said).lines}
        for one in (request, evolve(request, lines=tuple(lines)))
    ]
    assert told[0] == told[1]


def test_categories_and_exclusions_and_goods_that_came_along() -> None:
    """CPN-R1: what is excluded in any way is out; gifts are bought by nobody and count for no threshold."""
    books_of, out = CategoryId(UUID(int=70)), CategoryId(UUID(int=71))
    scope = CouponScope(category_ids=(books_of, out), not_category_ids=(out,))
    assert scope.covers(sku(1), None, books_of) and not scope.covers(sku(1), None, out) and not scope.covers(sku(1), None, None)
    assert CouponScope(not_sku_ids=(sku(2),)).covers(sku(1)) and not CouponScope(not_sku_ids=(sku(2),)).covers(sku(2))
    said = CouponTerms(kind=CouponKind.FIXED, value_minor=100, threshold_minor=1_500)
    gift = SaleLine(goods(2, price_minor=1_000), 1, nth=2, gift=True)
    basket = priced(a_request(SaleLine(goods(1, price_minor=1_000), 1), gift), said)
    assert [(one.reason, one.missing_minor) for one in basket.rejected_offers] == [("below_threshold", 500)]


def test_two_coupons_go_together_if_both_say_so() -> None:
    """CPN-R1, PRC-R2: the second is told why not."""
    off = CouponTerms(kind=CouponKind.FIXED, value_minor=100)
    way = CouponTerms(kind=CouponKind.FREIGHT, value_minor=100)
    request = a_request(SaleLine(goods(1, template=1), 1))
    for one, other in ((off, evolve(way, with_coupons=False)), (evolve(off, with_coupons=False), way)):
        basket = priced(request, one, other)
        assert [one.reason for one in basket.rejected_offers] == ["not_together"]
    assert not priced(request, off, way).rejected_offers


def test_what_staff_may_not_say_names_its_field() -> None:
    """CPN-R1, GEN-R22: among it a coupon of 1,000 off 100."""
    for said, field in (
        ({"kind": CouponKind.FIXED, "value_minor": 100_000, "threshold_minor": 10_000}, "value_minor"),
        ({"kind": CouponKind.FIXED, "value_minor": 0}, "value_minor"),
        ({"kind": CouponKind.PERCENT, "percent_bps": 1_000}, "most_minor"),
        ({"kind": CouponKind.PERCENT, "percent_bps": 1_000, "most_minor": 5, "value_minor": 5}, "value_minor"),
        ({"kind": CouponKind.FREIGHT, "value_minor": 5, "threshold_minor": 0}, "threshold_minor"),
    ):
        with pytest.raises(InvalidInput) as refused:
            CouponTerms(**said)  # type: ignore[arg-type]
        assert [one.field for one in refused.value.problems] == [field]
    for days, more in ((0, {}), (4_000, {}), (1, {"ends_at": NOON}), (0, {"ends_at": NOON, "begins_at": NOON})):
        with pytest.raises(InvalidInput):
            CouponValidity(days=days, **more)  # type: ignore[arg-type]
    for more in ({"total": 0}, {"per_member": 0}, {"points": 5}, {"tiers": ("gold",)}, {"way": CouponWay.TIER}, {"name": " "}):
        with pytest.raises(InvalidInput):
            a_wish(**more)  # type: ignore[arg-type]


def test_days_end_with_the_day_and_begin_when_they_are_said_to() -> None:
    """CPN-R1: through the end of the day so many days later, by the shop's calendar."""
    assert CouponValidity(days=7).span(NOON, DAYS) == (NOON, datetime(2026, 6, 9, tzinfo=UTC))
    assert CouponValidity(days=1, delay_days=2).span(NOON, DAYS) == (
        datetime(2026, 6, 3, tzinfo=UTC), datetime(2026, 6, 5, tzinfo=UTC)
    )  # fmt: skip
    fixed = CouponValidity(begins_at=NOON + DAY, ends_at=NOON + 2 * DAY)
    assert fixed.span(NOON, DAYS) == (NOON + DAY, NOON + 2 * DAY)
    assert coupon(a_template_of(validity=fixed)).obstacle(NOON) == "not_yet"


class _Seals:
    """Seals that can be read."""

    def seal(self, *parts: str) -> bytes:
        return "/".join(parts).encode()


def test_a_code_is_one_however_it_is_typed_and_used_as_often_as_it_may_be() -> None:
    """CPN-R1."""
    assert code_seal(_Seals(), "1234-5678") == code_seal(_Seals(), " 12345678 ") != code_seal(_Seals(), "12345679")
    code = CouponCode(seal="x", template_id=CouponTemplateId(UUID(int=1)), most=1, made_at=NOON).use()
    with pytest.raises(CouponCodeUsed):
        code.use()
    assert evolve(code, most=None).use().used == 2


# ---- the life of coupons -----------------------------------------------------------------------------------------------


def a_wish(**more: object) -> TemplateWish:
    """A kind."""
    said: dict[str, object] = {
        "name": "five off", "way": CouponWay.SELF, "terms": CouponTerms(kind=CouponKind.FIXED, value_minor=500),
        "validity": CouponValidity(days=5), "total": 3, "per_member": 2,
    }  # fmt: skip
    return TemplateWish(**{**said, **more})  # type: ignore[arg-type]


def a_template_of(**more: object) -> CouponTemplate:
    """A kind."""
    return CouponTemplate.made(CouponTemplateId(UUID(int=1)), a_wish(**more), at=NOON).state


def coupon(template: CouponTemplate, number: int = 1, had: int = 0, at: datetime = NOON) -> Coupon:
    """One of it."""
    id = CouponId(UUID(int=number))
    return Coupon.given(id, template, ALICE, had, CouponWay.SELF, at, DAYS, 2 * DAY).state


class LivesOfCoupons(RuleBasedStateMachine):
    """Coupons of one kind and two members, given, used and given back in any order, beside what should be of them."""

    def __init__(self) -> None:
        super().__init__()
        self.at, self.template, self.grace = NOON, a_template_of(), timedelta()
        self.held: dict[int, CouponHolder] = {}
        self.coupons: dict[CouponId, Coupon] = {}
        self.owner: dict[CouponId, int] = {}
        self.before: dict[CouponId, Coupon] = {}
        self.told: set[CouponId] = set()
        self.orders = 0

    @rule(member=st.integers(1, 2), most=st.integers(1, 3))
    def take(self, member: int, most: int) -> None:
        """CPN-I1: one more, or a refusal that is true."""
        mine = [one for one in self.coupons.values() if self.owner[one.id] == member]
        live = sum(one.stands is CouponIs.UNUSED and one.expires_at > self.at for one in mine)
        try:
            counted = self.template.issue(self.at)
            made = coupon(self.template, len(self.coupons) + 1, len(mine), self.at)
            holder = self.held.get(member, CouponHolder(member_id=member_id(member))).receive(live, most)
        except CouponsGone:
            assert len(self.coupons) == self.template.total
        except CouponLimitReached:
            assert len(mine) == self.template.per_member
        except TooManyCoupons:
            assert live >= most
        else:
            self.template, self.held[member] = counted, holder
            self.coupons[made.id], self.owner[made.id] = made, member

    @precondition(lambda self: self.coupons)
    @rule(data=st.data(), off=st.integers(1, 500))
    def place(self, data: st.DataObject, off: int) -> None:
        """CPN-I2, CPN-R4: only what can be used now, for one order."""
        one = data.draw(st.sampled_from(sorted(self.coupons.values(), key=lambda one: one.id)))
        self.orders += 1
        is_usable = one.stands is CouponIs.UNUSED and one.begins_at <= self.at < one.expires_at
        try:
            self.coupons[one.id] = one.lock_for(OrderId(UUID(int=self.orders)), off, self.at).state
        except CouponNotUsable:
            assert not is_usable
        else:
            assert is_usable
            self.before[one.id] = one

    @precondition(lambda self: self.before)
    @rule(data=st.data(), pays=st.booleans())
    def end(self, data: st.DataObject, pays: bool) -> None:
        """CPN-I3, CPN-R3: used and used again is used once; given back it is as before, or its time is over."""
        id = data.draw(st.sampled_from(sorted(self.before)))
        one = self.coupons[id]
        if pays:
            self.coupons[id] = one.use().state
            assert self.coupons[id].use().state == self.coupons[id] == evolve(one, stands=CouponIs.USED)
            return
        was = self.before.pop(id)
        self.coupons[id] = back = one.give_back(self.at, self.grace).state
        if self.at < was.expires_at:
            assert back == was
        elif self.grace:
            assert back == evolve(was, expires_at=self.at + self.grace)
        else:
            assert back == evolve(was, stands=CouponIs.EXPIRED)
        assert back.give_back(self.at, self.grace).state == back

    @precondition(lambda self: self.coupons)
    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        """CPN-R3: not while an order has it, nor when it is over."""
        one = data.draw(st.sampled_from(sorted(self.coupons.values(), key=lambda one: one.id)))
        try:
            self.coupons[one.id] = one.void().state
        except CouponInUse:
            assert one.stands in (CouponIs.LOCKED, CouponIs.USED, CouponIs.EXPIRED)
        else:
            assert one.stands in (CouponIs.UNUSED, CouponIs.VOID)

    @rule(hours=st.integers(1, 60), grace=st.integers(0, 2))
    def pass_time(self, hours: int, grace: int) -> None:
        """Time passes, and the timer looks: nobody is told twice, and whoever is over was told of before."""
        self.at, self.grace = self.at + timedelta(hours=hours), grace * DAY
        for one in list(self.coupons.values()):
            change = one.wait_over(self.template.what_it_says, self.at, DAYS)
            self.coupons[one.id] = change.state
            for event in change.events:
                assert isinstance(event, CouponEndsSoon) and one.id not in self.told and self.at < one.expires_at
                self.told.add(one.id)
            over = one.stands is CouponIs.UNUSED and one.expires_at <= self.at
            assert (change.state.stands is CouponIs.EXPIRED) == (over or one.stands is CouponIs.EXPIRED)

    @invariant()
    def adds_up(self) -> None:
        """CPN-I1, CPN-I2."""
        assert self.template.issued == len(self.coupons) <= self.template.total
        for member, holder in self.held.items():
            mine = [one for id, one in self.coupons.items() if self.owner[id] == member]
            assert holder.received == len(mine) <= self.template.per_member
            assert sorted(one.n for one in mine) == list(range(1, len(mine) + 1))
        orders = [one.used_by for one in self.coupons.values() if one.used_by is not None]
        assert len(set(orders)) == len(orders)


TestLivesOfCoupons = LivesOfCoupons.TestCase
TestLivesOfCoupons.settings = settings(stateful_step_count=30)


def test_the_shop_s_own_steps_have_both_coupons_in_their_place() -> None:
    """PRC-R5: goods before points and freight, freight after what makes it cost less."""
    stages = [step.stage for step in STEPS]
    assert stages == sorted(stages, key=list(Stage).index)
    assert stages.count(Stage.COUPON) == 1 and stages[-1] is Stage.FREIGHT and stages.count(Stage.FREIGHT) == 2
