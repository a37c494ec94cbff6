"""Every creating or deciding call answers a repeat with the same key alike, in memory and on PostgreSQL (R17, R41, GEN-R7)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from tests.e2e.every_call import EVERY_CALL, PROVIDERS_OWN, Stage
from tests.e2e.whole_shop import described, open_whole_shop, operations
from tests.support.pretend_gateway import PretendGateway
from tests.support.stores import BEHIND_DOORS, Place, place_of


@pytest.fixture(params=BEHIND_DOORS)
def place(request: pytest.FixtureRequest) -> Place:
    """Each store in turn."""
    return place_of(request)


@pytest.fixture
async def stage(place: Place) -> AsyncIterator[Stage]:
    """A whole shop with a pretend provider."""
    provider = PretendGateway()
    async with open_whole_shop(place, provider) as shop:
        yield Stage(shop, provider)


async def test_every_creating_or_deciding_call_takes_a_key_and_is_tried(stage: Stage) -> None:
    """R17, DOR-R1: no such call but a provider's notice is without `Idempotency-Key`; each has a trial below."""
    deciding = {(method, path): told for method, path, told in operations(await described(stage.shop)) if method != "GET"}
    keyless = {
        at for at, told in deciding.items() if not any(each["name"] == "Idempotency-Key" for each in told.get("parameters", ()))
    }

    assert keyless == {PROVIDERS_OWN}
    assert set(deciding) - {PROVIDERS_OWN} == set(EVERY_CALL)


@pytest.mark.slow
async def test_the_same_key_and_body_get_the_same_answer_whatever_is_called(stage: Stage) -> None:
    """R17: rivals at once and a repeat afterwards: one status, one body; another request under the key: 422."""
    for (method, path), prepared in EVERY_CALL.items():
        twice, key = await prepared(stage), uuid4().hex
        rivals = await asyncio.gather(*(twice.call.made(stage.shop, method, key) for _ in range(twice.rivals)))
        later = await twice.call.made(stage.shop, method, key)
        told = {(answer.status_code, answer.content) for answer in [*rivals, later]}
        assert told == {(later.status_code, later.content)} and later.status_code < 300, f"{method} {path} {told}"
        assert later.headers.get("Idempotent-Replayed") == "true", f"{method} {path}"
        assert any("Idempotent-Replayed" not in answer.headers for answer in rivals), f"{method} {path}: nobody was first"
        if twice.other is not None:
            other = await twice.other.made(stage.shop, method, key)
            assert (other.status_code, other.json()["code"]) == (422, "idempotency.key_reused"), f"{method} {path} {other.text}"
