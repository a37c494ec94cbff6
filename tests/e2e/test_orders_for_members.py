"""Staff order for a member, who agrees by paying it (ORD-R16)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping
from pathlib import Path
from typing import Any

import pytest

from retail_adapters.sql.audit import audit
from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.ids import SkuId
from retail_domain.ordering import OrderNeedsItsMember, TooManyOpenOrders
from retail_domain.pricing import Adjustment, Outcome, Sheet, Source, Stage as PriceStage, Step, WantedLine
from retail_domain.processes.purchase.checkout import Placed, PlaceOrder
from retail_domain.processes.purchase.placing_for import PlaceFor, QuoteFor
from retail_entrypoints.cli.main import DONE, FAILED
from tests.e2e.every_call import Stage
from tests.e2e.whole_shop import NOBODY, WholeShop, open_whole_shop
from tests.support.market import CLERK, open_market
from tests.support.pretend_gateway import PretendGateway
from tests.support.sandbox import running_sandbox
from tests.support.stores import BEHIND_DOORS, Place, place_of
from tests.support.terminal import Terminal, a_place, furnish


def _for_nothing(sheet: Sheet) -> Outcome:
    given = {key: -sheet.payable[key] for key in sheet.lines}
    return Outcome(adjustments=(Adjustment(source=Source("friends"), goods=given),))


FREE = Step(PriceStage.LINE_PRICE, _for_nothing)
ORDERS = "/v1/staff/orders"
QUOTES = f"{ORDERS}/quotes"


@pytest.fixture(params=BEHIND_DOORS)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@pytest.fixture
async def stage(place: Place) -> AsyncIterator[Stage]:
    """A whole shop, with alice, bob and a pretend provider."""
    provider = PretendGateway()
    async with open_whole_shop(place, provider) as shop:
        yield Stage(shop, provider)


async def me_of(shop: WholeShop, who: str) -> str:
    async with shop.knocking(who) as client:
        return str((await client.get("/v1/me")).json()["member_id"])


async def quoted(stage: Stage, member_id: str, units: int = 1) -> dict[str, Any]:
    """What some goods cost a member, at their default address."""
    wish = {"member_id": member_id, "lines": [{"sku_id": await stage.sku(), "quantity": units}]}
    quote = await stage.done("POST", stage.staff(QUOTES, wish))
    return {"member_id": member_id, "quote_id": quote["quote_id"], "hash": quote["hash"]}


async def ordered_for(stage: Stage, who: str = "bob") -> Mapping[str, Any]:
    told: Mapping[str, Any] = await stage.done(
        "POST", stage.staff(ORDERS, await quoted(stage, await me_of(stage.shop, who)) | {"remark": "by phone"})
    )
    return told


async def test_it_is_the_members_own_says_who_placed_it_and_waits_for_their_money(stage: Stage) -> None:
    """ORD-R16: until it is paid nobody has agreed; the trail and the history name whoever placed it."""
    placed = await ordered_for(stage)
    url = f"/v1/orders/{placed['order_id']}"
    async with stage.shop.knocking("bob") as bob, stage.shop.knocking("admin") as admin:
        mine = (await bob.get("/v1/orders")).json()["items"]
        waiting = (await bob.get(url)).json()
        history = (await admin.get(f"{ORDERS}/{placed['order_id']}/history")).json()["items"]
        trail = (await admin.get("/v1/staff/trail", params={"action": "orders.place"})).json()["items"]
        started = await bob.post(f"{url}/payments", json={"gateway": "sandbox", "flow": "desktop_qr"})
        await stage.noticed(started.json()["payment_id"])
        paid = (await bob.get(url)).json()
    async with stage.shop.knocking("alice") as alice:
        others = await alice.get(url)
    own = await stage.done("GET", stage.alice(f"/v1/orders/{await stage.order()}"))

    assert [one["order_id"] for one in mine] == [placed["order_id"]]
    assert (waiting["status"], waiting["is_placed_by_shop"], waiting["remark"]) == ("pending_payment", True, "by phone")
    assert [(one["event"], one["actor_kind"]) for one in history] == [("order.placed", "staff")]
    assert [one["object"].split()[0] for one in trail] == [placed["order_id"]]
    assert (paid["status"], paid["is_placed_by_shop"]) == ("to_ship", True)
    assert others.status_code == 404 and own["is_placed_by_shop"] is False
    if stage.shop.database is not None:
        assert await audit(stage.shop.database, at=stage.shop.clock.now()) == []


async def test_either_may_call_it_off_before_it_is_paid(stage: Stage) -> None:
    """ORD-R16."""
    one, two = await ordered_for(stage), await ordered_for(stage)
    async with stage.shop.knocking("bob") as bob, stage.shop.knocking("clerk") as clerk:
        by_member = await bob.post(f"/v1/orders/{one['order_id']}/cancel")
        by_staff = await clerk.post(f"{ORDERS}/{two['order_id']}/close", json={"reason": "changed their mind"})

    assert (by_member.json()["status"], by_staff.json()["status"]) == ("closed", "closed")


async def test_a_quote_is_one_order_whoever_places_it_and_only_its_members(stage: Stage) -> None:
    """ORD-R16, R18, R33: staff and member at once make one order; a quote of another member is not found."""
    bob, alice = await me_of(stage.shop, "bob"), await me_of(stage.shop, "alice")
    quote = await quoted(stage, bob)
    own = {name: quote[name] for name in ("quote_id", "hash")}
    async with stage.shop.knocking("bob") as client, stage.shop.knocking("admin") as admin:
        answers = await asyncio.gather(
            *(client.post("/v1/orders", json=own) for _ in range(2)), *(admin.post(ORDERS, json=quote) for _ in range(2))
        )
        anothers = await admin.post(ORDERS, json=quote | {"member_id": alice})
        changed = await admin.post(ORDERS, json=await quoted(stage, bob) | {"hash": "0" * 64})

    assert {one.status_code for one in answers} == {201} and len({one.json()["order_id"] for one in answers}) == 1
    assert (anothers.status_code, anothers.json()["code"]) == (404, "quote.not_found")
    assert (changed.status_code, changed.json()["code"]) == (409, "quote.hash_mismatch")


async def test_the_rules_of_placing_hold_and_whom_nobody_can_ask_is_not_ordered_for(stage: Stage) -> None:
    """ORD-R16: stock, whose address it is, and who is barred."""
    bob = await me_of(stage.shop, "bob")
    few = await stage.sku()
    async with stage.shop.knocking("admin") as admin:

        async def asked(**more: Any) -> tuple[int, str]:
            wish = {"member_id": bob, "lines": [{"sku_id": few, "quantity": 1}], **more}
            told = await admin.post(QUOTES, json=wish)
            return told.status_code, told.json().get("code", "")

        too_many = await asked(lines=[{"sku_id": few, "quantity": 51}])
        not_theirs = await asked(address_id=await stage.address())
        nobody = await asked(member_id=NOBODY)
        paid_quote = await quoted(stage, bob)
        await admin.post(f"/v1/staff/members/{bob}/ban")
        barred = [await asked(), ((told := await admin.post(ORDERS, json=paid_quote)).status_code, told.json()["code"])]
    async with stage.shop.knocking("clerk") as clerk:
        forbidden = await clerk.post(QUOTES, json={"member_id": bob, "lines": [{"sku_id": few, "quantity": 1}]})

    assert too_many == (409, "quote.empty")
    assert not_theirs == (404, "quote.address_not_found") and nobody == (404, "member.not_found")
    assert barred == [(409, "order.member_barred")] * 2
    assert forbidden.status_code == 403


async def test_what_costs_nothing_they_place_themselves(place: Place) -> None:
    """ORD-R16: placing would be paying, and nobody would have agreed; the member's own order of it is paid at once."""
    async with open_market(place, steps=(FREE,)) as market:
        buyer, tea = await market.buyer(), await market.goods("TEA")
        await market.freight(0)
        checkout, lines = market.retail.checkout, (WantedLine(tea, 1),)
        quote = await checkout.quote_for(QuoteFor(member_id=buyer.id, lines=lines, actor=CLERK))
        with pytest.raises(OrderNeedsItsMember):
            await checkout.place_for(PlaceFor(member_id=buyer.id, quote_id=quote.id, hash=quote.hash, actor=CLERK))
        own = await checkout.place(PlaceOrder(member_id=buyer.id, quote_id=quote.id, hash=quote.hash))

    assert (quote.payable.minor, own.status) == (0, "to_ship")


