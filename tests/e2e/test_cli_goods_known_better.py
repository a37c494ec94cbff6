"""Barcodes, bounds, costs, prices, windows and files, from the terminal."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from retail_entrypoints.cli.main import run
from tests.support.stores import new_file

DONE, REFUSED = 0, 1
EAN = "6901234567892"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shop that sells oolong in one size."""
    monkeypatch.setenv("RETAIL_DATABASE_URL", f"sqlite:///{tmp_path / 'shop.db'}")
    new_file(tmp_path / "shop.db")
    assert run(["stock", "open-location", "SH", "上海仓"]) == DONE
    made = ["catalog", "create", "OOLONG", "乌龙", "--sku", "OOLONG-1=20", "--parameter", "产地=安溪", "--on-sale"]
    assert run(made) == DONE
    assert run(["catalog", "label", "OOLONG-1", "--barcode", EAN, "--tax-rate", "13%"]) == DONE
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *command: str) -> Any:
    capsys.readouterr()
    assert run([*command, "--json"]) == DONE
    return json.loads(capsys.readouterr().out)


def test_a_barcode_will_do_and_what_is_not_said_stays(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """CAT-R7, CAT-R8, CAT-R9"""
    assert run(["catalog", "label", EAN, "--tax-code", "1030201"]) == DONE
    assert run(["catalog", "bounds", EAN, "--floor", "15", "--member-price", "18"]) == DONE
    today = datetime.now(UTC).date().replace(day=1).isoformat()
    assert run(["catalog", "bounds", EAN, "--list-price", "25", "--basis", "listed", "--basis-since", today]) == DONE
    assert run(["catalog", "bounds", EAN, "--member-price", "none"]) == DONE
    assert run(["catalog", "cost", EAN, "9.80"]) == DONE
    assert run(["stock", "receive", EAN, "24", "--location", "SH", "--reference", "DN-1"]) == DONE

    sheet = told(capsys, "catalog", "sku", EAN)
    assert (sheet["code"], sheet["barcodes"], sheet["tax_code"], sheet["tax_rate_bp"]) == ("OOLONG-1", [EAN], "1030201", 1_300)
    assert (sheet["floor_minor"], sheet["member_price_minor"], sheet["list_price_minor"]) == (1_500, None, 2_500)
    assert sheet["basis"]["sort"] == "listed"
    assert [one["cost"]["minor"] for one in told(capsys, "catalog", "costs", "OOLONG")["items"]] == [980]
    assert told(capsys, "catalog", "favourites", "OOLONG")["items"] == [{"favourites": 0}]
    assert run(["catalog", "reprice", EAN, "14.99"]) == REFUSED
    assert run(["catalog", "window", "OOLONG", "--from", "2026-11-11T00:00+08:00"]) == DONE
    assert told(capsys, "catalog", "show", "OOLONG")["card"]["sale_from"] == "2026-11-10T16:00:00Z"


def test_prices_and_counts_come_by_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """CAT-R10, CAT-R12"""
    prices, counts = folder / "prices.csv", folder / "counts.csv"
    prices.write_text(f"条码,价格\n{EAN},18.50\n", encoding="gb18030")
    counts.write_text("sku,stock\nOOLONG-1,7\n")
    by_file = ["catalog", "reprice-file", str(prices), "--encoding", "gb18030", "--reason", "season ends"]
    shown = told(capsys, *by_file, "--dry-run")
    assert (shown["stored"], [one["after"] for one in shown["changes"]]) == (False, [1_850])
    assert run(by_file) == DONE and told(capsys, *by_file)["changes"] == []
    assert run(["stock", "count-file", str(counts), "--location", "SH", "--reason", "stocktaking"]) == DONE

    kept = told(capsys, "catalog", "prices", EAN)["items"]
    assert [(one["price"]["minor"], one["why"]) for one in kept] == [(1_850, "season ends"), (2_000, None)]
    assert [one["available"] for one in told(capsys, "catalog", "list")["items"]] == [7]
    prices.write_text("sku,price\nOOLONG-1,1\nnobody,2\n")
    assert run(["catalog", "reprice-file", str(prices)]) == REFUSED
