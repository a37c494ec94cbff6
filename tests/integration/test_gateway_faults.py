"""The sandbox gateway against a provider that misbehaves, on real sockets (R8, R9, R11, R12)."""

from __future__ import annotations

import asyncio
import base64
import logging
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from attrs import evolve
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from retail_adapters.payments import SandboxConfig, SandboxGateway, sandbox_gateway
from retail_adapters.system.clock import SystemClock
from retail_adapters.system.luck import SystemLuck
from retail_domain.kernel.money import Money
from retail_domain.payments.gateway import (
    Ack,
    ChargeRequest,
    Flow,
    MerchantRef,
    Misconfigured,
    NotificationForged,
    NotSent,
    OpenUrl,
    OutcomeUnknown,
    PaymentSnapshot,
    PaymentStatus,
    RefundRef,
    RefundRequest,
    RefundSnapshot,
    RefundStatus,
    Rejected,
    ShowQr,
)
from tests.support.sandbox import Ear, Sandbox, an_ear, running_sandbox

NOWHERE = "http://127.0.0.1:9/notices"


@pytest.fixture(scope="module")
def the_process() -> Iterator[Sandbox]:
    with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(the_process: Sandbox) -> Sandbox:
    the_process.reset()
    return the_process


@pytest.fixture
async def gateway(sandbox: Sandbox) -> AsyncIterator[SandboxGateway]:
    async with a_gateway(sandbox.url) as gateway:
        yield gateway


@asynccontextmanager
async def a_gateway(url: str, notify_url: str = NOWHERE, **more: object) -> AsyncIterator[SandboxGateway]:
    config = SandboxConfig(base_url=url, notify_url=notify_url, **{"total_seconds": 5.0, **more})  # type: ignore[arg-type]
    gateway = sandbox_gateway(config, clock=SystemClock(), luck=SystemLuck())
    try:
        yield gateway
    finally:
        await gateway.aclose()


@asynccontextmanager
async def a_shop_that_listens(sandbox: Sandbox, *acks: Ack) -> AsyncIterator[tuple[SandboxGateway, Ear]]:
    async with (
        a_gateway(sandbox.url) as speaking,
        an_ear(*(speaking.reply(ack) for ack in acks)) as ear,
        a_gateway(sandbox.url, ear.url) as gateway,
    ):
        yield gateway, ear


def a_charge(**more: object) -> ChargeRequest:
    fit: dict[str, object] = {
        "ref": MerchantRef(secrets.token_hex(16)),
        "amount": Money(1_999, "CNY"),
        "flow": Flow.DESKTOP_PAGE,
        "description": "two cups of tea",
        "expires_at": datetime.now(UTC) + timedelta(minutes=30),
    }
    return ChargeRequest(**{**fit, **more})  # type: ignore[arg-type]


def a_refund(charge: ChargeRequest, minor: int = 500) -> RefundRequest:
    return RefundRequest(
        refund_ref=RefundRef(secrets.token_hex(16)),
        payment_ref=charge.ref,
        amount=Money(minor, "CNY"),
        payment_total=charge.amount,
        reason="broken",
    )


async def a_paid_charge(gateway: SandboxGateway, sandbox: Sandbox) -> ChargeRequest:
    charge = a_charge()
    await gateway.begin(charge)
    sandbox.pay(charge.ref)
    return charge


# ---- calls that go wrong ---------------------------------------------------------------------------------------------


