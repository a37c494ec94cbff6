"""Webhooks on every store (HOK-R3 to HOK-R7)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from retail_domain import webhooks
from retail_domain.testing.contracts.webhooks import WebhooksContract
from tests.support.stores import STORES, Place, Surroundings, open_store, place_of


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@pytest.fixture
async def begin(place: Place) -> AsyncIterator[Any]:
    """Units of work on an empty store."""
    async with open_store(place, Surroundings(webhooks.EVENTS)) as store:
        yield store.begin


class TestWebhooks(WebhooksContract):
    """Webhooks, on every store."""
