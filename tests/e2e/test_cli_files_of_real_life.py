"""`retail catalog import` and `retail regions import` read what spreadsheets and shop programs write (CAT-R2)."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from retail_adapters.files.csv_files import CsvFile
from retail_entrypoints.cli.main import run
from tests.support.stores import new_file

EXAMPLES = Path(__file__).parents[2] / "examples/catalogues"
Capture = pytest.CaptureFixture[str]
DONE, FAILED = 0, 1
MAPPING = """[product]
code = "code"
title = "title"
description = "description"
[sku]
code = "code"
price = "price"
"""
PLAIN = "code,price,title,description\r\nA,1,Tea,green\r\nB,2,Cup,small\r\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RETAIL_DATABASE_URL", f"sqlite:///{tmp_path / 'shop.db'}")
    monkeypatch.setenv("COLUMNS", "300")
    new_file(tmp_path / "shop.db")
    (tmp_path / "mapping.toml").write_text(MAPPING)
    return tmp_path


def taken(folder: Path, content: str | bytes, *more: str, mapping: Path | None = None) -> int:
    """The exit code of importing a file of this content."""
    file = folder / "goods.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return run(["catalog", "import", str(file), "--mapping", str(mapping or folder / "mapping.toml"), *more])


def told(capsys: Capture, *words: str) -> Any:
    """What a command prints as JSON."""
    capsys.readouterr()
    run([*words, "--json"])
    return json.loads(capsys.readouterr().out)


def codes(capsys: Capture) -> set[str]:
    return {item["code"] for item in told(capsys, "catalog", "list")["items"]}


def pages(capsys: Capture) -> dict[str, Any]:
    """All goods by code, with everything about them."""
    items = told(capsys, "catalog", "list")["items"]
    return {item["code"]: told(capsys, "catalog", "show", item["product_id"]) for item in items}


@pytest.mark.parametrize(
    ("content", "row"),
    [
        ('code,price,title,description\nA,1,Tea,green\nB,2,Cup,"small\nC,3,Pot,big\nD,4,Jar,glass\n', 3),
        ('code,price,title,description\nA,1,Tea,green\nB,2,Cup,"small\nC,3,Pot,big"\nD,4,Jar,glass\n', 3),
        ('code,price,title,description\nA,1,Tea,green\nB,2,"Screen 5" wide",x\nC,3,Pot,big\nD,4,Jar,glass\n', 3),
        ('code,price,title,description\nA,1,Tea,green\nB,2,Cup,"small" one\nC,3,Pot,big\nD,4,Jar,glass\n', 3),
        ("code,price,title,description\nA,1,Tea,green\nB,2,Cup,sm,all\nC,3,Pot,big\nD,4,Jar,glass\n", 3),
        ("code,price,title,description\nA,1,Tea,green\nB,2\nC,3,Pot,big\nD,4,Jar,glass\n", 3),
    ],
)
def test_a_row_that_is_not_what_it_seems_is_refused_and_takes_no_other_with_it(
    folder: Path, capsys: Capture, content: str, row: int
) -> None:
    """CAT-R2: a stray quote swallows nothing; the row is named, and with --skip-bad all others come in."""
    assert taken(folder, content) == FAILED
    printed = capsys.readouterr().out
    assert f"goods.csv  {row}" in printed
    assert codes(capsys) == set()

    assert taken(folder, content, "--skip-bad") == DONE
    kept = codes(capsys)
    assert "B" not in kept
    assert kept >= {"A", "D"}
    assert ("C" in kept) is ('"small\nC' not in content or content.count('"') == 1)


def test_skipping_every_row_is_no_success(folder: Path, capsys: Capture) -> None:
    """CAT-R2"""
    assert taken(folder, "code,price,title,description\nA,x,Tea,\nB,y,Cup,\n", "--skip-bad") == FAILED
    assert "[catalog.import_flawed]" in capsys.readouterr().err


@pytest.mark.parametrize(
    "content",
    [
        PLAIN, PLAIN.replace("\r\n", "\n"), PLAIN.replace("\r\n", "\r"), PLAIN.rstrip(),
        b"\xef\xbb\xbf" + PLAIN.encode(), PLAIN.encode("utf-16"), PLAIN.replace(",", "\t").encode("utf-16"),
        PLAIN.replace(",", ";"), PLAIN.replace(",", "\t"), "sep=;\r\n" + PLAIN.replace(",", ";"), '"sep=,"\r\n' + PLAIN,
        PLAIN.replace("code,price,title", " code ,\tprice, title"), PLAIN + ",,,\r\n , ,,\r\n\r\n",
        PLAIN.replace("\r\n", ",,\r\n"), PLAIN.replace("green\r\n", "green,,,\r\n"),
        "".join(",".join(f'"{cell}"' for cell in line.split(",")) + "\r\n" for line in PLAIN.split("\r\n")[:-1]),
        PLAIN.replace("description\r\n", "description,\r\n"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["", 'encoding = "utf-8"\n'])
def test_what_spreadsheets_write_is_read(folder: Path, capsys: Capture, content: str | bytes, encoding: str) -> None:
    """CAT-R2: ends of lines, byte-order marks, delimiters, unnamed columns, rows of separators only."""
    (folder / "mapping.toml").write_text(encoding + MAPPING)

    report = _report(folder, capsys, content)

    assert (report["rows_read"], report["rows_stored"], report["bad_rows"]) == (2, 2, 0)
    assert codes(capsys) == {"A", "B"}


def test_a_cell_of_several_lines_keeps_them_whatever_ends_them(folder: Path, capsys: Capture) -> None:
    """CAT-R3: a description is text of several lines, and a line ends in one way."""
    _report(folder, capsys, 'code,price,title,description\r\nA,1,Tea,"green,\r\nfresh, light, good\r\n\r\nand ""real"""\r\n')

    (item,) = told(capsys, "catalog", "list")["items"]
    assert told(capsys, "catalog", "show", item["product_id"])["description"] == 'green,\nfresh, light, good\n\nand "real"'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"PK\x03\x04rest of a workbook", "workbook"),
        (PLAIN.replace("Tea", "茶").encode("gb18030"), "gb18030"),
        (b"code,price,title,title\nA,1,x,y\n", "'title' stands there twice"),
        (b"\x00c\x00o\x00d\x00e\n", "names every column once"),
        (b",,,\nA,1,x,y\n", "names every column once"),
    ],
)
def test_a_file_of_another_kind_says_so(folder: Path, capsys: Capture, content: bytes, reason: str) -> None:
    """CAT-R2"""
    assert taken(folder, content) == FAILED
    assert reason in capsys.readouterr().err


