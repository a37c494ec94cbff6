"""A provider is thanked for its notice only after the notice was kept (ORD-I6, PAY-R8)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from sqlite3 import OperationalError
from typing import Any
from uuid import UUID

import pytest

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.errors import CommitUnknown, DomainError, Retry, Stale, Unavailable, UnknownKinds
from retail_domain.kernel.frames import bound
from retail_domain.kernel.ids import PaymentId
from retail_domain.kernel.money import Money
from retail_domain.payments import PaymentSnapshot, PaymentStatus, TakeNotice, Verdict
from retail_domain.payments.gateway import MerchantRef
from retail_domain.processes.money.noticing import Verified, take_notice
from retail_domain.processes.money.settlement import PaymentTold, record_or_shelve
from retail_domain.testing.clock import SettableClock
from retail_domain.testing.run_now import run_now
from tests.support.pretend_gateway import PretendReader, notice

SNAPSHOT = PaymentSnapshot(ref=MerchantRef("r"), status=PaymentStatus.SUCCEEDED, amount=Money(1, "CNY"))
PAID = notice(SNAPSHOT)
BUSY = [Retry(reason="busy"), Stale(what="order"), Unavailable(reason="away"), CommitUnknown(reason="lost")]

BROKE: list[Exception] = []
"""What was told of, in all tests of this module."""
TROUBLES = [
    LookupError("a bug in a later handler"), AttributeError("a typing error in a kind of the host's"), ZeroDivisionError("x"),
    RuntimeError("x"), OSError("a service is away"), OperationalError("no such table"), UnknownKinds(kinds=("slots",)),
]  # fmt: skip


def answer(apply: Callable[[Verified], Awaitable[Verdict]], shelve: Callable[[Verified], Awaitable[Verdict]]) -> int:
    """The status with which a genuine notice is answered."""
    readers, clock = {"sandbox": PretendReader()}, SettableClock()
    record = bound(record_or_shelve, apply, shelve, BROKE.append)
    take = bound(take_notice, readers, clock, record, raising(AssertionError("this notice can be read")))
    return run_now(take(TakeNotice(gateway="sandbox", headers={}, body=PAID))).status


def raising(error: Exception) -> Callable[[Any], Awaitable[Any]]:
    """Something that fails."""

    async def fail(_told: Any) -> Any:
        raise error

    return fail


async def kept(_notice: Verified) -> Verdict:
    return Verdict.NOTED


@pytest.mark.parametrize("busy", BUSY, ids=lambda error: type(error).__name__)
def test_a_notice_the_store_was_too_busy_to_keep_is_asked_for_again(busy: DomainError) -> None:
    """R10, R31: whether it could not be applied, or what could not be applied could not even be recorded."""
    assert answer(raising(busy), kept) == 503
    assert answer(raising(LookupError("a bug in a later handler")), raising(busy)) == 503


def test_a_notice_that_was_kept_is_thanked_for() -> None:
    """PAY-R8: applied, or at least recorded."""
    assert answer(kept, kept) == 200
    assert answer(raising(LookupError("a bug in a later handler")), kept) == 200


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda error: type(error).__name__)
def test_whatever_breaks_the_money_is_recorded_and_what_broke_is_told(trouble: Exception) -> None:
    """PAY-R8: a kind of the host's may break with anything; only what the store cannot do now is tried again."""
    assert answer(raising(trouble), kept) == 200
    assert BROKE[-1] is trouble


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda error: type(error).__name__)
def test_whatever_breaks_the_answer_of_a_provider_is_recorded(trouble: Exception) -> None:
    """PAY-R8, PAY-R7: it does not matter whether the provider told or was asked."""
    record = bound(record_or_shelve, raising(trouble), shelved, BROKE.append)
    assert run_now(record(ANSWER)) is SHELVED
    assert BROKE[-1] is trouble


@pytest.mark.parametrize("busy", BUSY, ids=lambda error: type(error).__name__)
def test_an_answer_the_store_was_too_busy_to_keep_is_asked_for_again(busy: DomainError) -> None:
    """R10, R31."""
    with pytest.raises(type(busy)):
        run_now(bound(record_or_shelve, raising(busy), shelved, BROKE.append)(ANSWER))


ANSWER = PaymentTold(payment_id=PaymentId(UUID(int=1)), snapshot=SNAPSHOT, actor=Actor.gateway("sandbox"))
SHELVED: Any = object()


async def shelved(_told: PaymentTold) -> Any:
    return SHELVED
