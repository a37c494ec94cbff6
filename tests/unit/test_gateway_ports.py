"""What may be asked of a provider at all, and what the counter answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from attrs import evolve

from retail_adapters.payments import SandboxConfig, counter_gateway, sandbox_gateway
from retail_adapters.payments.sandbox import DEVELOPMENT_SECRET
from retail_adapters.system.clock import SystemClock
from retail_adapters.system.luck import SystemLuck
from retail_domain.kernel.errors import Kind
from retail_domain.kernel.money import Money
from retail_domain.payments.gateway import (
    ChargeRequest,
    Flow,
    GatewayError,
    MerchantRef,
    Misconfigured,
    NotSent,
    OutcomeUnknown,
    PayAtCounter,
    PaymentStatus,
    RawNotification,
    ReferenceConflict,
    RefundRef,
    RefundRequest,
    RefundStatus,
    Rejected,
    merchant_ref,
    refund_ref,
)

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
CHARGE = ChargeRequest(
    ref=MerchantRef("attempt0001"),
    amount=Money(1_999, "CNY"),
    flow=Flow.COUNTER,
    description="tea",
    expires_at=NOON + timedelta(minutes=30),
)
REFUND = RefundRequest(
    refund_ref=RefundRef("refund0001"),
    payment_ref=CHARGE.ref,
    amount=Money(5, "CNY"),
    payment_total=CHARGE.amount,
    reason="broken",
)


@pytest.mark.parametrize("ref", ["", "short77", "x" * 33, "with-hyphen", "with space", "付款付款付款付款", "trailing\n"])
def test_a_reference_fits_every_provider(ref: str) -> None:
    """R12: 8 to 32 letters and digits."""
    with pytest.raises(ValueError, match="reference"):
        evolve(CHARGE, ref=MerchantRef(ref))
    with pytest.raises(ValueError, match="reference"):
        evolve(REFUND, refund_ref=RefundRef(ref))


def test_an_id_makes_a_reference_that_fits() -> None:
    id = UUID(int=7)

    assert evolve(CHARGE, ref=merchant_ref(id)).ref == id.hex
    assert evolve(REFUND, refund_ref=refund_ref(id)).refund_ref == id.hex


def test_nothing_and_less_are_never_charged_or_refunded() -> None:
    """PAY-R2: a zero payable needs no provider."""
    for minor in (0, -1):
        with pytest.raises(ValueError, match="more than nothing"):
            evolve(CHARGE, amount=Money(minor, "CNY"))
        with pytest.raises(ValueError, match="more than nothing"):
            evolve(REFUND, amount=Money(minor, "CNY"))


def test_a_refund_keeps_the_currency_of_the_payment() -> None:
    with pytest.raises(ValueError, match="currency"):
        evolve(REFUND, amount=Money(5, "USD"))


def test_a_payment_expires_at_an_absolute_time() -> None:
    """PAY-R1."""
    with pytest.raises(ValueError, match="aware"):
        evolve(CHARGE, expires_at=datetime(2026, 5, 4))


def test_there_are_three_outcomes_and_only_one_is_unknown() -> None:
    """R12: done, not done, unknown."""
    not_done: tuple[type[GatewayError], ...] = (Rejected, ReferenceConflict, NotSent, Misconfigured)

    assert {error.outcome for error in not_done} == {"not_done"}
    assert OutcomeUnknown.outcome == "unknown"
    assert {NotSent.kind, OutcomeUnknown.kind, Misconfigured.kind} == {Kind.UNAVAILABLE}


def test_no_secret_and_no_body_shows_in_a_repr() -> None:
    """R41."""
    config = SandboxConfig(base_url="http://shop.example", notify_url="http://shop.example/n", secret="a very hidden secret")
    gateway = sandbox_gateway(config, clock=SystemClock(), luck=SystemLuck())
    raw = RawNotification(headers={}, body=b"a very hidden body", received_at=NOON)

    assert "hidden" not in f"{config!r}{gateway!r}{raw!r}{counter_gateway('a very hidden secret')!r}"
    assert "payer" not in repr(evolve(CHARGE, payer_ref="payer-openid", client_ip="203.0.113.9"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": ""}, {"secret": "short"}, {"provider_keys": ()}, {"provider_keys": ("AAAA",)}, {"provider_keys": ("?",)},
        {"base_url": "ftp://shop.example"}, {"base_url": "shop.example"}, {"notify_url": "http://shop.example/n?x=1"},
        {"merchant": ""}, {"merchant": "a\nb"},
    ],
)  # fmt: skip
def test_a_gateway_with_unfit_settings_does_not_start(wrong: dict[str, object]) -> None:
    """R41, PAY-F7: above all no empty secret, under which everything would verify."""
    fit = {"base_url": "http://shop.example", "notify_url": "http://shop.example/n"}

    with pytest.raises(ValueError, match=r"sandbox|provider key|base64|Only base64") as refused:
        SandboxConfig(**{**fit, **wrong})  # type: ignore[arg-type]

    assert DEVELOPMENT_SECRET not in str(refused.value)


def test_development_keys_are_recognised_as_such() -> None:
    """R41: so that production can refuse them."""
    config = SandboxConfig(base_url="http://shop.example", notify_url="http://shop.example/n")
    own = evolve(config, secret="a secret of our own", provider_keys=("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",))

    assert config.uses_development_keys
    assert evolve(own, provider_keys=config.provider_keys).uses_development_keys
    assert evolve(own, secret=config.secret).uses_development_keys
    assert not own.uses_development_keys


def test_settings_that_are_missing_are_those_of_development() -> None:
    """DOR-R4: a developer's machine needs none."""
    config = SandboxConfig.read({}, notify_url="http://shop.example/n")

    assert config == SandboxConfig(base_url="http://127.0.0.1:8901", notify_url="http://shop.example/n")


