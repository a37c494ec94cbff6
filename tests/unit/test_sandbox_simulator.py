"""How strict the sandbox provider is, and what it does for a tester (DOR-R5)."""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from attrs import frozen

from retail_adapters.payments.sandbox_wire import MerchantKey
from retail_entrypoints.simulators.sandbox import Settings, WrongSettings, create_app, read_settings
from retail_entrypoints.simulators.sandbox.wire import Seal

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
KEY = MerchantKey("shop-1", b"a secret of the merchant")
ORDER: dict[str, Any] = {
    "ref": "attempt0001",
    "amount": {"minor": 1_999, "currency": "CNY"},
    "flow": "desktop_page",
    "description": "two cups of tea",
    "expires_at": "2026-05-04T12:30:00Z",
    "notify_url": "http://127.0.0.1:9/notices",
}
REFUND: dict[str, Any] = {
    "refund_ref": "refund0001",
    "amount": {"minor": 500, "currency": "CNY"},
    "total": {"minor": 1_999, "currency": "CNY"},
    "reason": "broken",
}


@frozen
class Provider:
    """The provider in this process, with its clock in a file."""

    http: httpx2.AsyncClient
    clock: Path

    async def call(self, method: str, target: str, document: object = None, **changed: Any) -> tuple[int, dict[str, Any]]:
        """A signed call; `changed` replaces headers after signing."""
        body = b"" if document is None else json.dumps(document).encode()
        stamp = int(datetime.fromisoformat(self.clock.read_text()).timestamp())
        headers = KEY.sign(method, target, body, stamp=stamp, nonce=secrets.token_hex(16))
        answer = await self.http.request(method, target, content=body, headers={**headers, **changed})
        assert "sandbox-signature" in answer.headers  # refusals are signed as well
        return answer.status_code, answer.json()

    async def control(self, method: str, path: str, **document: Any) -> tuple[int, dict[str, Any]]:
        answer = await self.http.request(method, f"/control/{path}", json=document)
        return answer.status_code, answer.json()

    def at(self, moment: datetime) -> None:
        self.clock.write_text(moment.isoformat())


@pytest.fixture
async def provider(tmp_path: Path) -> AsyncIterator[Provider]:
    clock = tmp_path / "clock"
    clock.write_text(NOON.isoformat())
    settings = Settings(merchant=KEY.merchant, secret=KEY.secret, clock_file=str(clock))
    app = create_app(settings, address="http://provider.example")
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://provider.example") as http:
        yield Provider(http, clock)


async def a_paid_order(provider: Provider) -> None:
    await provider.call("POST", "/v1/payments", ORDER)
    await provider.control("POST", "payments/attempt0001/pay")


# ---- who is believed -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"sandbox-signature": "0" * 64}, "signature_invalid"),
        ({"sandbox-signature": ""}, "signature_invalid"),
        ({"sandbox-merchant": "shop-2"}, "unknown_merchant"),
        ({"sandbox-nonce": "short"}, "signature_invalid"),
        ({"sandbox-timestamp": "1777896001"}, "signature_invalid"),
    ],
)
async def test_a_call_that_is_not_signed_by_the_merchant_is_refused(
    provider: Provider, changed: Mapping[str, str], code: str
) -> None:
    assert await provider.call("POST", "/v1/payments", ORDER, **changed) == (401, {"code": code})
    assert (await provider.control("GET", "payments"))[1] == {"items": []}


async def test_a_genuine_call_counts_once(provider: Provider) -> None:
    headers = KEY.sign("GET", "/v1/payments/attempt0001", b"", stamp=int(NOON.timestamp()), nonce="nonce-used-twice-")

    first = await provider.http.get("/v1/payments/attempt0001", headers=headers)
    again = await provider.http.get("/v1/payments/attempt0001", headers=headers)

    assert (first.status_code, first.json()) == (404, {"code": "not_found"})
    assert (again.status_code, again.json()) == (401, {"code": "nonce_reused"})


@pytest.mark.parametrize("away_seconds", [-301, 301])
async def test_a_call_from_another_time_is_refused(provider: Provider, away_seconds: int) -> None:
    stamp = int(NOON.timestamp()) + away_seconds
    headers = KEY.sign("GET", "/v1/payments/attempt0001", b"", stamp=stamp, nonce=secrets.token_hex(16))

    answer = await provider.http.get("/v1/payments/attempt0001", headers=headers)

    assert (answer.status_code, answer.json()) == (401, {"code": "clock_skew"})