def test_an_export_of_shopify_is_imported(folder: Path, capsys: Capture) -> None:
    """CAT-R2: several rows are one product; options stand in columns, and images in rows of their own."""
    content = (EXAMPLES / "shopify_products.csv").read_bytes()

    assert taken(folder, content, "--json", mapping=EXAMPLES / "shopify.toml") == DONE
    report = json.loads(capsys.readouterr().out)

    found = pages(capsys)
    assert (report["rows_read"], report["rows_stored"], report["products_created"], report["skus_created"]) == (5, 5, 2, 4)
    shirt = found["linen-shirt"]
    assert [(sku["code"], sku["options"], sku["price_minor"]) for sku in shirt["card"]["skus"]] == [
        ("HB-LS-SAND-M", [["Colour", "Sand"], ["Size", "M"]], 4_900),
        ("HB-LS-SAND-L", [["Colour", "Sand"], ["Size", "L"]], 4_900),
        ("HB-LS-SEA-M", [["Colour", "Sea"], ["Size", "M"]], 5_200),
    ]
    assert (shirt["description"], shirt["category_name"], shirt["brand_name"], len(shirt["card"]["images"])) == (
        "Light & cool.\nWashes at 30°\nDries fast", "Shirts", "Harbour", 3,
    )  # fmt: skip
    assert [sku["barcodes"] for sku in shirt["card"]["skus"]] == [["6901234567892"], ["6901234567908"], []]
    assert found["tea-tin"]["card"]["skus"][0]["options"] == []


