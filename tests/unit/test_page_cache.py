"""The layer that keeps pages which everybody sees alike: for how long, for whom, and how they are known again (DOR-R6)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import define, field

from retail_entrypoints.http.page_cache import PageCache
from tests.support.stores import HandClock


@define
class Door:
    """A door that says how often it was asked."""

    status: int = 200
    body: bytes = b"goods"
    asked: list[str] = field(factory=list)

    async def __call__(self, scope: Any, _receive: Any, send: Any) -> None:
        self.asked.append(scope["path"])
        scope["path_template"] = "/v1/products"
        await send({"type": "http.response.start", "status": self.status, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": self.body[:2], "more_body": True})
        await send({"type": "http.response.body", "body": self.body[2:], "more_body": False})


@define
class Street:
    """The layer before the door, and a way to knock."""

    door: Door = field(factory=Door)
    clock: HandClock = field(factory=lambda: HandClock(datetime(2026, 6, 1, tzinfo=UTC)))
    changes: int = 0
    has_news: bool = True
    _pages: Any = None

    async def knock(self, path: str = "/v1/products", **headers: str) -> tuple[int, dict[bytes, bytes], bytes]:
        if self._pages is None:
            self._pages = PageCache(self.door, self.clock, (lambda: self.changes) if self.has_news else None)
        told: list[Any] = []

        async def send(message: Any) -> None:
            told.append(message)

        sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": sent}
        await self._pages(scope, None, send)
        return told[0]["status"], dict(told[0]["headers"]), b"".join(one.get("body", b"") for one in told[1:])


async def test_a_page_is_made_once_and_shown_to_everybody_for_a_second() -> None:
    street = Street()

    first = await street.knock()
    second = await street.knock()

    assert first == second == (200, first[1], b"goods") and len(street.door.asked) == 1
    street.clock.pass_(timedelta(seconds=1))
    assert (await street.knock())[2] == b"goods" and len(street.door.asked) == 2


async def test_a_clock_that_goes_back_makes_pages_anew() -> None:
    """R29: what is dated later than now is no page of today."""
    street = Street()
    await street.knock()

    street.clock.pass_(timedelta(seconds=-5))
    await street.knock()

    assert len(street.door.asked) == 2


async def test_news_of_a_change_makes_pages_anew() -> None:
    street = Street()
    await street.knock()

    street.changes += 1
    street.door.body = b"other goods"

    assert (await street.knock())[2] == b"other goods"


async def test_a_change_while_a_page_is_made_is_not_overlooked() -> None:
    """What was read before a change must not be shown after it."""
    street = Street()
    door = street.door

    class Slow(Door):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            await door(scope, receive, send)
            street.changes += 1

    street._pages = PageCache(Slow(), street.clock, lambda: street.changes)
    await street.knock()
    await street.knock()

    assert len(door.asked) == 2


async def test_without_news_nothing_is_kept_and_pages_have_tags_all_the_same() -> None:
    street = Street(has_news=False)

    _, headers, _ = await street.knock()
    status, _, body = await street.knock(if_none_match=headers[b"etag"].decode())

    assert len(street.door.asked) == 2 and (status, body) == (304, b"")


@pytest.mark.parametrize("known", ["{tag}", "W/{tag}", '"other", {tag}', "*"])
async def test_who_knows_a_page_is_not_sent_it_again(known: str) -> None:
    street = Street()
    _, headers, _ = await street.knock()
    tag = headers[b"etag"].decode()

    status, told, body = await street.knock(if_none_match=known.format(tag=tag))

    assert (status, body) == (304, b"") and told[b"etag"].decode() == tag


async def test_who_knows_another_page_gets_this_one() -> None:
    street = Street()

    status, _, body = await street.knock(if_none_match='"something else"')

    assert (status, body) == (200, b"goods")


async def test_members_get_a_page_of_their_own_and_nobody_gets_theirs() -> None:
    """BEH-R2: the visit of a member is noted; R33: what one caller sees is not kept for another."""
    street = Street()

    await street.knock(authorization="Bearer alice")
    street.door.body = b"for everybody"
    _, headers, body = await street.knock()

    assert body == b"for everybody" and headers[b"vary"] == b"authorization"
    await street.knock(authorization="Bearer alice")
    assert len(street.door.asked) == 3


async def test_refusals_are_passed_on_and_not_kept() -> None:
    street = Street(Door(status=404, body=b"no such goods"))

    status, headers, body = await street.knock()
    street.door.status = 200

    assert (status, body) == (404, b"no such goods") and b"etag" not in headers
    assert (await street.knock())[0] == 200


@pytest.mark.parametrize("path", ["/v1/productsmore", "/v1/orders", "/v1/me"])
async def test_other_addresses_are_none_of_its_business(path: str) -> None:
    street = Street()

    _, headers, _ = await street.knock(path)
    await street.knock(path)

    assert len(street.door.asked) == 2 and b"etag" not in headers


async def test_the_pages_kept_are_bounded() -> None:
    """R37: an address that nobody asked for before must not fill the memory."""
    street = Street(Door(body=b"x" * 100_000))

    for number in range(1_500):
        await street.knock(f"/v1/products/{number}")

    assert len(street._pages._pages) <= 1_000 and street._pages._bytes <= 32 * 1024 * 1024
    assert street._pages._bytes == sum(len(page.body) for page in street._pages._pages.values())
