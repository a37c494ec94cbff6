"""The day book at both doors: finance read it, take it along as a file, and close a month (PAY-R19, PAY-R20)."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from retail_domain.payments import BookDay
from retail_entrypoints.book_file import BOOK_COLUMNS, book_file
from retail_entrypoints.cli.main import DONE, FAILED, WRONG_USE
from retail_entrypoints.exporting import BOM
from tests.e2e.every_call import Stage
from tests.e2e.whole_shop import open_whole_shop
from tests.support.pretend_gateway import PretendGateway
from tests.support.sandbox import running_sandbox
from tests.support.stores import BEHIND_DOORS, Place, place_of
from tests.support.terminal import Terminal, a_place, furnish

BOOKS = "/v1/staff/books"
JANUARY = {"first": "2026-01", "last": "2026-01"}


@pytest.fixture(params=BEHIND_DOORS)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


async def test_a_month_is_read_closed_and_takes_nothing_more(place: Place) -> None:
    """PAY-R19, PAY-R20, R29: at the door, the clock going on to February and back again; the trail has the closing."""
    provider = PretendGateway()
    async with open_whole_shop(place, provider) as shop, shop.knocking("finance") as finance:
        stage = Stage(shop, provider)
        await stage.paid()
        held = (await finance.get("/v1/staff/payments/balances")).json()["items"]
        days = (await finance.get(f"{BOOKS}/days")).json()["items"]
        too_early = await finance.post(f"{BOOKS}/closings", json={"through": "2026-01"})
        shop.clock.forward(hours=5)
        closed = await finance.post(f"{BOOKS}/closings", json={"through": "2026-01"})
        before = (await finance.get(f"{BOOKS}/days", params=JANUARY)).json()
        shop.clock.forward(hours=-5)
        await stage.paid()
        after = (await finance.get(f"{BOOKS}/days", params=JANUARY)).json()
        february = (await finance.get(f"{BOOKS}/days", params={"first": "2026-02-01", "last": "2026-02"})).json()["items"]
        late = (await finance.get(f"{BOOKS}/entries", params={"day": "2026-02-01"})).json()["items"]
        again = await finance.post(f"{BOOKS}/closings", json={"through": "2026-01-15"})
        closings = (await finance.get(f"{BOOKS}/closings")).json()["items"]
        balances = (await finance.get("/v1/staff/payments/balances")).json()["items"]
        async with shop.knocking("admin") as admin:
            trail = (await admin.get("/v1/staff/trail", params={"action": "books.close"})).json()["items"]

    assert {one["account"]: one["closing"] for one in days} == {one["account"]: one["balance"] for one in held}
    assert (too_early.status_code, too_early.json()["code"]) == (409, "books.day_not_over")
    assert (closed.status_code, closed.json()["through"], closed.json()["days"]) == (201, "2026-01-31", 1)
    assert before == after and {one["day"] for one in before["items"]} == {"2026-01-31"}
    assert {one["account"]: one["closing"] for one in february} == {one["account"]: one["balance"] for one in balances}
    assert late and {(one["late_for"], one["at"][:10], one["day"]) for one in late} == {
        ("2026-01-31", "2026-01-31", "2026-02-01")
    }
    assert all(one["reference"].startswith("payment:") for one in late)
    assert (again.status_code, again.json()["code"]) == (409, "books.closed_already")
    assert [one["through"] for one in closings] == ["2026-01-31"]
    assert [one["object"] for one in trail] == ["2026-01-31"]


async def test_the_file_and_the_pages_say_the_same_and_what_is_asked_wrongly_is_named() -> None:
    """PAY-R19, GEN-R23."""
    async with open_whole_shop(Place("memory"), PretendGateway()) as shop, shop.knocking("finance") as finance:
        await Stage(shop, PretendGateway()).paid()
        pages = (await finance.get(f"{BOOKS}/days", params=JANUARY)).json()["items"]
        file = await finance.get(f"{BOOKS}/export", params={**JANUARY, "bom": "true"})
        asked = (("2026-02-30", "2026-03"), ("2026-02", "2026-01"), ("2024", "2026-01"), ("2025-01", "2026-01"))
        wrong = [(await finance.get(f"{BOOKS}/days?first={first}&last={last}")).json() for first, last in asked]

    rows = list(csv.DictReader(io.StringIO(file.text.removeprefix(BOM), newline="")))
    assert file.text.startswith(BOM) and file.headers["Content-Type"].startswith("text/csv")
    assert [(row["day"], row["account"]) for row in rows] == [(one["day"], one["account"]) for one in pages]
    assert [round(float(row["closing"]) * 100) for row in rows] == [one["closing"]["minor"] for one in pages]
    assert [[one["field"] for one in told["errors"]] for told in wrong] == [["first"], ["last"], ["first"], ["last"]]


def test_no_account_is_computed_by_a_spreadsheet() -> None:
    """ORD-R14: a host names its own accounts."""
    day = BookDay(
        day=date(2026, 1, 1), account="=1+1", currency="CNY", opening_minor=0, debit_minor=5, credit_minor=105, entries=2
    )
    (row,) = csv.DictReader(io.StringIO("".join(book_file([day], bom=False)), newline=""))

    assert tuple(row) == BOOK_COLUMNS and row["account"] == "'=1+1"
    assert (row["opening"], row["debit"], row["credit"], row["closing"]) == ("0.00", "0.05", "1.05", "-1.00")


def test_books_are_read_and_closed_at_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Any) -> None:
    """PAY-R19, PAY-R20, DOR-R3."""
    terminal = Terminal(capfd, tmp_path / "shop.db")
    with running_sandbox() as sandbox, a_place(tmp_path, monkeypatch, RETAIL_SANDBOX_BASE_URL=sandbox.url) as settings:
        sandbox.send_notices(False)
        furnish(settings, sandbox, terminal)
        days = terminal.json("books", "days")["items"]
        assert {one["account"] for one in days} >= {"gateway:sandbox", "sales"}
        assert terminal("books", "export") == DONE
        assert [row["account"] for row in csv.DictReader(io.StringIO(terminal.out, newline=""))] == [
            one["account"] for one in days
        ]
        entries = terminal.json("books", "entries", days[0]["day"])["items"]
        assert sum(one["amount"]["minor"] for one in entries) == 0 and len(entries) == sum(one["entries"] for one in days)
        assert terminal("books", "close", days[0]["day"]) == FAILED and "books.day_not_over" in terminal.err
        assert terminal("books", "close", "2026-13") == WRONG_USE
        assert terminal("books", "close", "2020-02") == DONE and "closed through 2020-02-29: 0 entries" in terminal.out
        assert [one["through"] for one in terminal.json("books", "closings")["items"]] == ["2020-02-29"]
