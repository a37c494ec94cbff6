"""`retail reviews`: list, decide, and take reviews over from a file (REV-R4, REV-R8)."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from retail_adapters.assemble import on_sqlite
from retail_domain.ordering import Order
from retail_domain.testing.contracts.reviews import arrived, said
from retail_entrypoints.cli.main import DONE, FAILED, run
from tests.support.stores import new_file

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Order:
    """A shop with an order of three lines that has arrived; a review of the first waits."""
    monkeypatch.setenv("RETAIL_DATABASE_URL", f"sqlite:///{tmp_path / 'shop.db'}")
    new_file(tmp_path / "shop.db")

    async def furnish() -> Order:
        retail = on_sqlite(tmp_path / "shop.db")
        order = await arrived(retail.begin)
        await said(retail.begin, order, 1, 4, up=False)
        await retail.aclose()
        return order

    return asyncio.run(furnish())


def listed(capsys: Capture, status: str) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert run(["reviews", "list", "--status", status, "--json"]) == DONE
    items: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["items"]
    return items


def test_what_waits_is_listed_and_decided_as_it_was_looked_at(order: Order, capsys: Capture) -> None:
    """REV-R4"""
    (waits,) = listed(capsys, "pending")

    assert run(["reviews", "decide", f"{waits['review_id']}@{waits['version'] + 1}", "--action", "publish"]) == FAILED
    assert "[review.changed]" in capsys.readouterr().err
    assert listed(capsys, "pending") == [waits]
    assert run(["reviews", "decide", f"{waits['review_id']}@{waits['version']}", "--action", "publish"]) == DONE

    assert listed(capsys, "pending") == []
    assert [one["review_id"] for one in listed(capsys, "published")] == [waits["review_id"]]


def test_a_file_is_taken_over_once_however_often_it_is_typed(order: Order, tmp_path: Path, capsys: Capture) -> None:
    """REV-R8"""
    file = tmp_path / "reviews.csv"
    file.write_text(f"order,line,stars,text\n{order.id},2,5,很好\n{order.number},3,2,坏了\n", "utf-8")

    assert run(["reviews", "import", str(file)]) == DONE
    assert "2 published, 0 pending, 0 rejected, 0 known" in capsys.readouterr().out
    assert run(["reviews", "import", str(file)]) == DONE
    assert {one["text"] for one in listed(capsys, "published")} == {"很好", "坏了"}


def test_wrong_rows_are_named_and_nothing_is_taken_over(order: Order, tmp_path: Path, capsys: Capture) -> None:
    """REV-R8"""
    file = tmp_path / "reviews.csv"
    file.write_text(f"order,line,stars,text\n{order.id},2,5,很好\n{order.id},3,6,坏了\n{order.id},2,1,又来\n", "utf-8")

    assert run(["reviews", "import", str(file)]) == FAILED

    told = capsys.readouterr().err
    assert ".stars" in told and ".line" in told
    assert listed(capsys, "published") == []