async def test_f1_nobody_listening_means_surely_not_sent() -> None:
    """PAY-F1, R12: the same reference may be used again."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    async with a_gateway(f"http://127.0.0.1:{port}") as gateway:
        with pytest.raises(NotSent):
            await gateway.begin(a_charge())


@pytest.mark.parametrize("fault", ["timeout_after_effect", "drop_after_effect", "error_after_effect", "bad_signature"])
async def test_f2_f3_a_payment_begun_in_silence_is_found_again_and_is_one(sandbox: Sandbox, fault: str) -> None:
    """R12, PAY-F2, PAY-F3: unknown, never failed; asking with the same reference decides; nothing is made twice."""
    charge = a_charge()
    sandbox.arm(fault, on="create")

    async with a_gateway(sandbox.url, total_seconds=0.7) as gateway:
        with pytest.raises(OutcomeUnknown):
            await gateway.begin(charge)
        found = await gateway.query(charge.ref)
        begun = await gateway.begin(charge)

    assert found.status is PaymentStatus.PENDING
    assert begun.snapshot == found
    assert len(sandbox.payments()) == 1


@pytest.mark.parametrize("fault", ["timeout_after_effect", "drop_after_effect", "error_after_effect", "bad_signature"])
async def test_f2_a_refund_that_timed_out_after_its_effect_pays_once(sandbox: Sandbox, fault: str) -> None:
    """R12, PAY-F2, PAY-F15: timeout after effect never refunds twice."""
    async with a_gateway(sandbox.url, total_seconds=0.7) as gateway:
        charge = await a_paid_charge(gateway, sandbox)
        refund = a_refund(charge)
        sandbox.arm(fault, on="refund")

        with pytest.raises(OutcomeUnknown):
            await gateway.refund(refund)
        found = await gateway.query_refund(charge.ref, refund.refund_ref)
        again = await gateway.refund(refund)

    assert found.status is RefundStatus.SUCCEEDED
    assert again == found
    assert [taken["amount"]["minor"] for taken in sandbox.refunds(charge.ref)] == [500]


async def test_f2_a_connection_cut_before_any_effect_is_unknown_too(sandbox: Sandbox, gateway: SandboxGateway) -> None:
    """PAY-F2: we cannot tell; asking tells that nothing is known."""
    charge = a_charge()
    sandbox.arm("drop", on="create")

    with pytest.raises(OutcomeUnknown):
        await gateway.begin(charge)

    assert (await gateway.query(charge.ref)).status is PaymentStatus.NOT_FOUND
    assert (await gateway.begin(charge)).snapshot.status is PaymentStatus.PENDING


@pytest.mark.parametrize("verb", ["query", "close", "refund", "query_refund"])
async def test_f2_a_system_error_leaves_every_outcome_unknown(sandbox: Sandbox, gateway: SandboxGateway, verb: str) -> None:
    """PAY-F2: a signed 500 is no failure."""
    charge = await a_paid_charge(gateway, sandbox)
    refund = a_refund(charge)
    calls: dict[str, Callable[[], object]] = {
        "query": lambda: gateway.query(charge.ref),
        "close": lambda: gateway.close(charge.ref),
        "refund": lambda: gateway.refund(refund),
        "query_refund": lambda: gateway.query_refund(charge.ref, refund.refund_ref),
    }
    sandbox.arm("500", on=verb)

    with pytest.raises(OutcomeUnknown):
        await calls[verb]()  # type: ignore[misc]


async def test_f3_answers_under_an_unknown_key_are_never_believed(sandbox: Sandbox) -> None:
    """PAY-F3, R9."""
    stranger = base64.b64encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw()).decode()
    charge = a_charge()

    async with a_gateway(sandbox.url, provider_keys=(stranger,)) as gateway:
        with pytest.raises(OutcomeUnknown):
            await gateway.begin(charge)


async def test_an_answer_beyond_all_size_is_not_read_to_its_end() -> None:
    """R37 towards a provider: memory within a bound."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n" + b"x" * 200_000)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server, a_gateway(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}") as gateway:
        with pytest.raises(OutcomeUnknown) as unknown:
            await gateway.query(MerchantRef("attempt0001"))

    assert unknown.value.reason == "answer_too_large"


async def test_a_redirect_is_not_followed() -> None:
    """R39: a provider does not send us elsewhere."""
    asked: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server, a_gateway(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}") as gateway:
        with pytest.raises(OutcomeUnknown):
            await gateway.query(MerchantRef("attempt0001"))

    assert len(asked) == 1


async def test_f17_being_throttled_means_not_sent_and_nothing_is_repeated(sandbox: Sandbox, gateway: SandboxGateway) -> None:
    """PAY-F17: the adapter itself never storms; the second fault is still armed."""
    sandbox.arm("throttle", count=2)

    with pytest.raises(NotSent):
        await gateway.begin(a_charge())

    assert [fault["count"] for fault in sandbox.control("GET", "faults")["items"]] == [1]


async def test_a_wrong_secret_takes_the_gateway_out_of_order(sandbox: Sandbox) -> None:
    """R9 from the other side: the provider believes no stranger, and we say whose fault it is."""
    async with a_gateway(sandbox.url, secret="a secret of somebody else") as gateway:
        with pytest.raises(Misconfigured):
            await gateway.begin(a_charge())

    assert sandbox.payments() == []


