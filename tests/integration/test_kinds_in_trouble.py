"""Kinds of a host's that break, or that a process lacks: money is kept, and nobody else's order waits (X3, PAY-R8, R28)."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from sqlite3 import OperationalError
from typing import Any

import pytest

from retail_domain.ordering import OrderStatus
from retail_domain.payments import MoneyState, PaymentState
from tests.support.stores import STORES, Place, place_of
from tests.support.till import Till, open_till


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Which store, and where."""
    return place_of(request)


@pytest.fixture
async def till(place: Place) -> AsyncIterator[Till]:
    """An open till, which must be in order whatever was done at it."""
    async with open_till(place) as till:
        yield till
        await till.check()
        await till.settles()


@pytest.mark.parametrize("is_told", [True, False], ids=["told", "asked"])
@pytest.mark.parametrize(
    "error", [AttributeError("x"), ZeroDivisionError("x"), OSError("x"), OperationalError("x")], ids=lambda one: type(one).__name__
)
async def test_money_is_recorded_whatever_a_kind_breaks_with_and_applied_once_it_is_mended(
    till: Till, error: Exception, is_told: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """X3, PAY-R7, PAY-R8: whether its provider tells of it or is asked; what broke is in the journal."""

    def paid(*_: Any) -> Any:
        raise error

    placed = await till.place()
    due = await till.start(placed.order_id)
    with monkeypatch.context() as broken:
        broken.setattr(type(till.mood), "paid", paid)
        with caplog.at_level(logging.WARNING, "retail"):
            if is_told:
                await till.pays(due)
            else:
                till.provider.pay(due.payment_id.hex)
                await till.works(timedelta(minutes=1))
    (payment,) = await till.payments(placed.order_id)
    assert (payment.state, payment.money) == (PaymentState.SUCCEEDED, MoneyState.UNAPPLIED)
    assert [(one.msg, one.exc_info and one.exc_info[1]) for one in caplog.records] == [("money.not_applied", error)]

    await till.works(timedelta(minutes=1))

    assert (await till.order(placed.order_id)).status is OrderStatus.TO_SHIP
