"""The examination every payment adapter passes: the promises of `PaymentGateway` and `NotificationReader` as tests.

An adapter's author writes a fixture `bench` that knows how to reach a provider (a simulator or a sandbox) and subclasses
`GatewayContract`, or `ProviderContract` when the provider is an outside service:

    class TestMyGateway(ProviderContract):
        @pytest.fixture
        def bench(self) -> ProviderBench: ...
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final, Protocol

import pytest
from attrs import evolve

from retail_domain.kernel.clock import Clock
from retail_domain.kernel.ids import Ids
from retail_domain.kernel.money import Money
from retail_domain.payments.gateway import (
    Ack,
    ChargeRequest,
    Flow,
    MerchantRef,
    NotificationForged,
    NotificationReader,
    NotificationRefused,
    NotificationStale,
    PaymentGateway,
    PaymentSnapshot,
    PaymentStatus,
    RawNotification,
    ReferenceConflict,
    RefundRequest,
    RefundStatus,
    Rejected,
    merchant_ref,
    refund_ref,
)

_FINAL: Final = (PaymentStatus.CLOSED, PaymentStatus.FAILED, PaymentStatus.SUCCEEDED)


class GatewayBench(Protocol):
    """What the examination needs to know of any gateway."""

    @property
    def gateway(self) -> PaymentGateway:
        """The gateway under examination."""
        ...

    @property
    def ids(self) -> Ids:
        """Mints references that were never used with this provider."""
        ...

    @property
    def clock(self) -> Clock:
        """The time as the provider sees it."""
        ...

    @property
    def flow(self) -> Flow:
        """A way of paying that the gateway offers."""
        ...

    @property
    def currency(self) -> str:
        """A currency that the gateway takes."""
        ...


class ProviderBench(GatewayBench, Protocol):
    """What the examination needs to make an outside provider do."""

    @property
    def reader(self) -> NotificationReader:
        """Reads the provider's notices."""
        ...

    async def buyer_pays(self, ref: MerchantRef) -> None:
        """Let the buyer pay a pending payment."""
        ...

    async def bank_refuses(self, ref: MerchantRef) -> None:
        """Let a pending payment fail for good."""
        ...

    async def deliveries(self, ref: MerchantRef) -> Sequence[RawNotification]:
        """Two deliveries or more of the notice that this payment succeeded, as they would come in now."""
        ...


def a_charge(bench: GatewayBench, minor: int = 1_999) -> ChargeRequest:
    """A payment that was never begun before."""
    return ChargeRequest(
        ref=merchant_ref(bench.ids.new()),
        amount=Money(minor, bench.currency),
        flow=bench.flow,
        description="an examination",
        expires_at=bench.clock.now() + timedelta(minutes=30),
    )


def a_refund(bench: GatewayBench, charge: ChargeRequest, minor: int) -> RefundRequest:
    """A refund of part of a payment that was never asked for before."""
    return RefundRequest(
        refund_ref=refund_ref(bench.ids.new()),
        payment_ref=charge.ref,
        amount=Money(minor, charge.amount.currency),
        payment_total=charge.amount,
        reason="an examination",
    )


@pytest.mark.asyncio
class GatewayContract:
    """What every gateway promises, the counter included (PAY-R15)."""

    async def test_beginning_an_equal_payment_again_is_one_payment(self, bench: GatewayBench) -> None:
        """R12: idempotent in the reference."""
        charge = a_charge(bench)

        first, again = await bench.gateway.begin(charge), await bench.gateway.begin(charge)

        assert first.snapshot == again.snapshot
        assert first.action == again.action
        assert first.snapshot.ref == charge.ref

    async def test_a_begun_payment_waits_for_the_buyer_or_is_settled_at_once(self, bench: GatewayBench) -> None:
        started = await bench.gateway.begin(a_charge(bench))

        settled = (PaymentStatus.SUCCEEDED,) if bench.gateway.capabilities.settles_in_our_transaction else ()
        assert started.snapshot.status in (PaymentStatus.PENDING, *settled)

    async def test_a_way_of_paying_that_is_not_offered_is_refused(self, bench: GatewayBench) -> None:
        other = next(flow for flow in Flow if flow not in bench.gateway.capabilities.flows)

        with pytest.raises(Rejected):
            await bench.gateway.begin(evolve(a_charge(bench), flow=other))

    async def test_closing_may_be_repeated_and_leaves_a_final_payment(self, bench: GatewayBench) -> None:
        charge = a_charge(bench)
        await bench.gateway.begin(charge)

        first, again = await bench.gateway.close(charge.ref), await bench.gateway.close(charge.ref)

        assert first == again
        assert first.status in _FINAL


