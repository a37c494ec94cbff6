"""Members see what the shop knows of them, and leave it; what it knew is gone, and what it owes the law is not."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import pytest

from retail_domain.accounts import (
    AccountBlocked,
    AgreeToTerms,
    CodeWrong,
    LoginFailed,
    LogInWithCode,
    LogInWithPassword,
    MemberNotFound,
    Purpose,
    UpdateProfile,
)
from retail_domain.coupons import IssueCoupon
from retail_domain.kernel.errors import InvalidInput, Unavailable
from retail_domain.kernel.ids import ProductId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.kernel.personal import SettledBy
from retail_domain.notes import ThingSort
from retail_domain.ordering import CancelOrder, ConfirmReceipt, OrderStatus
from retail_domain.points import AdjustPoints
from retail_domain.privacy import AccountInUse
from retail_domain.processes.leaving.closing import CloseAccountFor
from retail_domain.processes.leaving.exporting import ExportMember
from retail_domain.processes.leaving.manifest import erased
from retail_domain.reviews import ReviewFilter
from retail_domain.testing.people import QuickPasswords
from retail_domain.tiers import GrantTier, TakeTierAway
from tests.support.leaver import CANARIES, CLERK, NOT_TOLD, PHONE, SHOWN, TILL, Leaving, a_leaving
from tests.support.stores import STORES, Place, place_of


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@pytest.fixture
async def shop(place: Place) -> AsyncIterator[Leaving]:
    """A shop with a member who will leave."""
    async with a_leaving(place) as leaving:
        yield leaving


EMPTY: Final = frozenset({
    "erasures", "looks_and_deeds", "opening_totals", "pictures", "points_of_orders", "refunds", "trade_records",
    "wallet_account", "wallet_history", "wallet_lots", "wallet_uses", "withdrawals",
})  # fmt: skip
"""Sections that nothing of what this member does would fill; a new one fails here until the member lives in it."""


async def test_the_export_tells_everything_and_every_store_tells_the_same(shop: Leaving) -> None:
    """R40, PRV-R1: whatever the member has said is in it, others' notes included."""
    await shop.lives()
    told = await shop.retail.privacy.export(ExportMember(member_id=shop.member_id))
    async with a_leaving(Place("memory")) as other:
        await other.lives()
        expected = await other.retail.privacy.export(ExportMember(member_id=other.member_id))

    text = str(told.sections)
    assert {name for name, word in CANARIES.items() if word not in text} == NOT_TOLD
    for name, rows in told.sections.items():
        assert (name, _without_ids(rows)) == (name, _without_ids(expected.sections[name]))
    assert told.sections.keys() == expected.sections.keys()
    assert {name for name, rows in told.sections.items() if not rows} == EMPTY


async def test_what_is_in_the_way_is_named_and_can_be_settled(shop: Leaving) -> None:
    """PRV-R2: an unpaid order is called off, one that was sent is received, and the shop carries on with the others."""
    await shop.settles_in()
    unpaid, paid, sent, there = await shop.orders(), await shop.pays(), await shop.is_sent(), await shop.receives()
    with pytest.raises(AccountInUse) as refused:
        await shop.retail.privacy.close(shop.leaving())
    ways = {one.id: one.settled_by for one in refused.value.in_the_way}
    assert ways == {unpaid: SettledBy.CANCEL, paid: SettledBy.WAIT, sent: SettledBy.RECEIVE, there: SettledBy.WAIT}
    assert list(refused.value.in_the_way) == list(await shop.retail.privacy.in_the_way(shop.member_id))

    await shop.retail.ordering.cancel(CancelOrder(member_id=shop.member_id, order_id=unpaid))
    await shop.retail.ordering.confirm_receipt(ConfirmReceipt(member_id=shop.member_id, order_id=sent))
    left = {one.id: one.settled_by for one in await shop.retail.privacy.in_the_way(shop.member_id)}

    assert left == dict.fromkeys((paid, sent, there), SettledBy.WAIT)


async def test_whoever_cannot_prove_who_they_are_closes_nothing(shop: Leaving) -> None:
    """PRV-R3, ACC-R8: a session alone is not enough, and a code for something else proves nothing."""
    await shop.settles_in()
    close = shop.retail.privacy.close
    with pytest.raises(InvalidInput):
        await close(shop.leaving(password=None))
    with pytest.raises(LoginFailed):
        await close(shop.leaving(password="a wrong one"))
    with pytest.raises(CodeWrong):
        await close(shop.leaving(password=None, proof=await shop.proof(Purpose.LOGIN)))
    with pytest.raises(CodeWrong):
        await close(shop.leaving(password=None, proof=await shop.proof(Purpose.CLOSE_ACCOUNT, "13800138009")))
    assert (await shop.retail.accounts.show.member(shop.member_id)).closed_at is None  # type: ignore[union-attr]

    await close(shop.leaving(password=None, proof=await shop.proof(Purpose.CLOSE_ACCOUNT)))

    assert (await shop.retail.accounts.show.member(shop.member_id)).closed_at == shop.clock.now()  # type: ignore[union-attr]


