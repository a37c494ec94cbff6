"""Wallets at the doors: members read them and are paid out; staff give, take and decide; a balance holds up a farewell."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from retail_domain.kernel.ids import MemberId
from tests.e2e.whole_shop import NOBODY, WholeShop, open_whole_shop
from tests.support.stores import BEHIND_DOORS, place_of
from tests.support.wallets import put_into_wallet


@pytest.fixture(params=BEHIND_DOORS)
async def shop(request: pytest.FixtureRequest) -> AsyncIterator[WholeShop]:
    """The demo shop on both stores."""
    async with open_whole_shop(place_of(request)) as shop:
        yield shop


def cny(minor: int) -> dict[str, object]:
    """So much."""
    return {"minor": minor, "currency": "CNY"}


async def test_staff_give_and_take_and_the_trail_tells_who(shop: WholeShop) -> None:
    """MSC-R6, R35: a clerk may look and not decide; too much is refused by name and changes nothing; the member reads why."""
    async with shop.knocking("bob") as bob, shop.knocking("clerk") as clerk, shop.knocking("admin") as admin:
        me = UUID((await bob.get("/v1/me")).json()["member_id"])
        url = f"/v1/staff/members/{me}/wallet"
        given = await admin.post(url, json={"amount": cny(500), "reason": "late parcel"})
        taken = await admin.post(url, json={"amount": cny(-200), "reason": "given twice"})
        wrong = [await admin.post(url, json=one) for one in (
            {"amount": cny(-301), "reason": "x"}, {"amount": cny(0), "reason": "x"}, {"amount": cny(5), "reason": " "},
            {"amount": cny(1_000_001), "reason": "x"}, {"amount": 5, "reason": "x"},
        )]  # fmt: skip
        missing = await admin.post(f"/v1/staff/members/{NOBODY}/wallet", json={"amount": cny(5), "reason": "x"})
        refused = await clerk.post(url, json={"amount": cny(5), "reason": "x"})
        seen = (await clerk.get(url)).json()["balances"]
        (last, first) = (await bob.get("/v1/me/wallet/entries")).json()["items"]
        trail = (await admin.get("/v1/staff/trail", params={"action": "wallet.adjust"})).json()["items"]
        exported = (await bob.get("/v1/me/export")).json()["sections"]

    assert (given.json(), taken.json()) == ({"available": cny(500)}, {"available": cny(300)})
    assert [one.json()["code"] for one in wrong] == [
        "wallet.too_little", "input.invalid", "input.invalid", "wallet.above_limit", "input.invalid",
    ]  # fmt: skip
    assert (missing.status_code, refused.status_code) == (404, 403)
    assert seen[0] | {"currency": 0} == {
        "available": cny(300), "payable_out": cny(0), "given": 300, "paid_in": 0, "earned": 0, "frozen": 0, "currency": 0,
    }  # fmt: skip
    assert (first["note"], first["worth_minor"], last["note"], last["worth_minor"]) == ("late parcel", 500, "given twice", -200)
    assert sum(one["actor_kind"] == "staff" for one in trail) == 2
    assert [one["taken"] for one in exported["wallet_lots"]] == [200]


async def test_a_member_is_paid_out_and_told(shop: WholeShop) -> None:
    """MSC-R6, MSC-I4, MSG-R1: from the wish to the reference; the member is told at each end."""
    async with shop.knocking("bob") as bob, shop.knocking("alice") as alice, shop.knocking("admin") as admin:
        me = MemberId(UUID((await bob.get("/v1/me")).json()["member_id"]))
        await put_into_wallet(shop.retail.begin, me, 1_000)
        asked = [(await bob.post("/v1/me/wallet/withdrawals", json={"amount": cny(400), "pay_to": "card 1"})).json()
                 for _ in range(2)]  # fmt: skip
        url = f"/v1/me/wallet/withdrawals/{asked[0]['withdrawal_id']}/cancel"
        hers = await alice.post(url)
        urls = [f"/v1/staff/withdrawals/{one['withdrawal_id']}" for one in asked]
        early = await admin.post(f"{urls[0]}/pay", json={"reference": "n 1"})
        approved = (await admin.post(f"{urls[0]}/approve")).json()
        paid = (await admin.post(f"{urls[0]}/pay", json={"reference": "n 1"})).json()
        again = await admin.post(f"{urls[0]}/pay", json={"reference": "n 2"})
        rejected = (await admin.post(f"{urls[1]}/reject", json={"reason": "no such card"})).json()
        waiting = (await admin.get("/v1/staff/withdrawals?waiting=true")).json()["items"]
        wallet = (await bob.get("/v1/me/wallet")).json()["balances"]
        for name in ("number_events", "tell_messages"):
            while (await shop.retail.background.timers[name]()).done:
                continue
        told = (await bob.get("/v1/me/messages?language=en")).json()["items"]

    assert (hers.status_code, early.status_code, again.status_code) == (404, 409, 409)
    assert [one["state"] for one in (asked[0], approved, paid, rejected)] == ["requested", "approved", "paid", "rejected"]
    assert paid["reference"] == "n 1" and waiting == [] and wallet[0]["paid_in"] == 600
    texts = " ".join(f"{one['title']} {one['text']}" for one in told)
    assert "n 1" in texts and "no such card" in texts


async def test_a_balance_is_in_the_way_of_closing_an_account_until_it_is_given_up(shop: WholeShop) -> None:
    """PRV-R3, MSC-R6."""
    async with shop.knocking("bob") as bob:
        me = MemberId(UUID((await bob.get("/v1/me")).json()["member_id"]))
        before = (await bob.get("/v1/me/closing")).json()["items"]
        await put_into_wallet(shop.retail.begin, me, 500)
        await bob.post("/v1/me/wallet/withdrawals", json={"amount": cny(200), "pay_to": "card 1"})
        waits = (await bob.get("/v1/me/closing")).json()["items"]
        (one,) = (await bob.get("/v1/me/wallet/withdrawals")).json()["items"]
        await bob.post(f"/v1/me/wallet/withdrawals/{one['withdrawal_id']}/cancel")
        there = (await bob.get("/v1/me/closing")).json()["items"]
        gone = await bob.post("/v1/me/wallet/forfeit")
        after = (await bob.get("/v1/me/closing")).json()["items"]

    assert before == after == [] and gone.json() == {"available": cny(0)}
    assert [(one["kind"], one["settled_by"]) for one in (*waits, *there)] == [("withdrawal", "wait"), ("wallet", "empty")]