# ---- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"ref": "short"}, "ref_invalid"),
        ({"ref": "x" * 33}, "ref_invalid"),
        ({"ref": "with-hyphen"}, "ref_invalid"),
        ({"ref": 5}, "ref_invalid"),
        ({"amount": {"minor": 0, "currency": "CNY"}}, "amount_invalid"),
        ({"amount": {"minor": -1, "currency": "CNY"}}, "amount_invalid"),
        ({"amount": {"minor": 19.99, "currency": "CNY"}}, "amount_invalid"),
        ({"amount": {"minor": "1999", "currency": "CNY"}}, "amount_invalid"),
        ({"amount": {"minor": True, "currency": "CNY"}}, "amount_invalid"),
        ({"amount": {"minor": 1_999, "currency": "yuan"}}, "amount_invalid"),
        ({"amount": 1_999}, "amount_invalid"),
        ({"flow": "native_app"}, "flow_unknown"),
        ({"description": ""}, "description_invalid"),
        ({"description": "two\nlines"}, "description_invalid"),
        ({"description": "\ud800"}, "description_invalid"),
        ({"expires_at": "soon"}, "expires_at_invalid"),
        ({"expires_at": "2026-05-04T12:30:00"}, "expires_at_invalid"),
        ({"expires_at": "2026-05-04T12:00:00Z"}, "expired"),
        ({"notify_url": "http://shop.example/notices?order=1"}, "notify_url_invalid"),
        ({"notify_url": "file:///etc/passwd"}, "address_invalid"),
        ({"return_url": "javascript:alert(1)"}, "address_invalid"),
        ({"return_url": "http://shop.example:nine/"}, "address_invalid"),
    ],
)
async def test_a_payment_that_makes_no_sense_is_refused(provider: Provider, changed: Mapping[str, Any], code: str) -> None:
    status, told = await provider.call("POST", "/v1/payments", {**ORDER, **changed})

    assert told == {"code": code}
    assert 400 <= status < 500
    assert (await provider.control("GET", "payments"))[1] == {"items": []}


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b"[" * 60_000, b"x" * 70_000])
async def test_whatever_is_sent_is_answered(provider: Provider, body: bytes) -> None:
    """R37: never a 5xx."""
    headers = KEY.sign("POST", "/v1/payments", body, stamp=int(NOON.timestamp()), nonce=secrets.token_hex(16))

    answer = await provider.http.post("/v1/payments", content=body, headers=headers)

    assert answer.status_code in (400, 413)


async def test_a_reference_names_one_payment_for_ever(provider: Provider) -> None:
    """R12: equal again is found, also after it was paid or its time is over; anything else is a conflict."""
    _, first = await provider.call("POST", "/v1/payments", ORDER)
    _, again = await provider.call("POST", "/v1/payments", ORDER)
    other = await provider.call("POST", "/v1/payments", {**ORDER, "description": "three cups of tea"})
    provider.at(NOON + timedelta(hours=1))
    late = await provider.call("POST", "/v1/payments", ORDER)

    assert first == again
    assert other == (409, {"code": "reference_conflict"})
    assert (late[0], late[1]["status"]) == (200, "closed")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"amount": {"minor": 2_000, "currency": "CNY"}}, "over_refund"),
        ({"amount": {"minor": 0, "currency": "CNY"}}, "amount_invalid"),
        ({"amount": {"minor": 500, "currency": "USD"}}, "currency_mismatch"),
        ({"total": {"minor": 1_998, "currency": "CNY"}}, "total_mismatch"),
        ({"total": {"minor": 1_999, "currency": "USD"}}, "total_mismatch"),
        ({"refund_ref": "no"}, "refund_ref_invalid"),
        ({"reason": ""}, "reason_invalid"),
    ],
)
async def test_a_refund_that_makes_no_sense_is_refused(provider: Provider, changed: Mapping[str, Any], code: str) -> None:
    await a_paid_order(provider)

    _, told = await provider.call("POST", "/v1/payments/attempt0001/refunds", {**REFUND, **changed})

    assert told == {"code": code}
    assert (await provider.control("GET", "payments/attempt0001"))[1]["refunds"] == []