async def test_a_new_payment_whose_time_is_over_is_rejected(gateway: SandboxGateway) -> None:
    """PAY-R1: the expiry is absolute."""
    with pytest.raises(Rejected) as no:
        await gateway.begin(a_charge(expires_at=datetime.now(UTC) - timedelta(seconds=1)))

    assert no.value.reason == "expired"


async def test_the_buyer_gets_a_page_or_a_code_to_scan(gateway: SandboxGateway, sandbox: Sandbox) -> None:
    page, scan = await gateway.begin(a_charge()), await gateway.begin(a_charge(flow=Flow.DESKTOP_QR))

    assert isinstance(page.action, OpenUrl) and page.action.url == f"{sandbox.url}/pay/{page.snapshot.ref}"
    assert isinstance(scan.action, ShowQr) and scan.action.content == f"{sandbox.url}/pay/{scan.snapshot.ref}"


async def test_two_calls_at_once_under_one_reference_make_one_payment(gateway: SandboxGateway, sandbox: Sandbox) -> None:
    """R12: ten impatient clicks."""
    charge = a_charge()

    started = await asyncio.gather(*(gateway.begin(charge) for _ in range(10)))

    assert len({one.snapshot.provider_ref for one in started}) == 1
    assert len(sandbox.payments()) == 1


@pytest.mark.parametrize("round", range(3))
async def test_f11_closing_and_paying_at_once_agree_on_one_outcome(
    gateway: SandboxGateway, sandbox: Sandbox, round: int
) -> None:
    """PAY-F11, R10: whoever was first, the close tells the truth."""
    charge = a_charge()
    await gateway.begin(charge)

    closed, paid = await asyncio.gather(
        gateway.close(charge.ref), asyncio.to_thread(sandbox.pay, charge.ref), return_exceptions=True
    )

    assert isinstance(closed, PaymentSnapshot)
    assert closed.status is (PaymentStatus.CLOSED if isinstance(paid, Exception) else PaymentStatus.SUCCEEDED)
    assert (await gateway.query(charge.ref)).status is closed.status


@pytest.mark.parametrize(
    ("word", "status"),
    [("succeed", RefundStatus.SUCCEEDED), ("close", RefundStatus.CLOSED), ("need-attention", RefundStatus.NEEDS_ATTENTION)],
)
async def test_f14_a_refund_may_take_days_and_end_in_three_ways(
    gateway: SandboxGateway, sandbox: Sandbox, word: str, status: RefundStatus
) -> None:
    """PAY-F14, PAY-R9."""
    charge = await a_paid_charge(gateway, sandbox)
    refund = a_refund(charge)
    sandbox.refunds_become("pending")

    asked = await gateway.refund(refund)
    sandbox.settle_refund(refund.refund_ref, word)

    assert asked.status is RefundStatus.PENDING
    assert (await gateway.query_refund(charge.ref, refund.refund_ref)).status is status


async def test_f14_a_closed_refund_makes_room_for_a_new_one(gateway: SandboxGateway, sandbox: Sandbox) -> None:
    """PAY-F14: another try needs a new reference, and all of the payment can still be given back."""
    charge = await a_paid_charge(gateway, sandbox)
    sandbox.refunds_become("pending")
    first = a_refund(charge, 1_999)
    await gateway.refund(first)

    with pytest.raises(Rejected):
        await gateway.refund(a_refund(charge, 1))
    sandbox.settle_refund(first.refund_ref, "close")

    assert (await gateway.refund(a_refund(charge, 1_999))).status is RefundStatus.PENDING