def test_an_export_of_woocommerce_is_imported(folder: Path, capsys: Capture) -> None:
    """CAT-R2: a variable product has a row of its own, wherever its variations stand."""
    content = (EXAMPLES / "woocommerce_products.csv").read_bytes()

    assert taken(folder, content, "--json", mapping=EXAMPLES / "woocommerce.toml") == DONE
    report = json.loads(capsys.readouterr().out)

    found = pages(capsys)
    assert (report["rows_read"], report["rows_stored"], report["products_created"], report["skus_created"]) == (4, 4, 2, 3)
    hoodie = found["HOODIE"]["card"]
    assert (hoodie["title"], found["HOODIE"]["category_name"]) == ("Hoodie", "Hoodies")
    assert found["HOODIE"]["description"] == "Brushed inside.\nTwo pockets."
    assert [(sku["code"], sku["price_minor"], sku["list_price_minor"], sku["weight_grams"]) for sku in hoodie["skus"]] == [
        ("HOODIE-BLUE", 3_500, 4_200, 550), ("HOODIE-RED", 4_200, 4_200, 550),
    ]  # fmt: skip


def test_a_broken_row_of_several_that_are_one_product_is_told_of(folder: Path, capsys: Capture) -> None:
    """CAT-R2: every row is stored or listed, also where one stands for others."""
    content = (EXAMPLES / "shopify_products.csv").read_text().replace("HB-LS-SEA-M,240", 'HB-LS-SEA-M,"240')

    assert taken(folder, content, "--skip-bad", "--json", mapping=EXAMPLES / "shopify.toml") == DONE
    report = json.loads(capsys.readouterr().out)

    assert (report["rows_read"], report["rows_stored"], report["bad_rows"]) == (5, 4, 1)


def test_regions_are_numbered_as_goods_are_and_a_region_in_itself_is_named(folder: Path, capsys: Capture) -> None:
    """CAT-R2: the header is row 1, whatever is imported."""
    (folder / "regions.csv").write_bytes("\ufeffcode;name ;parent\r\n440300;深圳市;440300\r\n;;\r\n44030;x;\r\n".encode())

    assert run(["regions", "import", str(folder / "regions.csv")]) == FAILED
    error = capsys.readouterr().err
    assert "rows[2].parent" in error
    assert "names its own code as its parent" in error
    assert "rows[4].code" in error


def test_a_quote_that_opens_in_the_header_and_is_closed_further_down_is_told_of(folder: Path, capsys: Capture) -> None:
    """CAT-R2: not the column that it swallowed."""
    (folder / "prices.csv").write_text('sku,"price\nTEA,12.00\nPOT,9.90",reason\nCUP,3.00,\n')

    assert run(["catalog", "reprice-file", str(folder / "prices.csv"), "--dry-run"]) == FAILED
    assert "a quote opens here and holds what looks like rows of their own" in capsys.readouterr().err


def test_regions_come_in_several_files_as_they_are_handed_around(folder: Path, capsys: Capture) -> None:
    """CAT-R2, GEN-R14: provinces, cities and areas apart, packed or not; one wrong row of any of them, and nothing is taken."""
    (folder / "provinces.csv").write_text("code,name\n44,广东省\n", encoding="utf-8")
    (folder / "cities.csv").write_text("code,name,provinceCode\n4403,深圳市,44\n4419,东莞市,44\n", encoding="utf-8")
    areas = "code,name,cityCode,provinceCode\n440305,南山区,4403,44\n441900,东莞市,4419,44\n"
    (folder / "areas.csv.gz").write_bytes(gzip.compress(areas.encode()))
    (folder / "streets.csv").write_text("code,name,areaCode\n441900003,东城街道,441900\n", encoding="utf-8")
    files = [str(folder / one) for one in ("provinces.csv", "cities.csv", "areas.csv.gz", "streets.csv")]

    assert run(["regions", "import", *files]) == FAILED
    assert "streets.csv rows[2].code" in capsys.readouterr().err
    assert run(["regions", "import", *files[:3], "--dry-run"]) == DONE
    assert capsys.readouterr().out == "nothing was stored; it would be: 4 regions, 3 of them new, 0 changed; 0 go\n"
    assert run(["regions", "import", *files[:3]]) == DONE
    assert capsys.readouterr().out == "4 regions\n"
    (folder / "fewer.csv").write_text("code,name,parent\n440300,深圳,440000\n", encoding="utf-8")
    assert run(["regions", "import", str(folder / "fewer.csv"), "--dry-run"]) == DONE
    assert capsys.readouterr().out == "nothing was stored; it would be: 1 regions, 0 of them new, 1 changed; 2 go\n"
    (folder / "again").mkdir()
    (folder / "again/cities.csv").write_text("code,name\n4403,深圳市\n", encoding="utf-8")
    assert run(["regions", "import", files[1], str(folder / "again/cities.csv")]) == FAILED
    assert "told apart by their names" in capsys.readouterr().err


