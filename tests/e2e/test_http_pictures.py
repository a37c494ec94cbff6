"""A picture from the upload to the page: over HTTP, by the worker, and away again (PIC-R1 to PIC-R8)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.costs import PICTURE, Whose
from retail_domain.kernel.ids import PictureId
from retail_domain.pictures import (
    BYTES_MAX,
    ForgetPicture,
    PictureNotFound,
    PictureState,
    PictureUser,
    ShowPicture,
    refer,
    release,
)
from tests.e2e.whole_shop import WholeShop, a_whole_shop, open_whole_shop
from tests.support.drawn_pictures import SECRET, bomb, drawn, moving, sent, shape_of, with_places
from tests.support.stores import Place, place_of

REVIEW = PictureUser("review", UUID(int=7))


@pytest.fixture(params=("memory", "sqlite", "postgres"))
def place(request: pytest.FixtureRequest) -> Place:
    """Every store."""
    return place_of(request)


@pytest.fixture
async def shop(place: Place) -> AsyncIterator[WholeShop]:
    async with open_whole_shop(place) as opened:
        yield opened


async def at_work(shop: WholeShop) -> None:
    """The worker, until nothing is due."""
    while (came := await shop.retail.background.timers["look_after_pictures"]()).due:
        assert came.failed == ()


async def told(shop: WholeShop, picture_id: str, who: str = "alice") -> Any:
    async with shop.knocking(who) as client:
        return (await client.get(f"/v1/pictures/{picture_id}")).json()


async def send(shop: WholeShop, content: bytes, who: str = "alice", **headers: str) -> Any:
    async with shop.knocking(who) as client:
        return await client.post("/v1/pictures", content=content, headers=headers)


async def test_a_picture_is_sent_prepared_and_served_to_everybody_for_good(shop: WholeShop) -> None:
    """PIC-R4, PIC-R5, PIC-R6: never as it came, and what it says of its kind on the way is not believed."""
    answer = await send(shop, with_places(orientation=6), **{"Content-Type": "text/html"})
    assert answer.status_code == 202
    picture_id = answer.json()["picture_id"]
    before = await told(shop, picture_id)
    assert (before["state"], before["files"]) == ("waiting", [])

    await at_work(shop)

    after = await told(shop, picture_id)
    assert (after["state"], after["width"], after["height"], len(after["files"])) == ("ready", 40, 60, 2)
    async with shop.knocking() as anybody:
        for file in after["files"]:
            got = await anybody.get(file["path"])
            headers = got.headers
            assert shape_of(got.content)[1] == (file["width"], file["height"]) and SECRET not in got.content
            assert headers["content-type"] == {"webp": "image/webp", "jpg": "image/jpeg"}[file["path"].rpartition(".")[2]]
            assert headers["cache-control"] == "public, max-age=31536000, immutable"
            assert headers["x-content-type-options"] == "nosniff" and "sandbox" in headers["content-security-policy"]
            again = await anybody.get(file["path"], headers={"If-None-Match": headers["etag"]})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", headers["etag"])
            head = await anybody.head(file["path"])
            assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", headers["etag"])
            assert head.headers["content-length"] == str(len(got.content))


async def test_what_is_refused_at_once_and_what_later_is_said(shop: WholeShop) -> None:
    """PIC-R1, PIC-R2, PIC-R3: by bytes, kind and size before anything is kept; the rest with a reason its sender reads."""
    for content, status, rule in (
        (b"<svg/>", 422, "kind"), (moving("GIF"), 422, "kind"), (b"", 422, "required"), (bomb(), 422, "pixels"),
    ):  # fmt: skip
        answer = await send(shop, content)
        assert (answer.status_code, [one["rule"] for one in answer.json()["errors"]]) == (status, [rule])
    assert (await send(shop, sent() + bytes(BYTES_MAX))).status_code == 413

    ids = [
        (await send(shop, content)).json()["picture_id"] for content in (sent(picture=drawn(200, 200))[:-90], moving("WEBP"))
    ]
    await at_work(shop)

    assert [(one["state"], one["reason"]) for one in [await told(shop, id) for id in ids]] == [
        ("refused", "broken"), ("refused", "moving"),
    ]  # fmt: skip


async def test_nobody_sees_or_forgets_what_somebody_else_sent(shop: WholeShop) -> None:
    """R33: it is as if it were not there; staff see how far it is."""
    picture_id = (await send(shop, sent())).json()["picture_id"]
    async with shop.knocking("bob") as bob, shop.knocking("clerk") as clerk:
        looked = [await bob.get(f"/v1/pictures/{one}") for one in (picture_id, UUID(int=5))]
        assert [one.json()["code"] for one in looked] == ["pictures.not_found"] * 2
        assert (await bob.delete(f"/v1/pictures/{picture_id}")).status_code == 404
        assert (await clerk.get(f"/v1/staff/pictures/{picture_id}")).json()["state"] == "waiting"


async def test_the_same_key_is_the_same_picture_and_another_picture_is_another_request(shop: WholeShop) -> None:
    """R17: what is sent is part of the request, though it is no JSON."""
    key = {"Idempotency-Key": "one-picture-please"}
    first, again = [await send(shop, sent(), **key) for _ in range(2)]
    other = await send(shop, sent("PNG"), **key)

    assert first.json() == again.json() and again.headers["idempotent-replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "idempotency.key_reused")


async def test_a_picture_that_something_shows_stays_and_one_that_nothing_shows_goes(shop: WholeShop) -> None:
    """PIC-R8: after a day, with all its files; and a shown one cannot be forgotten."""
    shown, unused = [(await send(shop, sent(picture=drawn(50 + n, 50)))).json()["picture_id"] for n in range(2)]
    await at_work(shop)
    paths = {one: (await told(shop, one))["files"][0]["path"] for one in (shown, unused)}
    owner = await _owner(shop)
    async with shop.retail.begin() as work:
        await refer(work, [PictureId(UUID(shown))], REVIEW, owner=owner, at=shop.clock.now())  # type: ignore[arg-type]
        await work.commit()

    async with shop.knocking("alice") as alice:
        refused = await alice.delete(f"/v1/pictures/{shown}")
        assert (refused.status_code, refused.json()["code"]) == (409, "pictures.in_use")
    shop.clock.forward(days=2)
    await at_work(shop)

    async with shop.knocking() as anybody:
        assert [(await anybody.get(paths[one])).status_code for one in (shown, unused)] == [200, 404]
    async with shop.retail.begin() as work:
        await release(work, [PictureId(UUID(shown))], REVIEW, at=shop.clock.now())  # type: ignore[arg-type]
        await work.commit()
    shop.clock.forward(days=2)
    await at_work(shop)
    async with shop.knocking() as anybody:
        assert (await anybody.get(paths[shown])).status_code == 404


async def _owner(shop: WholeShop) -> Actor:
    async with shop.knocking("alice") as alice:
        return Actor.member(UUID((await alice.get("/v1/me")).json()["member_id"]))


async def test_pictures_of_goods_are_kept_until_staff_forget_them(shop: WholeShop) -> None:
    """PIC-R8: goods name them by address, which nobody counts."""
    async with shop.knocking("clerk") as clerk:
        picture_id = (await clerk.post("/v1/staff/pictures", content=sent())).json()["picture_id"]
    shop.clock.forward(days=400)
    await at_work(shop)
    desk, wish = shop.retail.pictures, ShowPicture(picture_id=PictureId(UUID(picture_id)), owner=None)
    kept = await desk.show(wish)
    assert (kept.state, kept.uses) == (PictureState.READY, 1)

    await desk.forget_any(ForgetPicture(picture_id=kept.picture_id, owner=None))
    await at_work(shop)

    with pytest.raises(PictureNotFound):
        await desk.show(wish)


async def test_a_member_sends_so_many_pictures_an_hour_and_no_more() -> None:
    """ACC-R7: shared fairly; what is refused for its kind costs nothing."""
    shop = await a_whole_shop()
    most = min(one.most for one in PICTURE.often(Whose.ACCOUNT))
    assert {(await send(shop, b"no picture")).status_code for _ in range(3)} == {422}
    assert {(await send(shop, sent())).status_code for _ in range(most)} == {202}

    refused = await send(shop, sent())

    assert (refused.status_code, refused.json()["code"]) == (429, "request.too_often") and int(
        refused.headers["retry-after"]
    ) > 0
    assert (await send(shop, sent(), "bob")).status_code == 202


async def test_names_that_are_none_lead_nowhere() -> None:
    """PIC-R6: nor does the place where pictures lie as they were sent."""
    shop = await a_whole_shop()
    async with shop.knocking() as anybody:
        for name in ("a", "../retail.db", "sent%2F" + "0" * 32, "a" * 64 + "-800.svg", "a" * 64 + "-800.webp"):
            assert (await anybody.get(f"/pictures/{name}")).status_code in (400, 404), name


async def test_several_sent_at_once_are_each_prepared_once(shop: WholeShop) -> None:
    """PIC-R4: two workers share the work."""
    ids = [(await send(shop, sent(picture=drawn(30 + n, 30)))).json()["picture_id"] for n in range(4)]
    await asyncio.gather(at_work(shop), at_work(shop))
    await at_work(shop)

    assert [(await told(shop, one))["width"] for one in ids] == [30, 31, 32, 33]