async def test_no_body_no_secret_and_no_address_is_logged(
    gateway: SandboxGateway, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    """R41: not even at DEBUG."""
    caplog.set_level(logging.DEBUG)
    charge = await a_paid_charge(gateway, sandbox)
    await gateway.query(charge.ref)

    assert not any(secret in caplog.text for secret in (charge.ref, "two cups of tea", "development secret", "/v1/"))


# ---- notices that go wrong -------------------------------------------------------------------------------------------


async def test_f4_a_notice_delivered_twice_at_once_is_one_event(sandbox: Sandbox) -> None:
    """R8, PAY-F4."""
    async with a_shop_that_listens(sandbox, Ack.DONE) as (gateway, ear):
        sandbox.arm("duplicate")
        await a_paid_charge(gateway, sandbox)

        notices = [gateway.read(raw) for raw in await ear.until(2)]

    assert notices[0].event_id == notices[1].event_id
    assert notices[0].subject == notices[1].subject


async def test_f4_a_notice_can_be_delivered_twenty_times_at_once(sandbox: Sandbox) -> None:
    """R8: and each delivery is answered."""
    async with a_shop_that_listens(sandbox, Ack.DONE) as (gateway, ear):
        charge = a_charge()
        await gateway.begin(charge)
        event_id = sandbox.pay(charge.ref)

        answers = await asyncio.to_thread(sandbox.repeat, event_id, 20)

        assert [answer["acknowledged"] for answer in answers] == [True] * 20
        assert {gateway.read(raw).event_id for raw in ear.heard} == {event_id}


async def test_f5_a_refund_may_be_told_before_its_payment(sandbox: Sandbox) -> None:
    """PAY-F5: order is not promised, and each notice can be read alone."""
    async with a_shop_that_listens(sandbox, Ack.DONE) as (gateway, ear):
        sandbox.arm("reorder", delay_ms=60_000)
        charge = await a_paid_charge(gateway, sandbox)
        await gateway.refund(a_refund(charge))

        subjects = [gateway.read(raw).subject for raw in await ear.until(2)]

    assert [type(subject) for subject in subjects] == [RefundSnapshot, PaymentSnapshot]


async def test_f7_a_forged_notice_makes_us_call_nobody(sandbox: Sandbox) -> None:
    """R9, PAY-F7: no look-up, no outbound call, one verification."""
    with socket.create_server(("127.0.0.1", 0)) as provider:
        provider.setblocking(False)
        async with a_shop_that_listens(sandbox, Ack.DONE) as (gateway, ear):
            sandbox.arm("bad_signature")
            await a_paid_charge(gateway, sandbox)
            forged = (await ear.until(1))[0]
        async with a_gateway(f"http://127.0.0.1:{provider.getsockname()[1]}") as listening:
            with pytest.raises(NotificationForged):
                listening.read(forged)
            with pytest.raises(NotificationForged):
                listening.read(evolve(forged, headers={**forged.headers, "sandbox-key": "0000000000000000"}))

        with pytest.raises(BlockingIOError):
            provider.accept()


@pytest.mark.parametrize(("fault", "told"), [("wrong amount", Money(2_000, "CNY")), ("wrong currency", Money(1_999, "USD"))])
async def test_f8_a_genuine_notice_may_tell_a_wrong_sum(sandbox: Sandbox, fault: str, told: Money) -> None:
    """R9, R10, PAY-F8: it is read as told, for the application to set aside; asking gives the true sum."""
    async with a_shop_that_listens(sandbox, Ack.DONE) as (gateway, ear):
        sandbox.arm(fault)
        charge = await a_paid_charge(gateway, sandbox)

        assert gateway.read((await ear.until(1))[0]).subject.amount == told
        assert (await gateway.query(charge.ref)).amount == charge.amount


async def test_f8_even_the_authority_may_tell_a_wrong_sum(sandbox: Sandbox, gateway: SandboxGateway) -> None:
    """R9: a query is compared like a notice."""
    charge = await a_paid_charge(gateway, sandbox)
    sandbox.arm("wrong amount", on="query")

    assert (await gateway.query(charge.ref)).amount == Money(2_000, "CNY")


async def test_f9_money_may_come_after_the_payment_was_closed(sandbox: Sandbox) -> None:
    """R10, PAY-F9: late money is told and can be refunded."""
    async with a_shop_that_listens(sandbox, Ack.DONE) as (gateway, ear):
        charge = a_charge()
        await gateway.begin(charge)
        await gateway.close(charge.ref)

        sandbox.pay(charge.ref, force=True)

        assert getattr(gateway.read((await ear.until(1))[0]).subject, "status", None) is PaymentStatus.SUCCEEDED
        assert (await gateway.refund(a_refund(charge, 1_999))).status is RefundStatus.SUCCEEDED


async def test_f5_failure_and_success_of_one_payment_are_two_events(sandbox: Sandbox) -> None:
    """R8: siblings, for the state machine that only moves forward."""
    async with a_shop_that_listens(sandbox, Ack.DONE) as (gateway, ear):
        charge = a_charge()
        await gateway.begin(charge)
        sandbox.fail(charge.ref)
        await ear.until(1)
        sandbox.pay(charge.ref, force=True)
        await ear.until(2)
        sandbox.pay(charge.ref, force=True)

        notices = [gateway.read(raw) for raw in await ear.until(3)]

    told = [subject.status for notice in notices if isinstance(subject := notice.subject, PaymentSnapshot)]
    assert told == [PaymentStatus.FAILED, PaymentStatus.SUCCEEDED, PaymentStatus.SUCCEEDED]
    assert len({notice.event_id for notice in notices}) == 3


async def test_f12_without_any_notice_asking_finds_the_money(sandbox: Sandbox) -> None:
    """R11, PAY-F12: and when notices work again, they come late."""
    async with a_shop_that_listens(sandbox, Ack.DONE) as (gateway, ear):
        sandbox.send_notices(False)
        charge = await a_paid_charge(gateway, sandbox)

        found = await gateway.query(charge.ref)
        heard_before = len(ear.heard)
        sandbox.send_notices(True)
        await ear.until(1)

    assert found.status is PaymentStatus.SUCCEEDED
    assert heard_before == 0


async def test_f13_a_notice_is_repeated_until_it_is_acknowledged(sandbox: Sandbox) -> None:
    """PAY-F13: the same event in the same bytes, each time freshly signed, and then no more."""
    async with a_shop_that_listens(sandbox, Ack.RETRY_LATER, Ack.REFUSED, Ack.DONE) as (gateway, ear):
        await a_paid_charge(gateway, sandbox)
        heard = await ear.until(3)
        while not sandbox.notices()[0]["acknowledged"]:
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.5)

    assert len(heard) == 3
    assert len({raw.body for raw in heard}) == 1
    assert len({raw.headers["sandbox-signature"] for raw in heard}) == 3
    assert sandbox.notices()[0]["attempts"] == 3


