"""Lines by number, and the place a parcel leaves, through HTTP and the command line (R3, STK-R5)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from retail_domain.accounts import Role
from retail_domain.accounts.model.session import Principal
from retail_domain.inventory import LocationNotFound, location_named
from retail_domain.kernel.ids import OrderId
from retail_entrypoints.cli.main import DONE, FAILED, WRONG_USE, run
from tests.e2e.door import SESSION
from tests.e2e.test_http_orders import Door
from tests.support.histories import STOCK, Campaign, ground_on
from tests.support.pretend_gateway import PretendGateway
from tests.support.stores import Place


async def an_order(campaign: Campaign, units: int = STOCK - 1) -> OrderId:
    """A paid order of so many units, of another line, and of a gift of the first; six lie at `main`, six at `north`."""
    order_id = await campaign.place(await campaign.quote(units))
    await campaign.pay(order_id)
    return order_id


@pytest.fixture
async def campaign() -> AsyncIterator[Campaign]:
    """A shop in memory with two warehouses, that splits lines and gives gifts."""
    async with ground_on(Place("memory"), split=True) as ground:
        yield await ground.campaign()


@pytest.fixture
async def door(campaign: Campaign) -> AsyncIterator[Door]:
    """Its HTTP door."""
    opened = Door(campaign.market, PretendGateway())
    opened.people["buyer"] = Principal(session_id=SESSION, member_id=campaign.buyer.id)
    async with opened.stack:
        yield opened


async def test_lines_are_shown_shipped_and_paid_back_by_their_number(campaign: Campaign, door: Door) -> None:
    """R3: the SKU alone is enough where it stands in one line, and refused where it does not."""
    order_id, (tea, other) = await an_order(campaign, 2), map(str, campaign.goods)
    clerk, finance, alice = await door.staff(Role.CLERK), await door.staff(Role.FINANCE), await door.client("buyer")
    ship, back = f"/v1/staff/orders/{order_id}/ship", f"/v1/staff/orders/{order_id}/refunds"
    parcel = {"carrier": "SF", "tracking_number": "SF1"}

    shown = (await alice.get(f"/v1/orders/{order_id}")).json()
    assert [(line["number"], line["sku_id"], line["quantity"]) for line in shown["lines"]] == [
        (1, tea, 2), (2, other, 1), (3, tea, 1),
    ]  # fmt: skip
    ambiguous = [{"sku_id": tea, "quantity": 1}]
    for client, path, more in ((clerk, ship, parcel), (finance, back, {"reason": "x"})):
        refused = await client.post(path, json={**more, "lines": ambiguous})
        assert (refused.status_code, refused.json()["code"]) == (409, "order.goods_in_several_lines")
        assert refused.json()["facts"]["lines"] == [1, 3]
        nowhere = await client.post(path, json={**more, "lines": [{"sku_id": other, "quantity": 1, "line": 3}]})
        assert (nowhere.status_code, nowhere.json()["code"]) == (409, "order.no_such_line")
        assert nowhere.json()["facts"] == {"sku_id": other, "line": 3}
    gift_and_other = [{"sku_id": tea, "quantity": 1, "line": 3}, {"sku_id": other, "quantity": 1}]
    sent = await clerk.post(ship, json={**parcel, "lines": gift_and_other})
    returned = await finance.post(back, json={"reason": "x", "lines": [{"sku_id": tea, "quantity": 1, "line": 1}]})

    assert (sent.status_code, sent.json()["status"]) == (201, "partly_shipped")
    assert (returned.status_code, returned.json()["amount"]["minor"]) == (201, 1_000)
    after = (await alice.get(f"/v1/orders/{order_id}")).json()
    assert [(line["shipped"], line["refunded"]) for line in after["lines"]] == [(0, 1), (1, 0), (1, 0)]
    (packed,) = after["parcels"]
    assert {(one["sku_id"], one["line"], one["quantity"]) for one in packed["units"]} == {(tea, 3, 1), (other, 2, 1)}


@pytest.mark.parametrize(
    ("numbers", "rule"),
    [((1, 1), "each_once"), ((None, None), "each_once"), ((1, None), "each_once"), ((0,), "range"), ((10_000,), "range")],
)
async def test_a_line_is_named_once_and_by_a_number(
    campaign: Campaign, door: Door, numbers: tuple[int | None, ...], rule: str
) -> None:
    """The field to blame is called as it was sent."""
    order_id, clerk = await an_order(campaign, 2), await door.staff(Role.CLERK)
    lines = [{"sku_id": str(campaign.goods[0]), "quantity": 1, "line": number} for number in numbers]

    answer = await clerk.post(
        f"/v1/staff/orders/{order_id}/ship", json={"carrier": "SF", "tracking_number": "SF1", "lines": lines}
    )

    assert answer.status_code == 422
    assert [error["rule"] for error in answer.json()["errors"]] == [rule]
    assert answer.json()["errors"][0]["field"].startswith("lines")


async def test_a_parcel_leaves_from_a_place_by_its_code(campaign: Campaign, door: Door) -> None:
    """STK-R5: where the units lie in two places, it is asked which; a place nobody knows is not found."""
    order_id, clerk = await an_order(campaign, STOCK + 1), await door.staff(Role.CLERK)
    path, parcel = f"/v1/staff/orders/{order_id}/ship", {"carrier": "SF", "tracking_number": "SF1"}

    unsaid = await clerk.post(path, json=parcel)
    nowhere = await clerk.post(path, json={**parcel, "location": "moon"})
    sent = [await clerk.post(path, json={**parcel, "location": code}) for code in ("north", "main")]

    assert (unsaid.status_code, unsaid.json()["code"]) == (409, "order.goods_in_several_places")
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "stock.location_not_found")
    assert [(one.status_code, one.json()["status"]) for one in sent] == [(201, "partly_shipped"), (201, "shipped")]
    await campaign.check()

    lies_at_north = await an_order(campaign, 1)
    empty = await clerk.post(f"/v1/staff/orders/{lies_at_north}/ship", json={**parcel, "location": "main"})
    assert (empty.status_code, empty.json()["code"]) == (409, "order.goods_in_several_places")
    assert empty.json()["facts"]["location_ids"] == [str(campaign.places[1])]


async def test_a_place_is_found_by_its_code(campaign: Campaign) -> None:
    shown = campaign.market.retail.inventory.show
    assert [await location_named(shown, code) for code in ("main", "north")] == list(campaign.places)
    with pytest.raises(LocationNotFound):
        await location_named(shown, "moon")


# ---- the command line ------------------------------------------------------------------------------------------------


@pytest.fixture
def ordered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str, str]:
    """An order of which the first line comes from two places, its SKU, and that of its second line."""
    path = tmp_path / "shop.db"

    async def order() -> tuple[str, str, str]:
        async with ground_on(Place("sqlite", str(path)), split=True) as ground:
            campaign = await ground.campaign()
            order_id = await an_order(campaign, STOCK + 1)
        return str(order_id), str(campaign.goods[0]), str(campaign.goods[1])

    monkeypatch.setenv("RETAIL_DATABASE_URL", f"sqlite:///{path}")
    monkeypatch.setenv("RETAIL_SMS", f"file:{tmp_path / 'sms'}")
    return asyncio.run(order())


def test_orders_are_shipped_and_paid_back_by_line_and_place(
    ordered: tuple[str, str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    """R3, STK-R5: `SKU=2` as ever, `SKU#LINE=2` where it stands in several lines, `--from` where it lies in several places."""
    order, tea, other = ordered
    tracking = count(1)

    def said(*words: str) -> tuple[int, str]:
        code = run(["orders", *words])
        told = capfd.readouterr()
        return code, told.out + told.err

    def ship(*words: str) -> tuple[int, str]:
        return said("ship", order, "--carrier", "SF", "--tracking", str(next(tracking)), *words)

    def why(*words: str) -> tuple[int, str]:
        return said("refund", order, "--reason", "x", *words)

    code, shown = said("show", order)
    assert code == DONE
    assert [line.split()[1] for line in shown.splitlines() if tea in line or other in line] == ["1", "2", "3"]

    for act in (ship, why):
        code, told = act("--units", f"{tea}=1")
        assert code == FAILED and "[order.goods_in_several_lines]" in told
    code, told = ship("--units", f"{tea}#1=1")
    assert code == FAILED and "[order.goods_in_several_places]" in told
    code, told = ship("--units", f"{tea}#1=1", "--from", "moon")
    assert code == FAILED and "[stock.location_not_found]" in told
    for typed in (f"{tea}#0=1", f"{tea}#1=0", f"{tea}=", "=1"):
        assert ship("--units", typed)[0] == WRONG_USE
    for typed in (f"{tea}#=1", f"{tea}#x=1", f"{tea}#-1=1", "#1=1"):  # a code may hold such a sign
        code, told = ship("--units", typed)
        assert code == FAILED and "[command.name_unknown]" in told

    assert ship("--units", f"{tea}#1=2", "--from", "main")[0] == DONE
    assert ship("--units", f"{other}=1")[0] == DONE
    code, told = why("--units", f"{tea}#3=1")
    assert code == DONE and "0.00" in told
    assert ship("--from", "north")[0] == DONE

    code, shown = said("show", order, "--json")
    lines: list[dict[str, Any]] = json.loads(shown)["order"]["lines"]
    assert [(line["number"], line["shipped"], line["refunded"]) for line in lines] == [(1, 3, 0), (2, 1, 0), (3, 0, 1)]
