"""The sandbox protocol, read twice: the shop's code and the provider's code believe each other and nobody else (R9)."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from retail_adapters.payments import SandboxConfig, SandboxGateway, sandbox_gateway
from retail_adapters.payments.sandbox_wire import MerchantKey, NotBelieved, ProviderKeys, UnreadableNotice, read_document
from retail_adapters.system.clock import SystemClock
from retail_adapters.system.luck import SystemLuck
from retail_domain.kernel.money import Money
from retail_domain.payments.gateway import (
    NotificationForAnother,
    NotificationForged,
    NotificationRefused,
    NotificationStale,
    NotificationUnreadable,
    PaymentSnapshot,
    PaymentStatus,
    RawNotification,
    RefundSnapshot,
    RefundStatus,
)
from retail_entrypoints.simulators.sandbox.wire import Call, Merchant, Seal, Unsigned

STAMP = 1_777_900_000
NOW = datetime.fromtimestamp(STAMP, UTC)
NONCE = "nonce-of-sixteen-or-more"
SECRET = b"a secret of the merchant"
SHOP, PROVIDER = MerchantKey("shop-1", SECRET), Merchant("shop-1", SECRET)
SEAL = Seal(b"thirty-two bytes of a test's key")
KEYS = ProviderKeys.read((base64.b64encode(SEAL.public_key).decode(),))
PAYMENT: dict[str, Any] = {
    "ref": "attempt0001",
    "merchant": "shop-1",
    "provider_ref": "pay1",
    "status": "succeeded",
    "amount": {"minor": 1_999, "currency": "CNY"},
    "refunded": {"minor": 0, "currency": "CNY"},
    "expires_at": "2026-05-04T13:00:00Z",
    "occurred_at": "2026-05-04T12:59:00Z",
    "pay_url": "http://provider.example/pay/attempt0001",
}
EVENT: dict[str, Any] = {"event_id": "evt_00000001", "kind": "payment.succeeded", "merchant": "shop-1", "payment": PAYMENT}

bodies = st.binary(max_size=200)
targets = st.from_regex(r"/v1/[a-z0-9/]{0,30}(\?[a-z=&]{1,9})?", fullmatch=True)


def a_reader() -> SandboxGateway:
    config = SandboxConfig(
        base_url="http://127.0.0.1:1",
        notify_url="http://127.0.0.1:1/n",
        merchant="shop-1",
        secret=SECRET.decode(),
        provider_keys=(base64.b64encode(SEAL.public_key).decode(),),
    )
    return sandbox_gateway(config, clock=SystemClock(), luck=SystemLuck())


READER = a_reader()


def a_notice(event: Mapping[str, Any] = EVENT, *, seal: Seal = SEAL, body: bytes | None = None) -> RawNotification:
    raw = json.dumps(event).encode() if body is None else body
    return RawNotification(headers=seal.of_notice(NONCE, STAMP, raw), body=raw, received_at=NOW)


def a_call(method: str, target: str, body: bytes) -> Call:
    headers = SHOP.sign(method, target, body, stamp=STAMP, nonce=NONCE)
    told = {name.encode(): text.encode() for name, text in headers.items()}
    return Call(method=method, target=target.encode(), headers=told, body=body)


def with_a_bit_changed(data: bytes, bit: int) -> bytes:
    place = bit // 8 % len(data)
    return data[:place] + bytes([data[place] ^ (1 << bit % 8)]) + data[place + 1 :]


# ---- our calls, as the provider sees them ----------------------------------------------------------------------------


@given(st.sampled_from(["GET", "POST"]), targets, bodies)
def test_the_provider_believes_what_the_shop_signs(method: str, target: str, body: bytes) -> None:
    assert PROVIDER.believe(a_call(method, target, body), now_seconds=STAMP + 299) == NONCE


@given(bodies.filter(len), st.integers(0, 10_000))
def test_the_provider_refuses_a_call_with_any_bit_of_its_body_changed(body: bytes, bit: int) -> None:
    call = a_call("POST", "/v1/payments", body)

    with pytest.raises(Unsigned, match="signature_invalid"):
        PROVIDER.believe(evolve(call, body=with_a_bit_changed(body, bit)), now_seconds=STAMP)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        (lambda call: evolve(call, method="PUT"), "signature_invalid"),
        (lambda call: evolve(call, target=b"/v1/payments/other"), "signature_invalid"),
        (lambda call: evolve(call, headers={}), "unknown_merchant"),
        (lambda call: evolve(call, headers={**call.headers, b"sandbox-merchant": b"other"}), "unknown_merchant"),
        (lambda call: evolve(call, headers={**call.headers, b"sandbox-timestamp": b"1777900001"}), "signature_invalid"),
        (lambda call: evolve(call, headers={**call.headers, b"sandbox-timestamp": b"now"}), "signature_invalid"),
        (lambda call: evolve(call, headers={**call.headers, b"sandbox-nonce": NONCE[1:].encode()}), "signature_invalid"),
        (lambda call: evolve(call, headers={**call.headers, b"sandbox-signature": b"\xff\xfe"}), "signature_invalid"),
        (lambda call: evolve(call, headers={**call.headers, b"sandbox-signature": b""}), "signature_invalid"),
    ],
)
def test_the_provider_refuses_a_call_that_was_tampered_with(changed: Callable[[Call], Call], code: str) -> None:
    with pytest.raises(Unsigned, match=code):
        PROVIDER.believe(changed(a_call("POST", "/v1/payments", b"{}")), now_seconds=STAMP)


@pytest.mark.parametrize("away_seconds", [-301, 301])
def test_the_provider_refuses_a_call_from_another_time(away_seconds: int) -> None:
    with pytest.raises(Unsigned, match="clock_skew"):
        PROVIDER.believe(a_call("GET", "/v1/payments/x", b""), now_seconds=STAMP + away_seconds)


def test_a_known_call_has_the_known_signature() -> None:
    """The vector of docs/reference/sandbox-gateway.md, worked out with openssl."""
    signed = MerchantKey("development-shop", b"sandbox merchant development secret").sign(
        "POST", "/v1/payments/attempt0001/close", b"{}", stamp=1_777_900_000, nonce="0123456789abcdef"
    )

    assert signed["sandbox-signature"] == "3ce2329fbd9bd8cb65e6f1d37da4611d6464d962f96a6d1d670d6d99d454424f"


# ---- the provider's answers and notices, as we see them --------------------------------------------------------------


@given(st.sampled_from([200, 404, 409, 500]), bodies)
def test_the_shop_believes_an_answer_to_its_own_call(status: int, body: bytes) -> None:
    KEYS.believe_answer(status, SEAL.of_answer(status, NONCE, STAMP, body), body, nonce=NONCE)


@given(bodies.filter(len), st.integers(0, 10_000))
def test_the_shop_refuses_an_answer_with_any_bit_changed(body: bytes, bit: int) -> None:
    """R9, PAY-F3."""
    headers = SEAL.of_answer(200, NONCE, STAMP, body)

    with pytest.raises(NotBelieved):
        KEYS.believe_answer(200, headers, with_a_bit_changed(body, bit), nonce=NONCE)


def test_an_answer_to_another_call_is_no_answer_to_this_one() -> None:
    """R9: an old `paid` cannot be replayed; nor can a notice stand in for an answer."""
    body = b"{}"
    other = SEAL.of_answer(200, "another-nonce-of-ours", STAMP, body)
    notice = SEAL.of_notice(NONCE, STAMP, body)

    for headers in (other, notice, SEAL.of_answer(404, NONCE, STAMP, body), {}):
        with pytest.raises(NotBelieved):
            KEYS.believe_answer(200, headers, body, nonce=NONCE)


def test_a_genuine_notice_is_read() -> None:
    notice = READER.read(a_notice())

    assert notice.event_id == "evt_00000001"
    assert notice.signed_at == NOW
    assert notice.subject == PaymentSnapshot(
        ref=PAYMENT["ref"],
        status=PaymentStatus.SUCCEEDED,
        amount=Money(1_999, "CNY"),
        refunded=Money(0, "CNY"),
        provider_ref="pay1",
        occurred_at=datetime(2026, 5, 4, 12, 59, tzinfo=UTC),
    )


def test_a_genuine_notice_about_a_refund_is_read() -> None:
    refund = {
        "refund_ref": "refund0001", "payment_ref": "attempt0001", "merchant": "shop-1", "provider_ref": "r1",
        "status": "needs_attention", "amount": {"minor": 5, "currency": "CNY"},
    }  # fmt: skip

    subject = READER.read(a_notice({"event_id": "evt_00000002", "merchant": "shop-1", "refund": refund})).subject

    assert isinstance(subject, RefundSnapshot)
    assert (subject.status, subject.amount) == (RefundStatus.NEEDS_ATTENTION, Money(5, "CNY"))


def test_header_names_are_read_whatever_their_letters() -> None:
    raw = a_notice()

    assert READER.read(evolve(raw, headers={name.title(): text for name, text in raw.headers.items()})).event_id


@given(st.integers(0, 10_000))
def test_a_notice_with_any_bit_changed_is_forged(bit: int) -> None:
    """R9, PAY-F7."""
    raw = a_notice()

    with pytest.raises(NotificationForged):
        READER.read(evolve(raw, body=with_a_bit_changed(raw.body, bit)))


@given(st.sampled_from(["sandbox-key", "sandbox-timestamp", "sandbox-nonce", "sandbox-signature"]), st.text(max_size=90))
def test_a_notice_with_any_other_header_is_forged(name: str, text: str) -> None:
    """R9, PAY-F7: whatever stands there, non-ASCII included, is a refusal and never a crash."""
    raw = a_notice()
    if raw.headers[name] == text:
        return

    with pytest.raises(NotificationForged):
        READER.read(evolve(raw, headers={**raw.headers, name: text}))


@pytest.mark.parametrize("name", ["sandbox-key", "sandbox-timestamp", "sandbox-nonce", "sandbox-signature"])
def test_a_notice_without_one_of_its_headers_is_forged(name: str) -> None:
    """R9, PAY-F7: fields missing is never checks skipped."""
    raw = a_notice()

    with pytest.raises(NotificationForged):
        READER.read(evolve(raw, headers={other: text for other, text in raw.headers.items() if other != name}))


def test_a_probe_with_a_nonsense_signature_is_forged() -> None:
    """PAY-F7: what WeChat calls SIGNTEST."""
    raw = a_notice()

    with pytest.raises(NotificationForged):
        READER.read(evolve(raw, headers={**raw.headers, "sandbox-signature": "WECHATPAY/SIGNTEST/=="}))


def test_a_notice_of_another_provider_is_forged() -> None:
    """R9: the key registry is ours; no key is taken from a message."""
    other = Seal(b"thirty-two bytes of another key!")
    posing = {**other.of_notice(NONCE, STAMP, b"{}"), "sandbox-key": SEAL.key_id}

    with pytest.raises(NotificationForged):
        READER.read(a_notice(seal=other))
    with pytest.raises(NotificationForged):
        READER.read(RawNotification(headers=posing, body=b"{}", received_at=NOW))


def test_an_answer_cannot_be_replayed_as_a_notice() -> None:
    """R9."""
    body = json.dumps(EVENT).encode()

    with pytest.raises(NotificationForged):
        READER.read(RawNotification(headers=SEAL.of_answer(200, NONCE, STAMP, body), body=body, received_at=NOW))


def test_a_notice_too_large_to_be_one_is_forged() -> None:
    with pytest.raises(NotificationForged):
        READER.read(a_notice(body=b" " * 70_000))


@pytest.mark.parametrize("away", [timedelta(seconds=301), timedelta(seconds=-301), timedelta(days=400)])
def test_a_notice_from_another_time_is_stale(away: timedelta) -> None:
    """R9, PAY-F6: in both directions."""
    with pytest.raises(NotificationStale):
        READER.read(evolve(a_notice(), received_at=NOW + away))


@pytest.mark.parametrize("away", [timedelta(seconds=300), timedelta(seconds=-300)])
def test_a_notice_five_minutes_away_is_fresh(away: timedelta) -> None:
    assert READER.read(evolve(a_notice(), received_at=NOW + away)).event_id


def test_a_genuine_notice_to_another_shop_is_not_ours() -> None:
    """R9, PAY-F7."""
    with pytest.raises(NotificationForAnother):
        READER.read(a_notice({**EVENT, "merchant": "shop-2"}))


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b"\xff", b'{"merchant":"other","merchant":"shop-1"}', b"[" * 60_000,
        json.dumps({**EVENT, "event_id": ""}).encode(),
        json.dumps({**EVENT, "event_id": 5}).encode(),
        json.dumps({**EVENT, "payment": []}).encode(),
        json.dumps({**EVENT, "payment": {}}).encode(),
        json.dumps({**EVENT, "payment": {**PAYMENT, "status": "maybe"}}).encode(),
        json.dumps({**EVENT, "payment": {**PAYMENT, "amount": None}}).encode(),
        json.dumps({**EVENT, "payment": {**PAYMENT, "amount": {"minor": 19.99, "currency": "CNY"}}}).encode(),
        json.dumps({**EVENT, "payment": {**PAYMENT, "amount": {"minor": True, "currency": "CNY"}}}).encode(),
        json.dumps({**EVENT, "payment": {**PAYMENT, "amount": {"minor": -1, "currency": "CNY"}}}).encode(),
        json.dumps({**EVENT, "payment": {**PAYMENT, "amount": {"minor": 10**400, "currency": "CNY"}}}).encode(),
        json.dumps({**EVENT, "payment": {**PAYMENT, "amount": {"minor": 1, "currency": "yuan"}}}).encode(),
        json.dumps({**EVENT, "payment": {**PAYMENT, "occurred_at": "yesterday"}}).encode(),
        json.dumps({**EVENT, "payment": {**PAYMENT, "occurred_at": "2026-05-04T12:00:00"}}).encode(),
    ],
)  # fmt: skip
def test_a_genuine_notice_that_makes_no_sense_is_refused(body: bytes) -> None:
    """R9: never half believed, never a crash."""
    with pytest.raises((NotificationUnreadable, NotificationForAnother)) as refused:
        READER.read(a_notice(body=body))

    assert isinstance(refused.value, NotificationRefused)


@given(st.binary(max_size=300))
def test_any_signed_bytes_are_read_or_refused(body: bytes) -> None:
    """R37 at this door: no third way."""
    with pytest.raises(NotificationRefused):
        READER.read(a_notice(body=body))


def test_a_genuine_notice_of_a_wrong_amount_is_read_as_it_stands() -> None:
    """PAY-F8: the adapter tells, the application compares (PAY-R2)."""
    wrong = {**PAYMENT, "amount": {"minor": 1, "currency": "USD"}}

    subject = READER.read(a_notice({**EVENT, "payment": wrong})).subject

    assert subject.amount == Money(1, "USD")


def test_while_the_provider_changes_keys_both_are_trusted() -> None:
    """PAY-F16: the old and the new key are configured, and an unknown one is still refused."""
    new = Seal(b"thirty-two bytes of the new key!")
    keys = tuple(base64.b64encode(seal.public_key).decode() for seal in (SEAL, new))
    config = evolve(READER.config, provider_keys=keys)
    reader = sandbox_gateway(config, clock=SystemClock(), luck=SystemLuck())

    assert reader.read(a_notice()).event_id == reader.read(a_notice(seal=new)).event_id
    with pytest.raises(NotificationForged):
        READER.read(a_notice(seal=new))


def test_a_document_with_a_member_twice_is_not_read() -> None:
    with pytest.raises(UnreadableNotice):
        read_document(b'{"amount":1,"amount":2}')