async def test_f13_a_lost_notice_comes_again(sandbox: Sandbox) -> None:
    """R11."""
    async with a_shop_that_listens(sandbox, Ack.DONE) as (gateway, ear):
        sandbox.arm("drop", count=2)
        charge = await a_paid_charge(gateway, sandbox)

        subject = gateway.read((await ear.until(1))[0]).subject

    assert isinstance(subject, PaymentSnapshot) and subject.ref == charge.ref
    assert sandbox.notices()[0]["attempts"] >= 2


# ---- the provider itself ---------------------------------------------------------------------------------------------


async def test_the_provider_remembers_over_a_restart_and_goes_on_telling(tmp_path: Path) -> None:
    """R8 across restarts: payments, refunds and the notices that are still owed."""
    store = tmp_path / "provider.db"
    async with a_gateway("http://127.0.0.1:9") as speaking, an_ear(speaking.reply(Ack.DONE)) as ear:
        with running_sandbox(store=store) as before:
            before.send_notices(False)
            async with a_gateway(before.url, ear.url) as gateway:
                charge = await a_paid_charge(gateway, before)
                refund = a_refund(charge)
                await gateway.refund(refund)
        with running_sandbox(store=store) as after:
            async with a_gateway(after.url, ear.url) as gateway:
                heard = await ear.until(2)
                found = await gateway.query(charge.ref)
                again = await gateway.refund(refund)

    assert (found.status, found.refunded) == (PaymentStatus.SUCCEEDED, Money(500, "CNY"))
    assert again.status is RefundStatus.SUCCEEDED
    assert {type(speaking.read(raw).subject) for raw in heard} == {PaymentSnapshot, RefundSnapshot}


async def test_with_keys_of_their_own_both_sides_understand_each_other(tmp_path: Path) -> None:
    """R41: development keys are only defaults; and a test clock is everybody's clock."""
    clock, seed = tmp_path / "clock", secrets.token_bytes(32)
    clock.write_text(datetime.now(UTC).isoformat())
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    environment = {
        "RETAIL_SANDBOX_MERCHANT": "shop-of-our-own",
        "RETAIL_SANDBOX_SECRET": "a secret of our own",
        "RETAIL_SANDBOX_SIGNING_KEY": base64.b64encode(seed).decode(),
        "RETAIL_TEST_CLOCK": str(clock),
    }
    keys = (base64.b64encode(public).decode(),)
    own = {"merchant": "shop-of-our-own", "secret": "a secret of our own", "provider_keys": keys}

    with running_sandbox(environment=environment) as sandbox:
        async with a_gateway(sandbox.url, **own) as gateway:
            charge = a_charge()
            begun = await gateway.begin(charge)
            clock.write_text((datetime.now(UTC) + timedelta(hours=1)).isoformat())
            with pytest.raises(Misconfigured):  # an hour apart: their clock is not ours
                await gateway.query(charge.ref)
        told = sandbox.payments()[0]["status"]

    assert begun.snapshot.status is PaymentStatus.PENDING
    assert told == "closed"
