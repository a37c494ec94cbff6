"""No view says that money has gone back while that was only decided: decided, under way, done, stuck (RET-R11)."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import evolve

from retail_adapters.assemble import Outside, on_sqlite
from retail_domain.ordering import RefundOrder
from retail_domain.payments import NotSent, RefundStage, RefundStatus, Rejected
from retail_entrypoints.cli.main import DONE, run
from tests.e2e.every_call import Stage
from tests.e2e.whole_shop import SetClock, described, open_whole_shop, operations
from tests.support.market import CLERK, Market
from tests.support.pretend_gateway import PretendGateway, PretendReader, notice
from tests.support.stores import BEHIND_DOORS, Place, place_of

BACK: Final = 1_000
"""One of two units."""
SAYS_DONE: Final = frozenset({"refunded", "done"})
"""What says of money that it has gone back."""
SAYS_ELSE: Final = {
    "refunding": "shall go back, and has not",
    "refunding_minor": "was decided to go back, done or not; `refunded_minor` stands beside it",
    "refund_id": "a name",
    "given_back": "holds the four",
    "refunded_minor": "has gone back, of money kept aside",
}
OF_MONEY_BACK: Final = re.compile("refund|given_back|paid_back|returned|reversed|credited")
WHY_CLOSED: Final = "close_reason"
"""Says why an order was closed, and nothing of money."""


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


async def a_refund(stage: Stage) -> tuple[str, str]:
    """One of two units of a paid order shall go back: the order, its payment."""
    order_id = await stage.paid("sandbox")
    (payment,) = (await stage.done("GET", stage.alice(f"/v1/orders/{order_id}/payments")))["items"]
    wish = {"lines": (await stage.parcel(order_id, 1))["lines"], "reason": "broken"}
    started = await stage.done("POST", stage.staff(f"/v1/staff/orders/{order_id}/refunds", wish))
    assert started["amount"]["minor"] == BACK
    return order_id, payment["payment_id"]


async def views(stage: Stage, order_id: str, payment_id: str) -> Mapping[str, Any]:
    """Everything that any GET of the shop says in JSON to its member and to staff."""
    shown = {}
    for method, path, _ in operations(await described(stage.shop)):
        if method == "GET" and set(re.findall(r"{(\w+)}", path)) <= {"order_id", "payment_id"} and path.startswith("/v1"):
            url = path.format(order_id=order_id, payment_id=payment_id)
            for who in ("alice", "admin"):
                async with stage.shop.knocking(who) as client:
                    answer = await client.get(url)
                if answer.status_code == 200 and answer.headers["content-type"].startswith("application/json"):
                    shown[f"{who} {path}"] = answer.json()
    return shown


def facts(told: Any, at: str, order_id: str) -> Iterator[tuple[str, str, Any]]:
    """Each named fact, at whatever depth, and where it stands; what is said of another order is left out."""
    if isinstance(told, dict):
        if told.get("order_id", order_id) != order_id:
            return
        for name, value in told.items():
            yield at, name, value
            yield from facts(value, f"{at}.{name}", order_id)
    elif isinstance(told, list):
        for item in told:
            yield from facts(item, at, order_id)


async def is_told(stage: Stage, ids: tuple[str, str], where: RefundStage) -> None:
    """What everybody is told of a refund that has come so far, in every view."""
    done_minor = BACK if where is RefundStage.DONE else 0
    shown = await views(stage, *ids)
    for at, name, value in (fact for view, told in shown.items() for fact in facts(told, view, ids[0])):
        if name in SAYS_DONE and isinstance(value, dict):
            assert value["minor"] == done_minor, f"{at}.{name}"
        if name == "payment":
            assert value == ("partly_refunded" if done_minor else "refunding"), f"{at}.{name}"
        assert done_minor or name == WHY_CLOSED or value not in ("refunded", "partly_refunded"), f"{at}.{name}"
    parts = {stage.value: BACK if stage is where else 0 for stage in RefundStage if stage is not RefundStage.REPLACED}
    for view in ("alice /v1/orders/{order_id}", "admin /v1/staff/orders/{order_id}"):
        told = {name: money["minor"] for name, money in shown[view]["given_back"].items()}
        assert told == parts | {"decided": BACK}
    for view in ("alice /v1/orders", "admin /v1/staff/orders"):
        (listed,) = [one for one in shown[view]["items"] if one["order_id"] == ids[0]]
        assert {name: money["minor"] for name, money in listed["given_back"].items()} == parts | {"decided": BACK}
    (mine,) = shown["alice /v1/orders/{order_id}/refunds"]["items"]
    assert (mine["stage"], mine["amount"]["minor"]) == (where.value, BACK)
    assert not {"trouble", "gateway", "tries"} & set(mine)
    newest, *_ = shown["admin /v1/staff/refunds"]["items"]
    assert newest["stage"] == where.value
    (payment,) = shown["alice /v1/orders/{order_id}/payments"]["items"]
    assert (payment["refunded"]["minor"], payment["refunding"]["minor"]) == (done_minor, BACK - done_minor)


async def test_a_refund_is_shown_as_far_as_it_has_come_to_member_and_staff_in_every_view(stage: Stage) -> None:
    """RET-R11: decided; its provider away; known to it; refused; sent once more; done."""
    push = stage.shop.retail.background.timers["push_refunds"]
    ids = await a_refund(stage)
    await is_told(stage, ids, RefundStage.UNDER_WAY)

    stage.provider.before["refund"] = [NotSent(gateway="sandbox")]
    await push()
    await is_told(stage, ids, RefundStage.UNDER_WAY)

    stage.provider.before["refund"] = [Rejected(gateway="sandbox", reason="blocked")]
    stage.shop.clock.forward(hours=2)
    await push()
    await is_told(stage, ids, RefundStage.STUCK)

    (stuck,) = (await stage.done("GET", stage.staff("/v1/staff/refunds?stage=stuck")))["items"]
    stage.provider.refund_becomes = RefundStatus.PENDING
    await stage.done("POST", stage.staff(f"/v1/staff/refunds/{stuck['refund_id']}/retry"))
    await push()
    await is_told(stage, ids, RefundStage.UNDER_WAY)
    assert [one["stage"] for one in (await stage.done("GET", stage.staff("/v1/staff/refunds?stage=replaced")))["items"]] == [
        "replaced"
    ]

    for ref, known in stage.provider.refunds.items():
        stage.provider.refunds[ref] = evolve(known, status=RefundStatus.SUCCEEDED)
    stage.shop.clock.forward(hours=2)
    await push()
    await is_told(stage, ids, RefundStage.DONE)


async def test_an_order_that_was_called_off_says_that_its_money_is_on_its_way(stage: Stage) -> None:
    """RET-R11: closed is not refunded."""
    order_id = await stage.paid("sandbox")
    await stage.done("POST", stage.staff(f"/v1/staff/orders/{order_id}/close", {"reason": "out of stock"}))

    order = await stage.done("GET", stage.alice(f"/v1/orders/{order_id}"))
    assert (order["status"], order["payment"], order["refunded"]["minor"]) == ("closed", "refunding", 0)
    assert order["given_back"]["under_way"] == order["paid"]

    await stage.shop.retail.background.timers["push_refunds"]()
    order = await stage.done("GET", stage.alice(f"/v1/orders/{order_id}"))
    assert (order["payment"], order["refunded"]) == ("refunded", order["paid"])


async def test_anothers_refunds_are_not_shown(stage: Stage) -> None:
    """R33."""
    order_id, _ = await a_refund(stage)

    async with stage.shop.knocking("bob") as client:
        assert (await client.get(f"/v1/orders/{order_id}/refunds")).status_code == 404


async def test_a_view_that_speaks_of_money_back_is_placed_here(stage: Stage) -> None:
    """RET-R11: a new field of a view has to say whether it tells a decision or a result."""
    names = set()
    for schema in (await described(stage.shop))["components"]["schemas"].values():
        names |= {name for name in schema.get("properties", ()) if OF_MONEY_BACK.search(name)}

    assert names <= SAYS_DONE | set(SAYS_ELSE)


def test_the_command_line_says_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """RET-R11: `orders show`, `orders list` and `refunds list`, before and after."""
    provider, clock = PretendGateway(), SetClock()
    means = Outside(clock=clock, gateways={"sandbox": provider}, readers={"sandbox": PretendReader()})
    monkeypatch.setenv("RETAIL_DATABASE_URL", f"sqlite:///{tmp_path / 'shop.db'}")

    def says(*words: str) -> str:
        assert run(words) == DONE
        return capfd.readouterr().out

    number = asyncio.run(_refunded(tmp_path / "shop.db", means))
    shown, listed = says("orders", "show", number), says("orders", "list")
    assert "payment refunding" in shown
    assert "to give back 10.00 CNY: 0.00 CNY done, 10.00 CNY under way, 0.00 CNY stuck" in shown
    assert listed.splitlines()[1].split()[4:8] == ["0.00", "CNY", "10.00", "CNY"]
    (payment,) = json.loads(says("orders", "show", number, "--json"))["payments"]
    assert payment["refunded"]["minor"] == 0
    assert "under_way" in says("refunds", "list") and says("refunds", "list", "--stage", "done").count("\n") == 1

    asyncio.run(_pushed(tmp_path / "shop.db", means))
    assert "payment partly_refunded" in says("orders", "show", number)
    assert says("orders", "list").splitlines()[1].split()[4:8] == ["10.00", "CNY", "0.00", "CNY"]
    assert "done" in says("refunds", "list", "--stage", "done")


async def _refunded(path: Path, means: Outside) -> str:
    retail = on_sqlite(path, means)
    market = Market(retail, means.clock)  # type: ignore[arg-type]
    await _open(market)
    tea, buyer = await market.goods("tea"), await market.buyer()
    number = await _paid_and_refunded(market, tea, buyer, means)
    await retail.aclose()
    return number


async def _open(market: Market) -> None:
    from retail_domain.inventory import OpenLocation

    await market.retail.inventory.open_location(OpenLocation(code="main", name="W", actor=CLERK))
    await market.freight()


async def _paid_and_refunded(market: Market, tea: Any, buyer: Any, means: Outside) -> str:
    from retail_domain.ordering import Units
    from retail_domain.payments import Flow, StartPayment, TakeNotice
    from retail_domain.processes.purchase.checkout import PlaceOrder

    retail, provider = market.retail, means.gateways["sandbox"]
    assert isinstance(provider, PretendGateway)
    quote = await market.quote(buyer, (tea, 2))
    placed = await retail.checkout.place(PlaceOrder(member_id=buyer.id, quote_id=quote.id, hash=quote.hash))
    ask = StartPayment(member_id=buyer.id, order_id=placed.order_id, gateway="sandbox", flow=Flow.DESKTOP_QR)
    view = await retail.payments.start(ask)
    body = notice(provider.pay(view.payment_id.hex))
    await retail.payments.take_notice(TakeNotice(gateway="sandbox", headers={}, body=body))
    await retail.ordering.refund(RefundOrder(order_id=placed.order_id, reason="broken", actor=CLERK, units=(Units(tea, 1),)))
    return placed.number


async def _pushed(path: Path, means: Outside) -> None:
    retail = on_sqlite(path, means)
    await retail.background.timers["push_refunds"]()
    await retail.aclose()
