"""A provider is thanked for its notice only after the notice was kept (ORD-I6, PAY-R8)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from retail_domain.kernel.errors import CommitUnknown, DomainError, Retry, Stale, Unavailable
from retail_domain.kernel.money import Money
from retail_domain.payments import PaymentSnapshot, PaymentStatus, TakeNotice, Verdict
from retail_domain.processes.money.noticing import TakeNoticeHandler, Verified
from retail_domain.testing.clock import SettableClock
from retail_domain.testing.run_now import run_now
from tests.support.pretend_gateway import PretendReader, notice

PAID = notice(PaymentSnapshot(ref="r", status=PaymentStatus.SUCCEEDED, amount=Money(1, "CNY")))
BUSY = [Retry(reason="busy"), Stale(what="order"), Unavailable(reason="away"), CommitUnknown(reason="lost")]


def answer(apply: Callable[[Verified], Awaitable[Verdict]], shelve: Callable[[Verified], Awaitable[Verdict]]) -> int:
    """The status with which a genuine notice is answered."""
    handler = TakeNoticeHandler(readers={"sandbox": PretendReader()}, apply=apply, shelve=shelve, clock=SettableClock())
    return run_now(handler(TakeNotice(gateway="sandbox", headers={}, body=PAID))).status


def raising(error: Exception) -> Callable[[Verified], Awaitable[Verdict]]:
    """Something that fails."""

    async def fail(_notice: Verified) -> Verdict:
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
