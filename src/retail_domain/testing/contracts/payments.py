"""The examination every store of payments passes: the promises of `Payments`, `Refunds`, `Ledger` and `Inbox` as tests.

An adapter's author subclasses it with a fixture `begin` that opens units of work on an empty store, which has orders too, and
a fixture `show` with the read side of the same store:

    class TestMyPayments(PaymentsContract):
        @pytest.fixture
        def begin(self) -> Begin[SettlementWork]: ...

        @pytest.fixture
        def show(self) -> PaymentQueries: ...
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import Stale, Taken
from retail_domain.kernel.ids import PaymentId, RefundId
from retail_domain.kernel.money import Money
from retail_domain.kernel.paging import PageRequest
from retail_domain.kernel.units import Begin
from retail_domain.payments import (
    Balance,
    NoticeKey,
    Notification,
    Payment,
    PaymentNotFound,
    PaymentQueries,
    PaymentStatus,
    Posting,
    Refund,
    RefundNotFound,
    RefundSource,
    RefundStatus,
    Standing,
    Verdict,
    answered,
    noted,
    payment_posting,
)
from retail_domain.processes.money.settlement import SettlementWork
from retail_domain.testing.orders import NOON, a_payment, a_refund, an_attempt, placed, refund_says, says

SettlementBegin = Begin[SettlementWork]


async def save(begin: SettlementBegin, *changes: Change[Any]) -> None:
    """Store an order or two and what was paid for them."""
    async with begin() as work:
        for change in changes:
            if isinstance(change.state, Payment):
                work.payments.save(change)
            elif isinstance(change.state, Refund):
                work.refunds.save(change)
            else:
                work.orders.save(change)
        await work.commit()


async def started(begin: SettlementBegin, which: int = 1) -> Payment:
    """An attempt to pay a new order, as it is stored."""
    order = placed(which=which)
    payment = Payment.started(an_attempt(order.state, which), at=NOON)
    await save(begin, order, payment)
    async with begin() as work:
        return await work.payments.get(payment.state.id)


def _held(payment: Payment) -> Change[Payment]:
    return payment.held()


async def _book(begin: SettlementBegin, posting: Posting) -> None:
    async with begin() as work:
        work.ledger.post(posting)
        await work.commit()


@pytest.mark.asyncio
class PaymentsContract:
    """What every store of payments promises."""

    async def test_a_stored_attempt_comes_back_as_it_was(self, begin: SettlementBegin) -> None:
        """R32: at any point of its life."""
        payment = await started(begin)
        assert payment == evolve(a_payment(), version=1)
        life: list[Callable[[Payment], Change[Payment]]] = [
            lambda one: one.begun({"kind": "post_form", "url": "https://x", "fields": {"a": "一"}}, NOON),
            lambda one: one.polled(at=NOON),
            lambda one: one.asked(at=NOON),
            lambda one: one.hear(says(one, amount=Money(5, "USD")), Standing.PAID, at=NOON),
            lambda one: one.hear(says(one), Standing.CLOSED, at=NOON),
            lambda one: one.reserve_refund(100),
            lambda one: one.refund_succeeded(100),
        ]
        for version, step in enumerate(life, 2):
            change = step(payment)
            await save(begin, change)
            async with begin() as work:
                payment = await work.payments.get(payment.id)
            assert payment == evolve(change.state, version=version)

    async def test_attempts_are_found_by_our_reference_and_by_the_providers(self, begin: SettlementBegin) -> None:
        """PAY-R3."""
        payment = await started(begin)
        await save(begin, payment.hear(says(payment), Standing.AWAITS_PAYMENT, at=NOON))

        async with begin() as work:
            found = await work.payments.find("sandbox", payment.ref)
            assert found is not None and found.id == payment.id
            assert await work.payments.find("wechat", payment.ref) is None
            assert found.provider_ref is not None
            assert await work.payments.find_deal("sandbox", found.provider_ref) == payment.id
            assert await work.payments.find_deal("sandbox", "another") is None

    async def test_what_is_not_there_is_not_found(self, begin: SettlementBegin) -> None:
        """Infrastructure failure is never absence; absence is said plainly."""
        async with begin() as work:
            with pytest.raises(PaymentNotFound):
                await work.payments.get(PaymentId(a_payment().id))
            with pytest.raises(RefundNotFound):
                await work.refunds.get(RefundId(a_payment().id))
            assert await work.payments.claim([a_payment().id]) == {}

    async def test_an_order_has_one_open_attempt(self, begin: SettlementBegin) -> None:
        """GEN-R10: the store is the last line of defence."""
        payment = await started(begin)
        second = Payment.started(evolve(an_attempt(number=2), order_id=payment.order_id), at=NOON)

        async with begin() as work:
            work.payments.save(second)
            with pytest.raises(Taken) as taken:
                await work.commit()
        assert taken.value.rule == "payments.order_id"
        await save(begin, payment.not_begun(at=NOON))
        await save(begin, second)
        async with begin() as work:
            await work.orders.claim([payment.order_id])
            of_order = await work.payments.claim_of_order(payment.order_id)
        assert [one.id for one in of_order] == [payment.id, second.state.id]

    async def test_an_order_is_paid_or_held_for_once_by_each_tender(self, begin: SettlementBegin) -> None:
        """PAY-I1, PAY-R10: several tenders may, and what was released frees its place."""
        order = placed()
        by_number = {
            number: Payment.started(an_attempt(order.state, number, gateway=tender, tender=tender), at=NOON).then(_held)
            for number, tender in ((1, "wallet"), (2, "gift_card"), (3, "wallet"))
        }
        await save(begin, order, by_number[1], by_number[2])
        async with begin() as work:
            work.payments.save(by_number[3])
            with pytest.raises(Taken) as taken:
                await work.commit()
        assert taken.value.rule == "payments.order_id+tender"
        async with begin() as work:
            await work.orders.claim([order.state.id])
            wallet, card = await work.payments.claim_of_order(order.state.id)
            assert (wallet, card) == tuple(evolve(by_number[number].state, version=1) for number in (1, 2))
            assert await work.payments.due_polls(NOON + timedelta(minutes=1), 9) == (wallet.id, card.id)

        await save(begin, wallet.release(at=NOON), card.capture(at=NOON))
        await save(begin, by_number[3])
        async with begin() as work:
            assert await work.payments.due_polls(NOON + timedelta(days=9), 9) == (by_number[3].state.id,)

    async def test_a_deal_of_the_provider_belongs_to_one_attempt(self, begin: SettlementBegin) -> None:
        """PAY-R3, GEN-R10."""
        first, second = await started(begin, 1), await started(begin, 2)
        await save(begin, first.hear(says(first, provider_ref="P-1"), Standing.AWAITS_PAYMENT, at=NOON))

        async with begin() as work:
            work.payments.save(second.hear(says(second, provider_ref="P-1"), Standing.AWAITS_PAYMENT, at=NOON))
            with pytest.raises(Taken) as taken:
                await work.commit()
        assert taken.value.rule == "payments.gateway+provider_ref"

    async def test_a_change_of_an_old_version_is_refused(self, begin: SettlementBegin) -> None:
        """GEN-R8."""
        payment = await started(begin)
        await save(begin, payment.polled(at=NOON))

        async with begin() as work:
            work.payments.save(payment.not_begun(at=NOON))
            with pytest.raises(Stale):
                await work.commit()

    async def test_attempts_are_polled_the_most_overdue_first_until_they_are_decided(self, begin: SettlementBegin) -> None:
        """R11, R28."""
        first, second = await started(begin, 1), await started(begin, 2)
        await save(begin, first.polled(at=NOON))
        minute = timedelta(minutes=1)

        async with begin() as work:
            assert await work.payments.due_polls(NOON + minute - timedelta(microseconds=1), 9) == ()
            assert await work.payments.due_polls(NOON + minute, 9) == (second.id,)
            assert await work.payments.due_polls(NOON + 5 * minute, 9) == (second.id, first.id)
        await save(begin, second.hear(says(second, PaymentStatus.CLOSED), Standing.PAID, at=NOON))
        async with begin() as work:
            assert await work.payments.due_polls(NOON + 5 * minute, 9) == (first.id,)

    async def test_what_was_set_for_a_time_far_ahead_is_due_when_the_clock_was_put_back(self, begin: SettlementBegin) -> None:
        """R29, R28: attempts and a refund that nobody would look at for a day; what is set for the usual time waits for it."""
        first, second, third = [await started(begin, number) for number in (1, 2, 3)]
        paid = third.hear(says(third), Standing.AWAITS_PAYMENT, at=NOON).then(lambda one: one.reserve_refund(999))
        refund = a_refund(paid.state, 999)
        await save(begin, paid, refund)
        yesterday, just_now = NOON - timedelta(days=1), NOON - timedelta(minutes=30)

        async with begin() as work:
            assert await work.payments.due_polls(yesterday, 9) == (first.id, second.id)
            assert await work.payments.due_polls(just_now, 9) == ()
            assert await work.refunds.due(yesterday, 9) == (refund.state.id,)
            assert await work.refunds.due(just_now, 9) == ()
        await save(begin, second.hear(says(second, PaymentStatus.NOT_FOUND), Standing.PAID, at=NOON + timedelta(days=2)))
        async with begin() as work:
            assert await work.payments.due_polls(yesterday, 9) == (first.id,)

    async def test_a_stored_refund_comes_back_as_it_was_and_is_due_until_it_is_decided(self, begin: SettlementBegin) -> None:
        """R32, PAY-R9, R28."""
        payment = await started(begin)
        paid = payment.hear(says(payment), Standing.AWAITS_PAYMENT, at=NOON).then(lambda one: one.reserve_refund(999))
        asked = a_refund(paid.state, 999, freight_minor=99)
        await save(begin, paid, asked)

        async with begin() as work:
            refund = await work.refunds.get(asked.state.id)
            assert refund == evolve(asked.state, version=1)
            assert await work.refunds.due(NOON, 9) == (refund.id,)
            found = await work.refunds.find("sandbox", refund.ref)
            assert found is not None and found.id == refund.id
        sent = refund.sending(at=NOON).then(lambda one: one.stuck("rejected", at=NOON))
        await save(begin, sent)
        async with begin() as work:
            claimed = (await work.refunds.claim([refund.id]))[refund.id]
            assert claimed == evolve(sent.state, version=2)
            assert await work.refunds.due(NOON + timedelta(days=9), 9) == ()
        closed = claimed.hear(refund_says(claimed, RefundStatus.CLOSED), at=NOON)
        again = closed.state.replaced(RefundId(payment.id), at=NOON)
        await save(begin, closed, again)
        async with begin() as work:
            fresh = await work.refunds.get(again.state.id)
        assert fresh == evolve(again.state, version=1) and fresh.replaces == refund.id

    async def test_the_refunds_of_a_payment_are_claimed_together(self, begin: SettlementBegin) -> None:
        """R5, R12: all of them, whatever their state, the oldest first; staged ones too, and none of another payment."""
        payment, other = await started(begin), await started(begin, 2)
        paid = [one.hear(says(one), Standing.AWAITS_PAYMENT, at=NOON) for one in (payment, other)]
        reserved = [one.then(lambda now: now.reserve_refund(999)) for one in paid]
        asked, elsewhere = (a_refund(one.state, 999, number) for number, one in enumerate(reserved, 1))
        await save(begin, *reserved, asked, elsewhere)
        async with begin() as work:
            (first,) = await work.refunds.claim_of_payment(payment.id)
            assert first == evolve(asked.state, version=1)
            closed = first.hear(refund_says(first, RefundStatus.CLOSED), at=NOON)
            again = closed.state.replaced(RefundId(payment.id), at=NOON)
            work.refunds.save(closed)
            work.refunds.save(again)
            assert {one.id for one in await work.refunds.claim_of_payment(payment.id)} == {first.id, again.state.id}
            await work.commit()
        paid_after_all = evolve(closed.state, version=2).hear(refund_says(closed.state), at=NOON)
        await save(begin, paid_after_all)

        async with begin() as work:
            claimed = await work.refunds.claim_of_payment(payment.id)
        assert [one.id for one in claimed] == sorted([first.id, again.state.id])
        (old,) = [one for one in claimed if one.id == first.id]
        assert old.was_paid_after_all and old == evolve(paid_after_all.state, version=3)

    async def test_a_refund_into_an_account_keeps_its_tender(self, begin: SettlementBegin) -> None:
        """R32, PAY-R10."""
        order = placed()
        held = Payment.started(an_attempt(order.state, gateway="wallet", tender="wallet"), at=NOON).then(_held)
        paid = held.then(lambda one: one.capture(at=NOON)).then(lambda one: one.reserve_refund(999))
        asked = a_refund(paid.state, 999)
        await save(begin, order, paid, asked)

        async with begin() as work:
            assert await work.refunds.get(asked.state.id) == evolve(asked.state, version=1)
        assert (asked.state.tender, asked.state.is_inside) == ("wallet", True)

    async def test_a_booking_is_made_once(self, begin: SettlementBegin) -> None:
        """R6, GEN-R11: its reference is unique."""
        payment = await started(begin)
        change = payment.hear(says(payment), Standing.AWAITS_PAYMENT, at=NOON)
        posting = payment_posting(change, NOON)
        assert posting is not None
        await _book(begin, posting)

        with pytest.raises(Taken):
            await _book(begin, posting)

    async def test_balances_that_are_carried_forward_stay_what_they_are(
        self, begin: SettlementBegin, show: PaymentQueries
    ) -> None:
        """R6, decision 0031: before, in between and after, with more bookings each time, to the last entry."""
        seen: list[tuple[Balance, ...]] = []
        for which in (1, 2, 3):
            payment = await started(begin, which)
            posting = payment_posting(payment.hear(says(payment), Standing.AWAITS_PAYMENT, at=NOON), NOON)
            assert posting is not None
            await _book(begin, posting)
            before = await show.balances()
            async with begin() as work:
                assert 0 < await work.ledger.uncarried() <= len(posting.entries)
                assert 0 < await work.ledger.carry(1_000) <= len(posting.entries)
                await work.commit()
            assert await show.balances() == before
            seen.append(before)
        async with begin() as work:
            assert await work.ledger.uncarried() == 0
            assert await work.ledger.carry(1_000) == 0

        held = [{one.account: one.balance.minor for one in balances} for balances in seen]
        assert held[0]["sales"] < 0 and sum(held[0].values()) == 0
        assert held[1:] == [{name: times * minor for name, minor in held[0].items()} for times in (2, 3)]

    async def test_balances_are_carried_a_stretch_at_a_time(self, begin: SettlementBegin, show: PaymentQueries) -> None:
        """Decision 0031: and what is not carried yet counts all the same; a unit that is given up carries nothing."""
        for which in (1, 2):
            payment = await started(begin, which)
            posting = payment_posting(payment.hear(says(payment), Standing.AWAITS_PAYMENT, at=NOON), NOON)
            assert posting is not None
            await _book(begin, posting)
        balances = await show.balances()
        async with begin() as work:
            number = await work.ledger.uncarried()
            assert await work.ledger.carry(1) == 1

        async with begin() as work:
            assert await work.ledger.uncarried() == number
            assert await work.ledger.carry(1) == 1
            await work.commit()
        assert await show.balances() == balances
        async with begin() as work:
            assert await work.ledger.uncarried() == number - 1

    async def test_a_notice_is_kept_once_and_known_again(self, begin: SettlementBegin) -> None:
        """R26: the very same one; another body under the same event is another notice."""
        payment = await started(begin)
        key = NoticeKey("sandbox", "evt-1", "d1")
        notification = Notification(event_id="evt-1", subject=says(payment))
        record = noted(key, notification, Verdict.APPLIED, at=NOON)
        for verdict in (Verdict.APPLIED, Verdict.DUPLICATE):
            async with begin() as work:
                work.inbox.add(evolve(record, verdict=verdict))
                await work.commit()

        async with begin() as work:
            assert await work.inbox.find(key) == record
            assert await work.inbox.find(NoticeKey("sandbox", "evt-1", "d2")) is None
            assert await work.inbox.has_event("sandbox", "evt-1")
            assert not await work.inbox.has_event("wechat", "evt-1")

    async def test_what_contradicts_is_shown_and_what_nobody_knows_if_it_is_money(
        self, begin: SettlementBegin, show: PaymentQueries
    ) -> None:
        """R10: an unknown reference without money is nobody's worry; a contradiction always is."""
        payment = await started(begin)
        told = {
            "evt-1": (PaymentStatus.SUCCEEDED, Verdict.UNKNOWN_REF), "evt-2": (PaymentStatus.CLOSED, Verdict.UNKNOWN_REF),
            "evt-3": (PaymentStatus.SUCCEEDED, Verdict.CONTRADICTED), "evt-4": (PaymentStatus.CLOSED, Verdict.CONTRADICTED),
            "evt-5": (PaymentStatus.SUCCEEDED, Verdict.APPLIED),
        }  # fmt: skip
        async with begin() as work:
            for event_id, (status, verdict) in told.items():
                notification = Notification(event_id=event_id, subject=says(payment, status))
                work.inbox.add(noted(NoticeKey("sandbox", event_id, "d"), notification, verdict, at=NOON))
            await work.commit()
        for _ in range(2):
            async with begin() as work:
                work.inbox.add(answered("sandbox", says(payment, PaymentStatus.FAILED), Verdict.CONTRADICTED, at=NOON))
                await work.commit()

        shown = [one.key.event_id for one in (await show.odd_notices(PageRequest(9))).items]
        assert shown == [f"answer:{payment.ref}", "evt-1", "evt-3", "evt-4"]

    async def test_a_refund_of_money_kept_aside_keeps_its_own_currency(self, begin: SettlementBegin) -> None:
        """PAY-R2, R32."""
        payment = await started(begin)
        suspect = payment.hear(says(payment, amount=Money(5, "USD")), Standing.AWAITS_PAYMENT, at=NOON)
        aside = a_refund(suspect.state, 5, source=RefundSource.ASIDE)
        await save(begin, suspect, aside)

        async with begin() as work:
            assert (await work.refunds.get(aside.state.id)).amount == Money(5, "USD")
