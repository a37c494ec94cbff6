"""`retail notes` (NTE-R1, NTE-R2, NTE-R3)."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from retail_adapters.assemble import on_sqlite
from retail_domain.catalog import CreateProduct, Listing, SkuWish
from retail_entrypoints.cli.main import FAILED, WRONG_USE, run
from tests.support.stores import new_file

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shop that sells a cup."""
    path = tmp_path / "shop.db"
    monkeypatch.setenv("RETAIL_DATABASE_URL", f"sqlite:///{path}")
    new_file(path)

    async def sells() -> None:
        retail = on_sqlite(path)
        await retail.catalog.create(
            CreateProduct(code="CUP", listing=Listing(title="Cup"), skus=(SkuWish(code="CUP-1", price_minor=1_900),))
        )
        await retail.aclose()

    asyncio.run(sells())
    return path


def shown(capsys: Capture, *words: str) -> object:
    capsys.readouterr()
    assert run(["notes", "show", *words]) == 0
    return json.loads(capsys.readouterr().out)


def test_notes_are_set_and_shown_by_the_code_of_goods(shop: Path, capsys: Capture) -> None:
    assert run(["notes", "set", "sku", "CUP-1", "erp.code=A=1", "erp.size=12", 'wms.shelf=["B", 12]', "erp.old=1"]) == 0
    assert run(["notes", "set", "sku", "CUP-1", "erp.old=null"]) == 0

    assert shown(capsys, "sku", "CUP-1") == {"erp.code": "A=1", "erp.size": 12, "wms.shelf": ["B", 12]}
    assert shown(capsys, "product", "CUP") == {}


def test_what_is_not_there_and_what_is_no_note_is_refused_by_name(shop: Path, capsys: Capture) -> None:
    assert run(["notes", "set", "order", "20260601", "a.a=1"]) == FAILED
    assert "[command.name_unknown]" in capsys.readouterr().err
    assert run(["notes", "set", "member", "0192f3c4-0000-7000-8000-000000000001", "a.a=1"]) == FAILED
    assert "[member.not_found]" in capsys.readouterr().err
    assert run(["notes", "set", "sku", "CUP-1", "code=1"]) == FAILED
    assert "values.code" in capsys.readouterr().err
    assert run(["notes", "set", "sku", "CUP-1", "code"]) == WRONG_USE
    assert shown(capsys, "sku", "CUP-1") == {}


def test_what_lies_too_deep_is_refused_and_no_text_that_was_meant_as_json(shop: Path, capsys: Capture) -> None:
    """NTE-R1: however deep it lies."""
    for deep in (9, 1_500, 50_000):
        assert run(["notes", "set", "sku", "CUP-1", f"erp.deep={'[' * deep}{']' * deep}"]) in (FAILED, WRONG_USE)
        assert "deep" in capsys.readouterr().err

    assert shown(capsys, "sku", "CUP-1") == {}