async def test_whoever_is_turned_away_from_leaving_has_tried_nothing(shop: Leaving) -> None:
    """ACC-R7: because all together wait for a hash, however often; afterwards they leave as if nothing had been."""
    await shop.settles_in()
    passwords = shop.outside.passwords
    assert isinstance(passwords, QuickPasswords)
    passwords.is_full = True
    for _ in range(12):
        with pytest.raises(Unavailable):
            await shop.retail.privacy.close(shop.leaving())
    passwords.is_full = False

    assert (await shop.retail.privacy.close(shop.leaving())).closed_at == shop.clock.now()


async def test_nothing_that_tells_of_who_has_left_is_stored_any_more(shop: Leaving) -> None:
    """R40, PRV-R4: not a word of theirs, on any store, while everything adds up as before."""
    await shop.lives()
    await shop.is_clean()
    assert await shop.sightings() == list(CANARIES)

    await shop.retail.privacy.close(shop.leaving())
    await shop.is_erased()

    assert await shop.sightings() == []
    await shop.is_clean()
    left = (await shop.retail.privacy.export(ExportMember(member_id=shop.member_id))).sections
    assert {name for name, rows in left.items() if rows} == {
        "account", "purchase_limits", "parcels", "orders", "order_lines", "order_history", "payments",
        "trade_records", "erasures", "reviews", "coupon_holder", "coupons", "points_account", "points_lots", "points_history",
    }, "ledgers stay, and say nothing of whom"  # fmt: skip


async def test_nothing_is_given_to_who_has_left(shop: Leaving) -> None:
    """PRV-R4: points, coupons, tiers, notes: whatever staff write about a member would come behind the erasing."""
    await shop.settles_in()
    await shop.is_given()
    retail, mine = shop.retail, shop.member_id
    until = shop.clock.now() + timedelta(days=7)
    deeds = (
        lambda: retail.points.adjust(AdjustPoints(actor=TILL, member_id=mine, points=5, reason="why")),
        lambda: retail.tiers.grant(GrantTier(actor=TILL, member_id=mine, tier="gold", until=until, reason="why")),
        lambda: retail.tiers.take_away(TakeTierAway(actor=TILL, member_id=mine, reason="why")),
        lambda: retail.coupons.issue(IssueCoupon(member_id=mine, template_id=shop.coupons, actor=TILL)),
        lambda: shop.note(ThingSort.MEMBER, mine, "why"),
    )
    await retail.privacy.close(shop.leaving())
    for deed in deeds:
        with pytest.raises(MemberNotFound):
            await deed()


async def test_erasing_that_is_killed_at_every_step_goes_on_where_it_stopped(shop: Leaving) -> None:
    """PRV-R4, R40: before and after each of its transactions, in both rounds; nothing is left, and everything adds up."""
    await shop.lives()
    await shop.retail.privacy.close(shop.leaving())
    first = await shop.erased_by_who_is_killed()
    assert await shop.sightings() == []
    shop.clock.pass_(timedelta(days=1, minutes=1))
    second = await shop.erased_by_who_is_killed()

    assert min(first, second) >= 2 * len(erased())
    (told,) = await _told(shop, "erasures")
    assert told["done_at"] is not None and await shop.sightings() == []
    await shop.is_clean()


async def test_reviews_stay_up_without_a_name(shop: Leaving) -> None:
    """PRV-R4, REV-R3: readers lose nothing but the name."""
    await shop.lives()
    await shop.retail.privacy.close(shop.leaving())
    await shop.is_erased()

    reviews = {one["text"]: one for one in await _told(shop, "reviews")}
    assert reviews[SHOWN]["anonymous"] is True and reviews[SHOWN]["stars"] == 4
    product_id = ProductId(UUID(reviews[SHOWN]["product_id"]))
    shown = await shop.retail.reviews.show.of_product(product_id, ReviewFilter(), PageRequest(10))
    assert [(one.text, one.author) for one in shown.items] == [(SHOWN, None)]


async def _told(shop: Leaving, section: str) -> Any:
    return (await shop.retail.privacy.export(ExportMember(member_id=shop.member_id))).sections[section]


async def test_records_of_trade_are_kept_apart_and_masked_for_three_years(shop: Leaving) -> None:
    """PRV-R5: counted from when each order was over; then the sweep forgets them."""
    await shop.lives()
    over = shop.clock.now()
    await shop.retail.privacy.close(shop.leaving())
    await shop.is_erased()
    kept = await _told(shop, "trade_records")

    assert {(one["recipient"], one["phone"], one["region_code"]) for one in kept} == {("金**", "+86170******65", "440305")}
    assert len(kept) == 2 and all(one["ends_at"][:4] == str(over.year + 3) for one in kept)
    shop.clock.pass_(timedelta(days=3 * 365 - 1))
    await shop.works(("sweep",))
    assert len(await _told(shop, "trade_records")) == 2
    shop.clock.pass_(timedelta(days=32))
    await shop.works(("sweep",))
    assert await _told(shop, "trade_records") == []
    await shop.is_clean()


