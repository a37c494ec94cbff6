"""Prices and counts by file: all rows or none, shown before, in memory and on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.e2e.test_goods_known_better import EAN, Desk, opened_desk, yuan
from tests.support.stores import BEHIND_DOORS, place_of


@pytest.fixture(params=BEHIND_DOORS)
async def desk(request: pytest.FixtureRequest) -> AsyncIterator[Desk]:
    """A shop on both stores, and one product of two kinds in it, the smaller with a barcode."""
    async with opened_desk(place_of(request)) as desk:
        await desk.staff("PUT", f"skus/{desk.small}/labels", {"barcodes": [EAN]})
        yield desk


async def prices_of(desk: Desk) -> list[int]:
    return [(await desk.staff("GET", f"skus/{id}"))["price"]["minor"] for id in (desk.small, desk.large)]


async def counts_of(desk: Desk) -> list[int]:
    told = (await desk.staff("GET", f"products/{desk.product_id}"))["product"]["product"]["skus"]
    return [one["available"] for one in told]


def changed(report: Any) -> list[tuple[int, str, int | None, int]]:
    return [(one["row"], one["sku"], one["before"], one["after"]) for one in report["changes"]]


async def test_a_dry_run_tells_every_change_and_changes_nothing(desk: Desk) -> None:
    """CAT-R12: a kind is named by its code or by a barcode; the same file once more changes nothing."""
    body = {"file": f"条码;价格\n{EAN};18.50\nOOLONG-L;30\n", "reason": "season ends"}
    shown = await desk.staff("POST", "files/prices", body | {"dry_run": True})
    assert (shown["stored"], shown["rows_read"], shown["unchanged"]) == (False, 2, 1)
    assert changed(shown) == [(2, "OOLONG-S", 2_000, 1_850)]
    assert await prices_of(desk) == [2_000, 3_000]

    done = await desk.staff("POST", "files/prices", body)
    assert done == shown | {"stored": True}
    assert await prices_of(desk) == [1_850, 3_000]
    again = await desk.staff("POST", "files/prices", body)
    assert (again["unchanged"], again["changes"]) == (2, [])
    (last, _) = (await desk.staff("GET", f"skus/{desk.small}/prices"))["items"]
    assert (last["reason"], last["price_version"]) == ("season ends", 2)


async def test_a_file_with_one_wrong_row_changes_nothing_and_every_wrong_row_is_named(desk: Desk) -> None:
    """CAT-R12, CAT-R8: not the floor, not what is unknown, not a kind named twice."""
    await desk.staff("PUT", f"skus/{desk.large}/price-bounds", {"floor": yuan(2_500)})
    file = f"sku,price\nOOLONG-S,18\nOOLONG-L,24.99\nnobody,1\n{EAN},17\nOOLONG-S,x\n,\n"
    for dry_run in (True, False):
        refused = await desk.staff("POST", "files/prices", {"file": file, "dry_run": dry_run}, status=422)
        told = [(one["field"], one["rule"]) for one in refused["errors"]]
        assert refused["code"] == "catalog.edits_flawed"
        assert sorted(told) == [
            ("rows[3].price", "floor"),
            ("rows[4].sku", "unknown"),
            ("rows[5].sku", "unique"),
            ("rows[6].price", "amount"),
        ]
    assert await prices_of(desk) == [2_000, 3_000]


async def test_what_was_counted_is_what_lies_there_from_now_on(desk: Desk) -> None:
    """CAT-R12: the first count opens a shelf; the same count again changes nothing."""
    body = {"file": f"sku,stock\n{EAN},7\nOOLONG-L,12\n", "location": "SH", "reason": "stocktaking"}
    shown = await desk.staff("POST", "files/counts", body | {"dry_run": True})
    assert changed(shown) == [(2, EAN, 10, 7), (3, "OOLONG-L", 10, 12)] and await counts_of(desk) == [10, 10]

    await desk.staff("POST", "files/counts", body)
    assert await counts_of(desk) == [7, 12]
    again = await desk.staff("POST", "files/counts", body)
    assert (again["unchanged"], again["changes"]) == (2, [])


async def test_no_count_takes_away_what_is_promised(desk: Desk) -> None:
    """CAT-R12, STK-I1: nor more than one person may write off; nothing of the file is kept."""
    async with desk.shop.knocking("alice") as alice:
        address = (await alice.get("/v1/me/addresses")).json()["items"][0]["address_id"]
        lines = [{"sku_id": desk.small, "quantity": 4}]
        basket = {"lines": lines, "delivery": {"kind": "address", "address_id": address}}
        quote = (await alice.post("/v1/quotes", json=basket)).json()
        await alice.post("/v1/orders", json={name: quote[name] for name in ("quote_id", "hash")})
    body = {"file": "sku,stock\nOOLONG-L,5\nOOLONG-S,3\n", "location": "SH", "reason": "stocktaking"}
    refused = await desk.staff("POST", "files/counts", body, status=422)

    assert [(one["field"], one["rule"]) for one in refused["errors"]] == [("rows[3].stock", "promised")]
    assert await counts_of(desk) == [6, 10]


@pytest.mark.parametrize(
    ("path", "file", "rule"),
    [
        ("prices", "name,price\nA,1\n", "columns"),
        ("prices", "sku,cost\nA,1\n", "columns"),
        ("prices", "sku,price\n", "rows"),
        ("prices", "sku,sku\nA,1\n", "header"),
        ("counts", "sku,price\nOOLONG-S,1\n", "columns"),
    ],
)
async def test_a_file_that_is_none_is_refused(desk: Desk, path: str, file: str, rule: str) -> None:
    """CAT-R12"""
    more = {"location": "SH", "reason": "r"} if path == "counts" else {}
    refused = await desk.staff("POST", f"files/{path}", {"file": file, **more}, status=422)
    assert [one["rule"] for one in refused["errors"]] == [rule]


async def test_a_clerk_counts_and_sets_no_price(desk: Desk) -> None:
    """R35"""
    await desk.staff("POST", "files/prices", {"file": "sku,price\nOOLONG-S,1\n"}, who="clerk", status=403)
    body = {"file": "sku,stock\nOOLONG-S,9\n", "location": "SH", "reason": "r"}
    await desk.staff("POST", "files/counts", body, who="clerk")
    await desk.staff("POST", "files/counts", body, who="finance", status=403)


@pytest.mark.parametrize(
    ("sort", "header", "again"),
    [
        ("prices", "sku,price,价格", "价格"),
        ("prices", "sku,编码,price", "编码"),
        ("prices", "barcode,条码,price", "条码"),
        ("counts", "sku,stock,库存", "库存"),
        ("counts", "SKU,sku,stock", "sku"),
    ],
)
async def test_two_columns_that_say_the_same_are_refused_by_name(desk: Desk, sort: str, header: str, again: str) -> None:
    """CAT-R12: none of them wins unseen; the column is named, and nothing is changed."""
    body = {"file": f"{header}\nOOLONG-S,61,62\n", "reason": "stocktaking"} | ({"location": "SH"} if sort == "counts" else {})
    refused = await desk.staff("POST", f"files/{sort}", body, status=422)
    assert [(one["field"], one["rule"]) for one in refused["errors"]] == [(again, "twice")]
    assert (await prices_of(desk), await counts_of(desk)) == ([2_000, 3_000], [10, 10])


@pytest.mark.parametrize(("header", "turned"), [("编码,条码", False), ("条码,编码", True)])
async def test_a_code_and_a_barcode_in_one_row_name_the_same_goods(desk: Desk, header: str, turned: bool) -> None:
    """CAT-R12: sheets of stocktaking have both; which stands first decides nothing, and an empty one says nothing."""

    def file(*rows: tuple[str, str, int]) -> dict[str, str]:
        cells = [f"{barcode},{code},{many}" if turned else f"{code},{barcode},{many}" for code, barcode, many in rows]
        return {"file": "\n".join([f"{header},库存", *cells]), "location": "SH", "reason": "stocktaking"}

    wrong = file(("OOLONG-L", EAN, 5), ("OOLONG-S", "6900000000000", 6))
    refused = await desk.staff("POST", "files/counts", wrong, status=422)
    assert [(one["field"], one["rule"]) for one in refused["errors"]] == [
        ("rows[2].条码", "differ"),
        ("rows[3].条码", "unknown"),
    ]
    assert await counts_of(desk) == [10, 10]

    await desk.staff("POST", "files/counts", file(("OOLONG-S", EAN, 7), ("OOLONG-L", "", 12)))
    assert await counts_of(desk) == [7, 12]


async def test_columns_that_nobody_reads_are_told(desk: Desk) -> None:
    """CAT-R12: lists of prices have names and more in them; a report says what was not looked at."""
    told = await desk.staff("POST", "files/prices", {"file": "sku,名称,price,note\nOOLONG-S,small,19,x\n"})
    assert (told["unread"], len(told["changes"])) == (["名称", "note"], 1)
