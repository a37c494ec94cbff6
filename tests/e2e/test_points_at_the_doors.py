"""Points at the doors: a member reads them, staff add and take some, and an export tells them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from tests.e2e.whole_shop import NOBODY, WholeShop, open_whole_shop
from tests.support.stores import BEHIND_DOORS, place_of

RULES = {"points.check_in_rewards": "3,9", "points.last_months": 1}


@pytest.fixture(params=BEHIND_DOORS)
async def shop(request: pytest.FixtureRequest) -> AsyncIterator[WholeShop]:
    """The demo shop on both stores."""
    async with open_whole_shop(place_of(request)) as shop:
        yield shop


async def test_a_member_reads_their_points_and_nobody_elses(shop: WholeShop) -> None:
    """PTS-R4, PTS-R9, GEN-R14: what can be spent, what expires when, and each entry; export tells them too."""
    async with shop.knocking("alice") as alice, shop.knocking("bob") as bob, shop.knocking("admin") as admin:
        await admin.post("/v1/staff/settings/changes", json={"values": RULES, "reason": "points begin"})
        checked = (await alice.post("/v1/me/check-ins")).json()
        mine, hers = (await alice.get("/v1/me/points")).json(), (await bob.get("/v1/me/points")).json()
        (entry,) = (await alice.get("/v1/me/points/entries")).json()["items"]
        exported = (await alice.get("/v1/me/export")).json()["sections"]

    assert checked == {"day": "2026-01-31", "streak": 1, "points": 3}
    expiring = [{"expires_at": "2026-02-28T16:00:00Z", "points": 3}]
    assert mine == {"available": 3, "frozen": 0, "locked": 0, "debt": 0, "expiring": expiring}
    assert hers["available"] == 0
    assert {name: entry[name] for name in ("units", "worth", "out_of", "went_to", "source", "because", "cause")} == {
        "units": 3, "worth": 3, "out_of": "outside", "went_to": "free", "source": "check_in", "because": "check_in",
        "cause": "2026-01-31",
    }  # fmt: skip
    assert [one["free"] for one in exported["points_lots"]] == [3] and len(exported["points_history"]) == 1


async def test_staff_add_and_take_points_and_the_trail_tells_who(shop: WholeShop) -> None:
    """PTS-R11: a clerk may look and not decide; too many are refused by name and change nothing."""
    async with shop.knocking("alice") as alice, shop.knocking("clerk") as clerk, shop.knocking("admin") as admin:
        me = UUID((await alice.get("/v1/me")).json()["member_id"])
        url = f"/v1/staff/members/{me}/points"
        added = await admin.post(url, json={"points": 50, "reason": "late parcel"})
        taken = await admin.post(url, json={"points": -20, "reason": "given twice"})
        wrong = [await admin.post(url, json=one) for one in (
            {"points": -31, "reason": "x"}, {"points": 0, "reason": "x"}, {"points": 1, "reason": " "},
            {"points": 100_001, "reason": "x"}, {"points": 10**10, "reason": "x"}, {"points": "5", "reason": "x"},
        )]  # fmt: skip
        missing = await admin.post(f"/v1/staff/members/{NOBODY}/points", json={"points": 1, "reason": "x"})
        refused = await clerk.post(url, json={"points": 1, "reason": "x"})
        seen = (await clerk.get(url)).json()["available"]
        told = (await alice.get("/v1/me/points/entries?limit=1")).json()
        rest = (await alice.get("/v1/me/points/entries", params={"cursor": told["next_cursor"]})).json()["items"]
        trail = (await admin.get("/v1/staff/trail", params={"action": "points.adjust"})).json()["items"]

    assert (added.json(), taken.json()) == ({"available": 50, "debt": 0}, {"available": 30, "debt": 0})
    codes = ["points.too_few", "input.invalid", "input.invalid", "points.above_limit"]
    assert [one.json()["code"] for one in wrong[:4]] == codes
    assert [one.status_code for one in wrong[4:]] == [422, 422] and missing.status_code == 404
    assert refused.status_code == 403 and seen == 30
    assert [(one["note"], one["worth"]) for one in (*told["items"], *rest)] == [("given twice", -20), ("late parcel", 50)]
    assert {one["object"] for one in trail} == {f"{me} +50", f"{me} -20"}