async def test_the_phone_is_free_at_once_and_nobody_comes_in_as_before(shop: Leaving) -> None:
    """PRV-R2: every session ends, the password opens nothing, and whoever has the phone next is somebody else."""
    await shop.settles_in()
    proof = await shop.proof(Purpose.LOGIN)
    before = await shop.retail.accounts.log_in_with_code(LogInWithCode(proof=proof))
    await shop.retail.privacy.close(shop.leaving())

    session = await shop.retail.accounts.show.session(_digest(before.token))
    assert session is None
    with pytest.raises(AccountBlocked):
        await shop.retail.accounts.log_in_with_password(LogInWithPassword(login=CANARIES["login"], password=_PASSWORD))
    with pytest.raises(MemberNotFound):
        await shop.retail.accounts.update_profile(UpdateProfile(member_id=shop.member_id, name="又来了"))
    with pytest.raises(MemberNotFound):
        await shop.note(ThingSort.MEMBER, shop.member_id, "still here")
    again = await shop.retail.accounts.log_in_with_code(LogInWithCode(proof=await shop.proof(Purpose.LOGIN)))
    assert again.member_id != shop.member_id

    await shop.is_erased()
    assert (await shop.retail.accounts.show.member(again.member_id)).phone.e164.endswith(PHONE)  # type: ignore


async def test_leaving_twice_under_one_key_is_answered_alike(shop: Leaving) -> None:
    """R17: the session is gone, and with it who asks; the answer is not."""
    await shop.settles_in()
    once = Once(principal="member:1", operation="close", key="a" * 20, fingerprint="f")
    first = await shop.retail.privacy.close(shop.leaving(once=once))
    second = await shop.retail.privacy.close(shop.leaving(once=once, member_id=None))

    assert first == second
    with pytest.raises(MemberNotFound):
        await shop.retail.privacy.close_for(CloseAccountFor(member_id=shop.member_id, actor=CLERK))


async def test_an_order_that_slipped_in_holds_erasing_up_and_goes_with_it(shop: Leaving) -> None:
    """PRV-R4: a quote that was accepted while the account was being closed is an order of nobody: it runs out, then it goes."""
    await shop.settles_in()
    quote = await shop.quotes()
    await shop.retail.privacy.close(shop.leaving())
    slipped = await _placed(shop, quote)
    await shop.works(("erase_members",))
    assert "street" in await shop.sightings()

    shop.clock.pass_(timedelta(hours=2))
    await shop.works(("close_unpaid", "erase_members"))
    assert (await shop.retail.ordering.show.show(slipped)).status is OrderStatus.CLOSED
    while await shop.retail.background.deliver_next():
        continue
    await shop.is_erased()

    assert await shop.sightings() == []
    await shop.is_clean()


async def _placed(shop: Leaving, quote: Any) -> Any:
    from retail_domain.processes.purchase.checkout import PlaceOrder

    wish = PlaceOrder(member_id=shop.member_id, quote_id=quote.id, hash=quote.hash)
    return (await shop.retail.checkout.place(wish)).order_id


async def test_other_members_keep_everything(shop: Leaving) -> None:
    """PRV-R4: erasing one touches nobody else."""
    await shop.lives()
    one = shop.member_id
    other = await shop.retail.accounts.log_in_with_code(LogInWithCode(proof=await shop.proof(Purpose.LOGIN, "13800138002")))
    assert other.member_id is not None
    await shop.retail.accounts.update_profile(UpdateProfile(member_id=other.member_id, name="留下来"))
    before = await shop.retail.privacy.export(ExportMember(member_id=other.member_id))
    await shop.retail.privacy.close(shop.leaving(member_id=one))
    await shop.is_erased()

    after = await shop.retail.privacy.export(ExportMember(member_id=other.member_id))
    assert after.sections == before.sections


async def test_new_terms_are_asked_for_once(shop: Leaving) -> None:
    """ACC-R16: what is agreed to is written down once, and terms of another day are refused by name."""
    await shop.settles_in()
    agree = shop.retail.accounts.agree_to_terms
    with pytest.raises(InvalidInput) as refused:
        await agree(AgreeToTerms(member_id=shop.member_id, version="9"))
    (problem,) = refused.value.problems
    assert (problem.field, problem.rule) == ("version", "present")
    assert (await agree(AgreeToTerms(member_id=shop.member_id, version="1"))).terms_version == "1"


def _without_ids(rows: Any) -> str:
    """Stores mint ids of their own as well; what is told is the same but for them."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9]{20,}", "id", str(rows))


def _digest(token: str) -> bytes:
    from hashlib import sha256

    return sha256(token.encode()).digest()


_PASSWORD = "kanarie-7Qm2-lantern"