ROWS = st.lists(
    st.tuples(st.text('ab, "\r\n;', max_size=6), st.text('xyz,"\r\n', max_size=8)).filter(lambda row: any(map(str.strip, row))),
    max_size=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS, st.sampled_from([",", ";", "\t"]), st.sampled_from(["\r\n", "\n"]), st.booleans())
def test_what_is_written_by_the_rules_is_read_as_it_was(
    tmp_path: Path, rows: list[tuple[str, str]], delimiter: str, end: str, is_packed: bool
) -> None:
    """CAT-R2: whatever stands in a cell, as every program writes it in quotes."""

    def written(*cells: str) -> str:
        return delimiter.join('"' + cell.replace('"', '""') + '"' for cell in cells) + end

    file = tmp_path / ("a.csv.gz" if is_packed else "a.csv")
    content = ("\ufeff" + written("one", "two") + "".join(written(*row) for row in rows)).encode()
    file.write_bytes(gzip.compress(content) if is_packed else content)

    read = list(CsvFile(file).rows())

    assert [(row.fields["one"], row.fields["two"]) for row in read] == rows
    assert [row.number for row in read] == list(range(2, len(rows) + 2))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text('ab,"\r\n', max_size=80))
def test_no_letter_of_a_file_is_lost_without_a_word(tmp_path: Path, text: str) -> None:
    """CAT-R2: every line of any text is part of a row that is read, or of one that is named as flawed."""
    (tmp_path / "a.csv").write_text(f"one,two\n{text}", newline="")

    read = list(CsvFile(tmp_path / "a.csv").rows())

    said = "".join("".join(row.fields.values()) for row in read if row.flaw is None)
    assert any(row.flaw for row in read) or sorted(said.replace("\r", "").replace("\n", "")) == sorted(_said(text))


def _said(text: str) -> str:
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    return "".join(cell for row in rows for cell in row).replace("\r", "").replace("\n", "")


def _report(folder: Path, capsys: Capture, content: str | bytes) -> Any:
    capsys.readouterr()
    code = taken(folder, content, "--json")
    printed = capsys.readouterr()
    assert code == DONE, printed
    return json.loads(printed.out)


@pytest.mark.parametrize(
    ("words", "header", "row"),
    [
        (("catalog", "import", "goods.csv", "--mapping", "mapping.toml"), "code,price,title,description", "A,1,T\0ea,green"),
        (("catalog", "reprice-file", "goods.csv"), "sku,price,name", "A,1,T\0ea"),
        (("stock", "count-file", "goods.csv", "--location", "SH", "--reason", "counted"), "sku,stock,name", "A,1,T\0ea"),
        (("members", "import", "goods.csv"), "phone,name", "13800138000,L\0i"),
        (("regions", "import", "goods.csv"), "code,name,parent", "110000,x\0y,"),
    ],
)
def test_nul_in_a_cell_is_told_by_row(folder: Path, capsys: Capture, words: tuple[str, ...], header: str, row: str) -> None:
    """CAT-R2: in whatever file it stands; and the column is named as the file has it."""
    run(["db", "upgrade"])
    run(["stock", "open-location", "SH", "Shanghai"])
    (folder / "goods.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    capsys.readouterr()

    assert run([str(folder / one) if "." in one else one for one in words]) == FAILED

    out, err = capsys.readouterr()
    column = next(name for name, cell in zip(header.split(","), row.split(","), strict=True) if "\0" in cell)
    assert f"{column}: text may not hold NUL" in out + err and "fields." not in out + err
    by_row = any(line.split()[:1] == ["2"] or "goods.csv  2" in line for line in out.splitlines())
    assert by_row or "rows[2]" in err or "(1 of 1 rows: 2)" in err