async def test_a_refund_reference_belongs_to_one_payment(provider: Provider) -> None:
    """PAY-F15."""
    await a_paid_order(provider)
    await provider.call("POST", "/v1/payments", {**ORDER, "ref": "attempt0002"})
    await provider.control("POST", "payments/attempt0002/pay")
    await provider.call("POST", "/v1/payments/attempt0001/refunds", REFUND)

    assert await provider.call("POST", "/v1/payments/attempt0002/refunds", REFUND) == (409, {"code": "reference_conflict"})
    assert (await provider.call("GET", "/v1/payments/attempt0002/refunds/refund0001"))[0] == 404


async def test_a_payment_is_over_when_its_time_is_over(provider: Provider) -> None:
    """PAY-R1: half-open, so at the very instant it is over."""
    await provider.call("POST", "/v1/payments", ORDER)

    provider.at(NOON + timedelta(minutes=30))

    assert (await provider.call("GET", "/v1/payments/attempt0001"))[1]["status"] == "closed"
    assert (await provider.control("POST", "payments/attempt0001/pay"))[0] == 409


async def test_an_unknown_call_is_refused_in_signed_words(provider: Provider) -> None:
    assert await provider.call("POST", "/v1/nothing", {}) == (404, {"code": "no_such_call"})


# ---- what a tester can do --------------------------------------------------------------------------------------------


async def test_only_force_pays_what_is_over(provider: Provider) -> None:
    """R10: late money and double notices on request, never by accident."""
    await provider.call("POST", "/v1/payments", ORDER)
    await provider.control("POST", "payments/attempt0001/expire")

    refused = await provider.control("POST", "payments/attempt0001/pay")
    forced = [await provider.control("POST", "payments/attempt0001/pay", force=True) for _ in range(2)]

    assert (refused[0], refused[1]["code"]) == (409, "payment_closed")
    assert [(status, told["payment"]["status"]) for status, told in forced] == [(200, "succeeded")] * 2
    kinds = [notice["kind"] for notice in (await provider.control("GET", "notices"))[1]["items"]]
    assert kinds == ["payment.closed", "payment.succeeded", "payment.succeeded"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "nonsense"},
        {},
        {"kind": "500", "on": "notice"},
        {"kind": "duplicate", "on": "create"},
        {"kind": "drop", "on": "x"},
        {"kind": "drop", "count": 0},
        {"kind": "drop", "count": "2"},
        {"kind": "drop", "count": True},
        {"kind": "delay", "delay_ms": -1},
    ],
)
async def test_a_fault_that_makes_no_sense_is_refused(provider: Provider, wrong: Mapping[str, Any]) -> None:
    assert (await provider.control("POST", "faults", **wrong))[0] == 422
    assert (await provider.control("GET", "faults"))[1] == {"items": []}


@pytest.mark.parametrize(
    "kind",
    ["delay", "drop", "duplicate", "reorder", "wrong amount", "wrong currency", "bad signature", "timeout after effect", "500"],
)
async def test_every_fault_of_the_contract_can_be_armed_for_a_number_of_times(provider: Provider, kind: str) -> None:
    """DOR-R5."""
    await provider.control("POST", "faults", kind=kind, count=3)

    armed = (await provider.control("GET", "faults"))[1]["items"]
    await provider.control("DELETE", "faults")

    assert [(fault["kind"], fault["count"]) for fault in armed] == [(kind.replace(" ", "_"), 3)]
    assert (await provider.control("GET", "faults"))[1] == {"items": []}


async def test_a_reset_forgets_everything(provider: Provider) -> None:
    await a_paid_order(provider)
    await provider.control("POST", "faults", kind="500")
    await provider.control("POST", "notices", sent=False)

    await provider.control("POST", "reset")

    assert (await provider.control("GET", "payments"))[1] == {"items": []}
    assert (await provider.control("GET", "notices"))[1] == {"sent": True, "items": []}
    assert (await provider.call("GET", "/v1/payments/attempt0001"))[0] == 404


