"""`retail catalog`: from CSV files to goods that are found, and what goes wrong on the way."""

from __future__ import annotations

import gzip
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest

from retail_entrypoints.cli.main import DONE, FAILED, WRONG_USE, run
from tests.support.stores import new_file

PROJECT = Path(__file__).parents[2]
EXAMPLES = PROJECT / "examples" / "catalogues"
REAL = Path(os.environ.get("RETAIL_SHARED_DATA") or PROJECT.parent / "shared" / "data") / "catalogue_zh"

# Look-alikes of the two catalogues whose mappings are examples: same columns, goods of our own.
NEWBEE = """goods_id,name,subtitle,category_id,category_path,list_price_cny,sale_price_cny,stock_num,tag,image_path
1,山间云雾茶,"明前, 100g",2,饮食 > 茶,128,99.5,12,,/goods-img/tea.jpg
2,竹编茶托,一对,0,,39,39,0,,http://images.example/tray.jpg
"""
NEWBEE_CATEGORIES = """category_id,category_level,parent_id,category_name,category_rank
2,2,1,茶,5
1,1,0,饮食,9
"""
YANXUAN = """goods_id,name,brief,keywords,parent_category,category,category_id,brand_id,brand,unit,counter_price_cny,\
retail_price_cny,is_new,is_hot,is_on_sale,pic_url,gallery_n
7,细绒毛毯,两种尺寸,,居家,床品,20,5,云织,条,199.00,159.00,0,0,1,http://images.example/blanket.png,1
8,旧款枕套,,,居家,床品,20,0,,件,9.00,9.00,0,0,0,,0
"""
YANXUAN_SKUS = """sku_id,goods_id,specifications,price,number
71,7,"[""1.5m"",""米白""]",159.00,3
81,8,"[""标准""]",9.00,1
72,7,"[""1.8m"",""米白""]",189.00,0
"""
YANXUAN_CATEGORIES = """id,pid,name,keywords,desc,level,sort_order
10,0,居家,,,L1,2
20,10,床品,,,L2,1
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shop with an empty database and one warehouse, and the files of both catalogues."""
    monkeypatch.setenv("RETAIL_DATABASE_URL", f"sqlite:///{tmp_path / 'shop.db'}")
    new_file(tmp_path / "shop.db")
    assert run(["stock", "open-location", "SZ", "深圳仓"]) == DONE
    for name, text in {
        "newbee_goods": NEWBEE, "newbee_categories": NEWBEE_CATEGORIES, "yanxuan_goods": YANXUAN,
        "yanxuan_skus": YANXUAN_SKUS, "yanxuan_categories": YANXUAN_CATEGORIES,
    }.items():  # fmt: skip
        (tmp_path / f"{name}.csv.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
    return tmp_path


def taken(folder: Path, name: str, *more: str, mapping: Path | None = None) -> int:
    """Import one of the catalogues."""
    file = folder / f"{name}_goods.csv.gz"
    return run(["catalog", "import", str(file), "--mapping", str(mapping or EXAMPLES / f"{name}.toml"), *more])


def told(capsys: pytest.CaptureFixture[str], *command: str) -> Any:
    """What a command prints as JSON."""
    capsys.readouterr()
    assert run([*command, "--json"]) == DONE
    return json.loads(capsys.readouterr().out)


def test_a_catalogue_of_one_file_is_imported_as_its_example_mapping_says(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert taken(folder, "newbee", "--location", "SZ") == DONE

    goods = {item["code"]: item for item in told(capsys, "catalog", "list")["items"]}
    assert {code: (one["title"], one["price"]["minor"], one["available"]) for code, one in goods.items()} == {
        "newbee-1": ("山间云雾茶", 9_950, 12),
        "newbee-2": ("竹编茶托", 3_900, 0),
    }
    assert [item["code"] for item in told(capsys, "catalog", "list", "--in-stock")["items"]] == ["newbee-1"]
    page = told(capsys, "catalog", "show", goods["newbee-1"]["product_id"])
    assert page["category_name"] == "茶"
    assert page["card"]["images"] == ["https://images.example.com/newbee/goods-img/tea.jpg"]
    assert [item["code"] for item in told(capsys, "catalog", "list", "--category", "newbee-1")["items"]] == ["newbee-1"]


def test_a_catalogue_with_a_file_of_kinds_is_joined(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = told(
        capsys, "catalog", "import", str(folder / "yanxuan_goods.csv.gz"), "--mapping", str(EXAMPLES / "yanxuan.toml")
    )

    assert [report[name] for name in ("products_created", "skus_created", "brands_created", "bad_rows")] == [2, 3, 1, 0]
    blanket, pillow = sorted(told(capsys, "catalog", "list")["items"], key=lambda item: item["code"])
    assert (blanket["status"], pillow["status"]) == ("on_sale", "off_sale")
    kinds = told(capsys, "catalog", "show", blanket["product_id"])["card"]["skus"]
    assert [(kind["options"], kind["price_minor"]) for kind in kinds] == [
        ([["规格", "1.5m"], ["颜色", "米白"]], 15_900),
        ([["规格", "1.8m"], ["颜色", "米白"]], 18_900),
    ]


def test_importing_again_changes_only_what_is_different(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """CAT-R1: and prices may be changed by hand, too."""
    assert taken(folder, "newbee") == DONE
    (folder / "newbee_goods.csv.gz").write_bytes(gzip.compress(NEWBEE.replace("99.5", "89").encode()))

    report = told(capsys, "catalog", "import", str(folder / "newbee_goods.csv.gz"), "--mapping", str(EXAMPLES / "newbee.toml"))

    assert [report[name] for name in ("products_updated", "products_unchanged", "skus_repriced")] == [1, 1, 1]
    tea = next(item for item in told(capsys, "catalog", "list", "--query", "云雾")["items"])
    sku = told(capsys, "catalog", "show", tea["product_id"])["card"]["skus"][0]["id"]
    assert run(["catalog", "reprice", sku, "88.88"]) == DONE
    assert capsys.readouterr().out == "89.00 CNY -> 88.88 CNY, price version 3\n"
    assert run(["catalog", "reprice", sku, "88.888"]) == FAILED
    assert run(["catalog", "sell", tea["product_id"], "--off"]) == DONE
    assert told(capsys, "catalog", "list", "--query", "云雾")["items"][0]["status"] == "off_sale"


def priced(capsys: pytest.CaptureFixture[str]) -> dict[str, tuple[int, bool, int]]:
    """Price, whether it is for sale, and units, by code."""
    cards = told(capsys, "catalog", "list")["items"]
    kinds = [kind for card in cards for kind in told(capsys, "catalog", "show", card["product_id"])["card"]["skus"]]
    return {kind["code"]: (kind["price_minor"], kind["on_sale"], kind["available"]) for kind in kinds}


def test_who_may_not_set_prices_brings_none_in_by_a_file(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """R35, CAT-R4: a clerk's import leaves what is new off sale and without a price, and known prices as they are."""
    for login, role in (("clerk", "clerk"), ("boss", "admin")):
        monkeypatch.setattr("sys.stdin", io.StringIO("lantern river 42\n"))
        assert run(["staff", "add", login, "--role", role, "--password-stdin"]) == DONE
    capsys.readouterr()

    assert taken(folder, "newbee", "--as", "clerk") == DONE
    assert "skus unpriced: 2" in capsys.readouterr().out
    assert {(price, sold) for price, sold, _ in priced(capsys).values()} == {(0, False)}
    assert {card["status"] for card in told(capsys, "catalog", "list")["items"]} == {"off_sale"}

    assert taken(folder, "newbee", "--as", "boss") == DONE
    capsys.readouterr()
    sold = priced(capsys)
    assert all(price > 0 and is_sold for price, is_sold, _ in sold.values())
    dearer = NEWBEE.replace("1,1,1,,", "1,2,1,,")
    (folder / "newbee_goods.csv.gz").write_bytes(gzip.compress(dearer.encode(), mtime=0))
    assert taken(folder, "newbee", "--as", "clerk") == DONE
    capsys.readouterr()
    assert priced(capsys) == sold


def test_wrong_rows_are_listed_by_number_and_nothing_is_stored(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """R38: a cell of two lines is one row; what is printed cannot speak to the terminal."""
    wrong = NEWBEE + '3,"两\n行",,0,,1,1,1,,\n4,茶,,0,,1,abc,1,,\n5,茶,,0,,1\n6,\x1b[31m,,0,,1,1,1,,\n\n7,碗,,0,,1,1,1,,\n'
    (folder / "newbee_goods.csv.gz").write_bytes(gzip.compress(wrong.encode(), mtime=0))

    assert taken(folder, "newbee") == FAILED

    printed = capsys.readouterr()
    rows = [line.split()[1:4] for line in printed.out.splitlines() if line.startswith("newbee_goods")]
    assert rows == [
        ["4", "title", "unprintable"], ["5", "sale_price_cny", "unreadable"], ["6", "columns", "6"],
        ["7", "title", "unprintable"],
    ]  # fmt: skip
    assert "[catalog.import_flawed]" in printed.err
    assert "\x1b" not in printed.out + printed.err
    assert told(capsys, "catalog", "list")["items"] == []

    assert taken(folder, "newbee", "--skip-bad") == DONE
    assert {item["code"] for item in told(capsys, "catalog", "list")["items"]} == {"newbee-1", "newbee-2", "newbee-7"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (gzip.compress(NEWBEE.encode())[:-9], "end-of-stream"),
        (b"not gzip at all", "gzip"),
        (gzip.compress(NEWBEE.encode("gb18030")), "utf-8"),
        (gzip.compress(b"", mtime=0), "names every column once"),
        (gzip.compress(b"goods_id,goods_id\n", mtime=0), "names every column once"),
        (gzip.compress(b"goods_id,name\n1,x\n", mtime=0), "no column 'subtitle'"),
        (gzip.compress(b'goods_id,name\n1,"' + b"x" * 1_100_000 + b'"\n', mtime=0), "no column"),
        (gzip.compress((NEWBEE + '9,"' + "x" * 1_100_000 + '"\n').encode()), "1 of 5 rows"),
        (gzip.compress((NEWBEE + "9,x" * 5_000 + "\n").encode() + b"\xff\n"), "readable up to line"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], content: bytes, reason: str
) -> None:
    """R37: never a traceback."""
    (folder / "newbee_goods.csv.gz").write_bytes(content)

    assert taken(folder, "newbee") == FAILED

    error = capsys.readouterr().err
    assert reason in error
    assert error.count("\n") == 1
    assert told(capsys, "catalog", "list")["items"] == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[product", "unreadable"),
        ("", "product: this section is missing"),
        ('[product]\ncode = "a"\n[sku]\ncode = "a"\nprice = "b"', "product.title: this entry is missing"),
        ('[product]\ncode = "a"\ntitle = "t"\ncolour = "c"\n[sku]\ncode = "a"\nprice = "b"', "product.colour: no such entry"),
        ('[product]\ncode = 1\ntitle = "t"\n[sku]\ncode = "a"\nprice = "b"', "product.code: must be"),
        ('[product]\ncode = {}\ntitle = "t"\n[sku]\ncode = "a"\nprice = "b"', "needs a column or a value"),
        ('[product]\ncode = "a"\ntitle = "t"\n[sku]\nfile = "f"\ncode = "a"\nprice = "b"', "sku.product"),
        ('delimiter = ";;"\n[product]\ncode = "a"\ntitle = "t"\n[sku]\ncode = "a"\nprice = "b"', "one character"),
        (
            'encoding = "klingon"\n[product]\ncode = "a"\ntitle = "t"\n[sku]\ncode = "a"\nprice = "b"',
            "encoding",
        ),
    ],
)
def test_a_mapping_that_makes_no_sense_says_where(
    folder: Path, capsys: pytest.CaptureFixture[str], text: str, reason: str
) -> None:
    mapping = folder / "mapping.toml"
    mapping.write_text(text, "utf-8")

    assert taken(folder, "newbee", mapping=mapping) == FAILED

    assert reason in capsys.readouterr().err


def test_wrong_use_is_told_apart_from_refusals(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["catalog", "import", str(folder / "newbee_goods.csv.gz")]) == WRONG_USE
    assert run(["catalog", "show", "no-code-and-no-id"]) == FAILED
    assert run(["catalog", "show", "0198f0a4-7c1e-7d3a-9b52-000000000001"]) == FAILED
    assert run(["catalog", "list", "--category", "nowhere"]) == FAILED
    assert taken(folder, "newbee", "--location", "BJ") == FAILED
    assert "stock.location_not_found" in capsys.readouterr().err


@pytest.mark.skipif(not REAL.is_dir(), reason="the shared data lies beside the project, or where RETAIL_SHARED_DATA says")
@pytest.mark.parametrize(("name", "products", "skus"), [("newbee", 575, 575), ("yanxuan", 239, 244)])
def test_the_real_catalogues_are_imported_whole(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, products: int, skus: int
) -> None:
    """CAT-R2: real input."""
    file, mapping = REAL / f"{name}_goods.csv.gz", EXAMPLES / f"{name}.toml"

    report = told(capsys, "catalog", "import", str(file), "--mapping", str(mapping), "--location", "SZ")

    assert (report["products_created"], report["skus_created"], report["bad_rows"]) == (products, skus, 0)
    assert len(told(capsys, "catalog", "list", "--limit", "1000")["items"]) == products