@pytest.mark.asyncio
class ProviderContract(GatewayContract):
    """What an outside provider promises besides."""

    async def test_another_amount_under_the_same_reference_is_a_conflict(self, bench: ProviderBench) -> None:
        """R12: a reference names one payment for ever."""
        charge = a_charge(bench)
        await bench.gateway.begin(charge)

        with pytest.raises(ReferenceConflict):
            await bench.gateway.begin(evolve(charge, amount=Money(1, bench.currency)))

        assert (await bench.gateway.query(charge.ref)).amount == charge.amount

    async def test_a_payment_that_was_never_begun_is_not_found(self, bench: ProviderBench) -> None:
        ref = merchant_ref(bench.ids.new())

        assert (await bench.gateway.query(ref)).status is PaymentStatus.NOT_FOUND
        assert (await bench.gateway.close(ref)).status is PaymentStatus.NOT_FOUND

    async def test_asking_finds_a_paid_payment_without_any_notice(self, bench: ProviderBench) -> None:
        """R11, PAY-F12: the query is the authority."""
        charge = await _paid(bench)

        found = await bench.gateway.query(charge.ref)

        assert found.status is PaymentStatus.SUCCEEDED
        assert found.amount == charge.amount
        assert found.provider_ref

    async def test_asking_finds_a_payment_that_the_bank_refused(self, bench: ProviderBench) -> None:
        charge = a_charge(bench)
        await bench.gateway.begin(charge)
        await bench.bank_refuses(charge.ref)

        assert (await bench.gateway.query(charge.ref)).status is PaymentStatus.FAILED

    async def test_a_closed_payment_stays_closed(self, bench: ProviderBench) -> None:
        charge = a_charge(bench)
        await bench.gateway.begin(charge)

        closed = await bench.gateway.close(charge.ref)

        assert closed.status is PaymentStatus.CLOSED
        assert (await bench.gateway.query(charge.ref)).status is PaymentStatus.CLOSED
        assert (await bench.gateway.begin(charge)).snapshot.status is PaymentStatus.CLOSED

    async def test_closing_tells_when_the_buyer_was_faster(self, bench: ProviderBench) -> None:
        """PAY-F11: closing a paid payment answers what it found, it does not raise."""
        charge = await _paid(bench)

        assert (await bench.gateway.close(charge.ref)).status is PaymentStatus.SUCCEEDED

    async def test_an_unpaid_payment_cannot_be_refunded(self, bench: ProviderBench) -> None:
        charge = a_charge(bench)
        await bench.gateway.begin(charge)

        with pytest.raises(Rejected):
            await bench.gateway.refund(a_refund(bench, charge, 1))

    async def test_refunds_never_exceed_what_was_paid(self, bench: ProviderBench) -> None:
        """ORD-I4 at the provider: two parts make the whole, and not a cent more."""
        charge = await _paid(bench)
        for minor in (1_000, 999):
            await bench.gateway.refund(a_refund(bench, charge, minor))

        with pytest.raises(Rejected):
            await bench.gateway.refund(a_refund(bench, charge, 1))

        assert (await bench.gateway.query(charge.ref)).status is PaymentStatus.SUCCEEDED

    async def test_the_same_refund_asked_twice_pays_once(self, bench: ProviderBench) -> None:
        """R12, PAY-F15: the refund reference is the idempotency key."""
        charge = await _paid(bench)
        refund = a_refund(bench, charge, 1_500)

        first, again = await bench.gateway.refund(refund), await bench.gateway.refund(refund)

        assert first == again
        assert first.status in (RefundStatus.PENDING, RefundStatus.SUCCEEDED)
        assert await bench.gateway.query_refund(charge.ref, refund.refund_ref) == first

    async def test_each_refund_of_a_payment_has_a_name_of_its_own_at_the_provider_or_none(self, bench: ProviderBench) -> None:
        """R12: two refunds of one name are taken for one deal, which was counted twice; the name of the payment is nobody's."""
        charge = await _paid(bench)
        refunds = [a_refund(bench, charge, minor) for minor in (500, 500)]

        told = [await bench.gateway.refund(one) for one in refunds]
        asked = [await bench.gateway.query_refund(charge.ref, one.refund_ref) for one in refunds]

        first, second = ({one.provider_ref, later.provider_ref} - {None} for one, later in zip(told, asked, strict=True))
        assert len(first) <= 1 and len(second) <= 1, "one refund has one name"
        assert not first & second, f"two refunds are both called {first}"
        assert (await bench.gateway.query(charge.ref)).provider_ref not in first | second, "that is the name of the payment"

    async def test_another_amount_under_the_same_refund_reference_is_a_conflict(self, bench: ProviderBench) -> None:
        """PAY-F15."""
        charge = await _paid(bench)
        refund = a_refund(bench, charge, 500)
        await bench.gateway.refund(refund)

        with pytest.raises(ReferenceConflict):
            await bench.gateway.refund(evolve(refund, amount=Money(501, bench.currency)))

    async def test_a_refund_that_was_never_asked_for_is_not_found(self, bench: ProviderBench) -> None:
        charge = await _paid(bench)

        found = await bench.gateway.query_refund(charge.ref, refund_ref(bench.ids.new()))

        assert found.status is RefundStatus.NOT_FOUND

    async def test_every_delivery_of_a_notice_tells_the_same_event(self, bench: ProviderBench) -> None:
        """R8, PAY-F4: redeliveries carry one event id, so that the inbox keeps one."""
        charge = await _paid(bench)

        notices = [bench.reader.read(raw) for raw in await bench.deliveries(charge.ref)]

        assert len(notices) >= 2
        assert len({notice.event_id for notice in notices}) == 1
        for notice in notices:
            assert isinstance(notice.subject, PaymentSnapshot)
            assert (notice.subject.ref, notice.subject.status) == (charge.ref, PaymentStatus.SUCCEEDED)
            assert notice.subject.amount == charge.amount

    async def test_a_notice_with_a_changed_byte_is_forged(self, bench: ProviderBench) -> None:
        """R9, PAY-F7: the signature covers the raw body, wherever it is changed."""
        charge = await _paid(bench)
        raw = (await bench.deliveries(charge.ref))[0]

        for place in range(len(raw.body)):
            changed = raw.body[:place] + bytes([raw.body[place] ^ 1]) + raw.body[place + 1 :]
            with pytest.raises(NotificationForged):
                bench.reader.read(evolve(raw, body=changed))

    async def test_a_notice_without_its_headers_is_refused(self, bench: ProviderBench) -> None:
        """R9, PAY-F7: what is missing is not skipped."""
        charge = await _paid(bench)
        raw = (await bench.deliveries(charge.ref))[0]

        with pytest.raises(NotificationRefused):
            bench.reader.read(evolve(raw, headers={}))

    async def test_an_old_or_future_notice_is_stale_where_it_carries_a_time(self, bench: ProviderBench) -> None:
        """R9, PAY-F6: replays end after minutes."""
        charge = await _paid(bench)
        raw = (await bench.deliveries(charge.ref))[0]

        for age in (timedelta(hours=1), timedelta(hours=-1)):
            moved = evolve(raw, received_at=raw.received_at + age)
            if bench.gateway.capabilities.notification_carries_time:
                with pytest.raises(NotificationStale):
                    bench.reader.read(moved)
            else:
                assert bench.reader.read(moved).event_id

    async def test_only_done_reads_as_an_acknowledgement(self, bench: ProviderBench) -> None:
        """PAY-F13: any other reply makes the provider try again."""
        assert bench.reader.reply(Ack.DONE).status in (200, 204)
        assert bench.reader.reply(Ack.RETRY_LATER) != bench.reader.reply(Ack.DONE)
        assert bench.reader.reply(Ack.REFUSED) != bench.reader.reply(Ack.DONE)


async def _paid(bench: ProviderBench) -> ChargeRequest:
    charge = a_charge(bench)
    await bench.gateway.begin(charge)
    await bench.buyer_pays(charge.ref)
    return charge