def test_settings_are_read_by_their_names() -> None:
    """DOR-R4: `RETAIL_SANDBOX_*`, the provider's own left alone."""
    own_key = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
    values = {
        "base_url": "http://provider.example",
        "merchant": "shop-1",
        "secret": "a secret of our own",
        "provider_key": f"{own_key}, {own_key}",
        "currencies": "CNY,GBP",
        "connect_seconds": "1",
        "total_seconds": "2.5",
        "signing_key": "not ours to read",
    }

    assert SandboxConfig.read(values, notify_url="http://shop.example/n") == SandboxConfig(
        base_url="http://provider.example",
        notify_url="http://shop.example/n",
        merchant="shop-1",
        secret="a secret of our own",
        provider_keys=(own_key, own_key),
        currencies=frozenset({"CNY", "GBP"}),
        connect_seconds=1.0,
        total_seconds=2.5,
    )


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "1e9", "soon", ""])
def test_waiting_ends(seconds: str) -> None:
    """Every call has a time limit; no setting takes it away."""
    with pytest.raises(ValueError, match="total_seconds"):
        SandboxConfig.read({"total_seconds": seconds}, notify_url="http://shop.example/n")


async def test_the_counter_gives_a_code_that_nobody_can_guess() -> None:
    """PAY-R17: at least 8 signs, the same for the same attempt, another under another secret."""
    counter, other = counter_gateway("a secret of our shop"), counter_gateway("a secret of another shop")

    codes = {counter.code_for(MerchantRef(f"attempt{number:04}")) for number in range(500)}
    action = (await counter.begin(CHARGE)).action

    assert isinstance(action, PayAtCounter)
    assert action.code == counter.code_for(CHARGE.ref) != other.code_for(CHARGE.ref)
    assert len(codes) == 500 and {len(code) for code in codes} == {10}


async def test_the_counter_never_claims_that_money_came() -> None:
    """PAY-R3: only the clerk's confirmation in our own books does."""
    counter = counter_gateway("a secret of our shop")

    assert (await counter.begin(CHARGE)).snapshot.status is PaymentStatus.PENDING
    assert (await counter.query(CHARGE.ref)).status is PaymentStatus.NOT_FOUND
    assert (await counter.close(CHARGE.ref)).status is PaymentStatus.CLOSED


async def test_a_refund_at_the_counter_is_cash_in_hand() -> None:
    refunded = await counter_gateway("a secret of our shop").refund(REFUND)

    assert refunded.status is RefundStatus.SUCCEEDED
    assert refunded.amount == REFUND.amount
