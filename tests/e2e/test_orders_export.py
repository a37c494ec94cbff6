"""Orders as a file that a spreadsheet opens without harm, or JSON lines, at both doors and from every store."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from retail_domain.kernel.paging import PageRequest
from retail_domain.processes.purchase.checkout import PlaceOrder
from retail_entrypoints import exporting
from retail_entrypoints.cli.main import DONE, WRONG_USE
from retail_entrypoints.exporting import BOM, COLUMNS, Export, ExportFormat, export_orders
from tests.support.market import open_market
from tests.support.sandbox import running_sandbox
from tests.support.stores import STORES, Place, place_of
from tests.support.terminal import Terminal, a_place, furnish

EVIL = '=HYPERLINK("http://x")'


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix(BOM), newline="")))


async def ordered(market: Any, number: int, *remarks: str, units: int = 1) -> list[Any]:
    """An order with each remark, by one buyer."""
    buyer, tea = await market.buyer(number), await market.goods(f"TEA{number}", price_minor=1_999, stock=99)
    placed = []
    for remark in remarks:
        quote = await market.quote(buyer, (tea, units))
        wish = PlaceOrder(member_id=buyer.id, quote_id=quote.id, hash=quote.hash, remark=remark)
        placed.append(await market.retail.checkout.place(wish))
    return placed


async def told(market: Any, **more: Any) -> str:
    wish = Export(**{"format": ExportFormat.CSV, **more})
    return "".join([piece async for piece in export_orders(market.retail.ordering.show, market.retail.accounts.show, wish)])


async def test_every_order_is_in_it_once_whatever_its_pages_and_its_amounts_have_two_places(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ORD-R14, R32: alike from every store; the file and the list say the same."""
    monkeypatch.setattr(exporting, "PAGE", 2)
    async with open_market(place) as market:
        await market.freight()
        placed = await ordered(market, 1, *[""] * 5, units=2)

        rows, lines = rows_of(await told(market)), (await told(market, format=ExportFormat.JSONL)).splitlines()
        listed = (await market.retail.ordering.show.all(PageRequest(100))).items

        assert [row["number"] for row in rows] == [one.number for one in listed] == [one.number for one in placed[::-1]]
        assert {(row["order_payable"], row["freight"], row["payable"], row["currency"]) for row in rows} == {
            ("47.98", "8.00", "39.98", "CNY")
        }
        documents = [json.loads(line) for line in lines]
        assert [one["number"] for one in documents] == [one.number for one in listed]
        assert documents[0]["payable"] == {"minor": 4_798, "currency": "CNY"}
        assert rows_of(await told(market, status=exporting.OrderStatus.CLOSED)) == []


async def test_what_is_the_orders_own_stands_in_one_row_so_that_a_column_adds_up(place: Place) -> None:
    """ORD-R14."""
    async with open_market(place) as market:
        await market.freight()
        buyer, tea, cup = await market.buyer(), await market.goods("TEA"), await market.goods("CUP")
        quote = await market.quote(buyer, (tea, 1), (cup, 2))
        await market.retail.checkout.place(PlaceOrder(member_id=buyer.id, quote_id=quote.id, hash=quote.hash))

        rows = rows_of(await told(market))

    own = sorted((row["line"], row["order_payable"], row["freight"]) for row in rows)
    assert own == [("1", "38.00", "8.00"), ("2", "", "")]
    assert sum(float(row["payable"]) for row in rows) == 30.00


@pytest.mark.parametrize("text", [EVIL, "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "－1"])
async def test_no_cell_begins_a_formula(text: str) -> None:
    """ORD-R14: what people wrote is told to be text; a quote, a comma or a line's end stays in its cell."""
    async with open_market(Place("memory")) as market:
        await market.freight()
        await ordered(market, 1, text, 'a, "b"\nc')

        second, first = rows_of(await told(market, in_full=True))

    assert first["remark"] == f"'{text.strip()}" and second["remark"] == 'a, "b"\nc'
    assert not any((row[name] or "").lstrip().startswith(tuple("=+-@＝＋－＠")) for row in (first, second) for name in COLUMNS)


async def test_only_a_page_of_orders_is_in_memory_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """ORD-R14: a piece is handed on before the next page is asked for."""
    monkeypatch.setattr(exporting, "PAGE", 1)
    async with open_market(Place("memory")) as market:
        await market.freight()
        await ordered(market, 1, *[""] * 3)
        asked: list[str | None] = []
        show = market.retail.ordering.show

        class Counting:
            async def whole(self, page: PageRequest, status: Any = None) -> Any:
                asked.append(page.cursor)
                return await show.whole(page, status)

        wish = Export(format=ExportFormat.JSONL)
        pieces = export_orders(Counting(), market.retail.accounts.show, wish)  # type: ignore[arg-type]
        seen = [len(asked) async for _ in pieces]

    assert seen == [1, 2, 3]


def test_it_is_written_at_the_command_line(tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capfd: Any) -> None:
    """ORD-R14: the same file; in full the trail says so."""
    terminal = Terminal(capfd, tmp_path / "shop.db")
    with running_sandbox() as sandbox, a_place(tmp_path, monkeypatch, RETAIL_SANDBOX_BASE_URL=sandbox.url) as settings:
        sandbox.send_notices(False)
        furnish(settings, sandbox, terminal)
        assert terminal("orders", "export", "--format", "csv", "--bom") == DONE, terminal.err
        assert terminal.out.startswith(BOM) and len(rows_of(terminal.out)) >= 5
        trail = terminal.trail()
        assert terminal("orders", "export", "--format", "jsonl", "--status", "pending_payment", "--in-full") == DONE
        assert {json.loads(line)["status"] for line in terminal.out.splitlines()} == {"pending_payment"}
        assert terminal.trail() == trail + 1
        assert terminal("orders", "export", "--format", "xlsx") == WRONG_USE