@pytest.mark.parametrize("path", ["nothing", "payments/attempt0009", "notices/evt_none/signed", "refunds/refund0009/succeed"])
async def test_a_tester_who_asks_for_nothing_that_exists_is_told(provider: Provider, path: str) -> None:
    for method in ("GET", "POST"):
        assert (await provider.control(method, path))[0] == 404


# ---- the page --------------------------------------------------------------------------------------------------------


async def test_a_person_pays_with_one_button(provider: Provider) -> None:
    await provider.call("POST", "/v1/payments", {**ORDER, "return_url": "http://shop.example/orders/1"})

    before = await provider.http.get("/pay/attempt0001")
    pressed = await provider.http.post("/pay/attempt0001")
    after = await provider.http.get("/pay/attempt0001")

    assert "19.99 CNY" in before.text and "<button>" in before.text
    assert (pressed.status_code, pressed.headers["location"]) == (303, "/pay/attempt0001")
    assert "<button>" not in after.text and "http://shop.example/orders/1" in after.text
    assert (await provider.call("GET", "/v1/payments/attempt0001"))[1]["status"] == "succeeded"


async def test_what_comes_from_outside_is_inert_on_the_page(provider: Provider) -> None:
    """R38."""
    evil = {"description": "<script>alert(1)</script>", "return_url": 'http://shop.example/"onclick="alert(1)'}
    await provider.call("POST", "/v1/payments", {**ORDER, **evil})

    page = await provider.http.get("/pay/attempt0001")

    assert "<script" not in page.text and '"onclick' not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


async def test_there_is_no_page_for_no_payment(provider: Provider) -> None:
    assert (await provider.http.get("/pay/attempt0009")).status_code == 404
    assert (await provider.http.post("/pay/attempt0009")).status_code == 404


# ---- settings --------------------------------------------------------------------------------------------------------

OWN_KEYS = {"RETAIL_SANDBOX_SECRET": "a secret of our own", "RETAIL_SANDBOX_SIGNING_KEY": "A" * 43 + "="}


def test_production_takes_no_development_keys() -> None:
    """R41: refused whether they are missing or written out."""
    known_secret = {"RETAIL_SANDBOX_SECRET": "sandbox merchant development secret"}
    known_key = {"RETAIL_SANDBOX_SIGNING_KEY": "c2FuZGJveCBwcm92aWRlciBkZXZlbG9wbWVudCBrZXk="}
    for environment in ({}, known_secret | known_key, OWN_KEYS | known_secret, OWN_KEYS | known_key):
        with pytest.raises(WrongSettings):
            read_settings({"RETAIL_ENV": "production", **environment})

    assert read_settings({"RETAIL_ENV": "production", **OWN_KEYS}).secret == b"a secret of our own"
    assert read_settings({}).secret


def test_production_has_no_test_clock() -> None:
    """DOR-R4."""
    assert read_settings({"RETAIL_ENV": "production", **OWN_KEYS, "RETAIL_TEST_CLOCK": "/clock"}).clock_file is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"RETAIL_SANDBOX_SECRET": "short"},
        {"RETAIL_SANDBOX_SIGNING_KEY": "nonsense"},
        {"RETAIL_SANDBOX_SIGNING_KEY": "AAAA"},
        {"RETAIL_SANDBOX_RETRY_SECONDS": "soon"},
        {"RETAIL_SANDBOX_RETRY_SECONDS": "1,0"},
        {"RETAIL_SANDBOX_RETRY_SECONDS": "nan"},
    ],
)
def test_unfit_settings_name_their_variable_and_not_its_value(wrong: dict[str, str]) -> None:
    """R41."""
    with pytest.raises(WrongSettings) as refused:
        read_settings(wrong)

    (name, text), *_ = wrong.items()
    assert name in str(refused.value) and text not in str(refused.value)


def test_no_secret_shows_in_a_repr() -> None:
    """R41."""
    settings = Settings(secret=b"a very hidden secret", signing_seed=b"hidden seed of thirty-two bytes!")
    app = create_app(settings, address="http://provider.example")

    assert "hidden" not in f"{settings!r}{app!r}"


def test_every_delivery_is_sealed_with_one_of_our_keys() -> None:
    """R9: the key id is a digest of the public key, so it cannot name another."""
    assert Seal(b"a" * 32).key_id == Seal(b"a" * 32).key_id != Seal(b"b" * 32).key_id
