"""The first and the last moments of the calendar, and numbers that nothing holds, at every door that takes one (GEN-R22, R37).

What was taken once would have to be shown: a moment of the year 10000 in UTC kept a whole list from being shown, and no door
was left through which it could be mended.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest

from retail_domain.accounts import MakeKey, Permission
from retail_domain.catalog import Basis, ListBasis, SetSalesWindow
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import ProductId
from retail_domain.payments import CloseBooks, ReadBook
from retail_domain.testing.orders import CLERK
from retail_entrypoints.cli.main import DONE
from tests.e2e.whole_shop import WholeShop, open_whole_shop
from tests.support.pretend_gateway import PretendGateway
from tests.support.stores import Place
from tests.support.terminal import Terminal, a_place

LAST: Final = "9999-12-31T23:59:59-12:00"
FIRST: Final = "0001-01-01T00:00:00+12:00"
OUTSIDE: Final = [
    datetime(9999, 12, 31, 23, 59, tzinfo=timezone(timedelta(hours=-12))),
    datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=12))),
    datetime(1999, 12, 31, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC),
]  # fmt: skip


@pytest.fixture
async def shop() -> AsyncIterator[WholeShop]:
    """A whole shop."""
    async with open_whole_shop(Place("memory"), PretendGateway()) as opened:
        yield opened


@pytest.mark.parametrize("at", OUTSIDE)
def test_no_wish_holds_a_moment_outside_of_the_years_that_the_shop_knows(at: datetime) -> None:
    """GEN-R22: at the library's own door."""
    some = ProductId(UUID(int=1))
    for made in (
        lambda: SetSalesWindow(product_id=some, sale_from=at),
        lambda: MakeKey(name="k", permissions=(Permission.STOCK_SEE,), expires_at=at, actor=CLERK),
    ):
        with pytest.raises(InvalidInput) as refused:
            made()
        assert [one.rule for one in refused.value.problems] == ["range"]


@pytest.mark.parametrize("day", [date(9999, 12, 31), date(1, 1, 1), date(1969, 12, 31), date(2200, 1, 1)])
def test_no_wish_holds_a_day_outside_of_them(day: date) -> None:
    """GEN-R22"""
    for made in (
        lambda: CloseBooks(through=day, actor=CLERK),
        lambda: ReadBook(first=day, last=day),
        lambda: Basis(sort=ListBasis.LOWEST_PAID, since=day),
    ):
        with pytest.raises(InvalidInput) as refused:
            made()
        assert {one.rule for one in refused.value.problems} == {"range"}


@pytest.mark.parametrize("edge", ["9999-12", "9999-12-31", "0001-01", "0001-01-01", "2200-01"])
async def test_days_of_the_books_have_their_bounds(shop: WholeShop, edge: str) -> None:
    """R37: never an error of ours."""
    async with shop.knocking("finance") as finance:
        told = [
            await finance.post("/v1/staff/books/closings", json={"through": edge}),
            await finance.get(f"/v1/staff/books/days?first={edge}&last={edge}"),
            await finance.get(f"/v1/staff/books/export?first={edge}&last={edge}"),
            await finance.get(f"/v1/staff/books/entries?day={edge}"),
        ]

    assert [one.status_code for one in told[:1]] == [422]
    assert all(400 <= one.status_code < 500 for one in told), [one.status_code for one in told]


@pytest.mark.parametrize("since", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("sort", ["listed", "lowest_asked", "lowest_paid"])
async def test_a_struck_price_rests_on_a_day_that_the_shop_knows(shop: WholeShop, since: str, sort: str) -> None:
    """R37, CAT-R9"""
    async with shop.knocking("admin") as admin:
        sku = (await admin.get("/v1/staff/products")).json()["items"][0]["product"]["skus"][0]["sku_id"]
        body = {"list_price": {"minor": 10**7, "currency": "CNY"}, "basis": {"sort": sort, "since": since}}
        answer = await admin.put(f"/v1/staff/skus/{sku}/price-bounds", json=body)

    assert (answer.status_code, answer.json()["errors"][0]["rule"]) == (422, "range")


@pytest.mark.parametrize("field", ["priority", "name", "off_bps", "times_max", "scope", "starts_at"])
@pytest.mark.parametrize("number", ["1" + "0" * 30, "1" + "0" * 400, "-1" + "0" * 30, "1e400"])
async def test_a_number_that_nothing_holds_is_refused_wherever_it_stands_in_an_offer(
    shop: WholeShop, field: str, number: str
) -> None:
    """R37"""
    terms = {"name": "九折", "name_en": "Ten percent off", "kind": "discount", "off_bps": 100, field: "@"}
    text = json.dumps({"terms": terms}).replace('"@"', number)
    async with shop.knocking("admin") as admin:
        answer = await admin.post("/v1/staff/offers", content=text.encode(), headers={"Content-Type": "application/json"})

    assert answer.status_code in (400, 422), answer.text


def test_no_command_takes_a_moment_that_it_could_never_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    """GEN-R22, GEN-R23: goods and keys can still be listed."""
    terminal = Terminal(capfd, tmp_path / "shop.db")
    with a_place(tmp_path, monkeypatch):
        before = terminal.rows()
        for at in (LAST, FIRST, "9999-12-31", "0001-01-01T00:00"):
            for words in (
                ("catalog", "window", "TEA", "--from", at),
                ("keys", "create", "k", "--may", "stock.see", "--expires", at),
                ("trail", "--since", at),
                ("catalog", "bounds", "TEA-100", "--list-price", "99999", "--basis", "lowest_asked", "--basis-since", at[:10]),
                ("books", "close", at[:7]),
                ("books", "days", "--from", at[:7]),
                ("members", "check-ins", "13800138000", "--month", at[:7]),
            ):
                assert terminal(*words) != DONE, words
                assert "something went wrong on our side" not in terminal.err, words
        assert terminal.rows() == before
        assert terminal("catalog", "list") == DONE and terminal("keys", "list") == DONE