async def test_staff_do_not_help_a_member_beyond_their_open_orders(place: Place) -> None:
    """ORD-R16, STK-R12: nor beyond a purchase limit."""
    async with open_market(place) as market:
        buyer, tea = await market.buyer(), await market.goods("TEA", limit=1)
        await market.freight()

        async def ordered(goods: SkuId) -> Placed:
            wish = QuoteFor(member_id=buyer.id, lines=(WantedLine(goods, 1),), actor=CLERK)
            quote = await market.retail.checkout.quote_for(wish)
            ask = PlaceFor(member_id=buyer.id, quote_id=quote.id, hash=quote.hash, actor=CLERK)
            return await market.retail.checkout.place_for(ask)

        await ordered(tea)
        with pytest.raises(DomainError) as limited:
            await ordered(tea)
        cup = await market.goods("CUP", stock=99)
        told = [type(one) for one in [await _answer(ordered(cup)) for _ in range(30)]]

    assert TooManyOpenOrders in told and {*told} == {Placed, TooManyOpenOrders}
    assert limited.value.code in ("quote.empty", "catalog.purchase_limit")


async def _answer(asked: Awaitable[Placed]) -> Placed | DomainError:
    try:
        return await asked
    except DomainError as refused:
        return refused


def test_staff_order_at_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Any) -> None:
    """ORD-R16, DOR-R3: by phone number or login name, and codes of goods."""
    terminal = Terminal(capfd, tmp_path / "shop.db")
    with running_sandbox() as sandbox, a_place(tmp_path, monkeypatch, RETAIL_SANDBOX_BASE_URL=sandbox.url) as settings:
        sandbox.send_notices(False)
        furnish(settings, sandbox, terminal)
        assert terminal("orders", "quote-for", "MEMBER", "--units", "CUP-1=2") == DONE, terminal.err
        quote_id, hash = terminal.out.splitlines()[0].split()
        assert "payable" in terminal.out
        assert terminal("orders", "place-for", "MEMBER", quote_id, hash, "--remark", "by phone") == DONE, terminal.err
        number = terminal.out.split()[0]
        shown = terminal.json("orders", "show", number)
        assert shown["order"]["is_placed_by_shop"] and shown["history"][0]["actor"]["kind"] == "system"
        assert terminal("orders", "place-for", "WALK_IN", quote_id, hash) == FAILED and "quote.not_found" in terminal.err
        assert terminal("orders", "quote-for", "WALK_IN", "--units", "CUP-1=2") == FAILED
        assert "quote.address_not_found" in terminal.err
