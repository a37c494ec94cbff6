"""The day is the one where the shop stands, at each of its doors (GEN-R6)."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from retail_adapters.assemble import Outside, on_memory
from retail_adapters.assembly.policies import Policies
from retail_domain.accounts.use_cases.log_in_with_password import LogInWithPassword
from retail_domain.inventory import OpenLocation
from retail_domain.kernel.calendar import Calendar
from retail_domain.processes.purchase.checkout import PlaceOrder
from retail_entrypoints.cli.demo_data import MEMBER_LOGIN, PASSWORD, CaughtMessages, fill
from retail_entrypoints.cli.main import DONE, WRONG_USE, run
from retail_entrypoints.container import open_shop
from retail_entrypoints.databases import upgrade_schema
from retail_entrypoints.settings import Settings
from tests.e2e.whole_shop import SetClock, WholeShop, things_of_alice
from tests.support.market import CLERK, Market
from tests.support.stores import HandClock

HALF_PAST_MIDNIGHT = datetime(2026, 1, 31, 16, 30, tzinfo=UTC)
"""On 1 February in Shanghai, while it is still 31 January in London and New York."""
DAYS = [("", "260201"), ("Asia/Shanghai", "260201"), ("Europe/London", "260131"), ("Pacific/Kiritimati", "260201")]


async def number_in_a_shop_in(zone: str) -> str:
    """The number of an order of the library's own shop."""
    policies = Policies(calendar=Calendar(ZoneInfo(zone))) if zone else Policies()
    clock = HandClock(HALF_PAST_MIDNIGHT)
    market = Market(on_memory(Outside(clock=clock, policies=policies)), clock)
    await market.retail.inventory.open_location(OpenLocation(code="main", name="Warehouse", actor=CLERK))
    await market.freight()
    buyer, goods = await market.buyer(), await market.goods("TEA")
    quote = await market.quote(buyer, (goods, 1))
    ask = PlaceOrder(member_id=buyer.id, quote_id=quote.id, hash=quote.hash)
    return (await market.retail.checkout.place(ask)).number


@pytest.mark.parametrize(("zone", "day"), DAYS)
async def test_the_library_numbers_orders_by_the_shops_day(zone: str, day: str) -> None:
    assert (await number_in_a_shop_in(zone)).startswith(day)


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """A shop on SQLite at half past midnight in Shanghai."""
    clock = tmp_path / "clock"
    clock.write_text(HALF_PAST_MIDNIGHT.isoformat())
    return {"RETAIL_DATABASE_URL": f"sqlite:///{tmp_path / 'shop.db'}", "RETAIL_TEST_CLOCK": str(clock)}


async def bought_at_the_door(environ: dict[str, str]) -> str:
    """The number of an order over HTTP, as a server with these settings gives it."""
    settings, caught = Settings.from_environ(environ), CaughtMessages()
    upgrade_schema(settings)
    async with open_shop(settings, sms=caught) as shop:
        await fill(shop.retail, caught)
        login = LogInWithPassword(login=MEMBER_LOGIN, password=PASSWORD)
        tokens = {"alice": (await shop.retail.accounts.log_in_with_password(login)).token}
        door = WholeShop(shop.retail, SetClock(), tokens, caught, shop)
        things = await things_of_alice(door)
        async with door.knocking("alice") as client:
            number: str = (await client.get(f"/v1/orders/{things.order_id}")).json()["number"]
    return number


@pytest.mark.parametrize(("zone", "day"), DAYS)
def test_the_setting_decides_over_http_and_on_the_command_line(
    settings: dict[str, str], zone: str, day: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """RETAIL_TIMEZONE changes what people see: the number an order is called by."""
    environ = {**settings, "RETAIL_TIMEZONE": zone}
    number = asyncio.run(bought_at_the_door(environ))
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    capfd.readouterr()

    assert number.startswith(day)
    assert run(["orders", "list", "--json"]) == DONE
    listed = [row["number"] for row in json.loads(capfd.readouterr().out)["items"]]
    assert number in listed
    assert {one[: len(day)] for one in listed} == {day}, "the order of the demo shop as well"


def test_a_zone_nobody_knows_stops_the_start_by_name(
    settings: dict[str, str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name, value in {**settings, "RETAIL_TIMEZONE": "Mars/Olympus"}.items():
        monkeypatch.setenv(name, value)

    assert run(["orders", "list"]) == WRONG_USE
    told = capfd.readouterr().err
    assert "RETAIL_TIMEZONE" in told and "IANA" in told and "Mars" not in told
