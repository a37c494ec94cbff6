"""Names and words at the terminal: codes, what was meant, whose clock, who did it (GEN-R23, DOR-R3, R35)."""

from __future__ import annotations

import asyncio
import io
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from retail_entrypoints.cli.demo_data import MEMBER_LOGIN
from retail_entrypoints.cli.main import DONE, FAILED, WRONG_USE
from retail_entrypoints.cli.tables import width_of
from retail_entrypoints.container import open_shop
from retail_entrypoints.settings import Settings
from tests.support.sandbox import running_sandbox
from tests.support.terminal import Terminal, Typing, a_place, furnish

NOWHERE = "01890000-0000-7000-8000-00000000000f"


@pytest.fixture
def retail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Terminal]:
    """A furnished shop with a provider; its terminal has no keyboard."""
    terminal = Terminal(capfd, tmp_path / "shop.db")
    monkeypatch.setattr("sys.stdin", Typing("correct horse battery"))
    with running_sandbox() as sandbox, a_place(tmp_path, monkeypatch, RETAIL_SANDBOX_BASE_URL=sandbox.url) as settings:
        sandbox.send_notices(False)
        furnish(settings, sandbox, terminal)
        yield terminal


def test_a_code_and_an_id_are_one_name(retail: Terminal) -> None:
    """GEN-R23: each shows the same, and under one key they are one request."""
    receive = ["stock", "receive", "NAME", "5", "--location", "SH", "--reference", "n", "--once", "k"]
    for code in ("CUP-1", "SKU:CUP-1", " ＣＵＰ-1 "):
        assert retail(*(code if word == "NAME" else word for word in receive)) == DONE, retail.err
    for words in (["stock", "show"], ["stock", "moves"]):
        assert retail.json(*words, "CUP-1") == retail.json(*words, "SKU:CUP-1")
    assert [move["units"] for move in retail.json("stock", "moves", "CUP-1")["items"]].count(5) == 1
    assert retail.json("catalog", "show", "CUP") == retail.json("catalog", "show", "PRODUCT:CUP")
    assert retail("catalog", "sell", "POT", "--off") == DONE
    assert retail("orders", "ship", "ORDER:PAID_A", "--carrier", "SF", "--tracking", "1", "--units", "CUP-1#1=1") == DONE


def test_a_wrong_name_of_goods_names_itself_and_leaves_no_trail(retail: Terminal) -> None:
    """GEN-R23: a code that nobody has, an id that nobody has, and what is neither."""
    trail = retail.trail()
    for wrong in ("CUP-7", NOWHERE, "no code\u202e"):
        for typed in (
            ["stock", "receive", wrong, "5", "--location", "SH", "--reference", "n"], ["stock", "show", wrong],
            ["stock", "moves", wrong], ["catalog", "show", wrong], ["catalog", "reprice", wrong, "1.00"],
            ["catalog", "sell", wrong], ["orders", "refund", "ORDER:PAID_A", "--reason", "x", "--units", f"{wrong}=1"],
            ["orders", "refund", "ORDER:PAID_A", "--reason", "x", "--units", f"{wrong}#2=1"],
        ):  # fmt: skip
            assert retail(*typed) == FAILED, typed
            assert repr(wrong) in retail.err and "[command.name_unknown]" in retail.err, retail.err
    assert retail.trail() == trail


def test_a_code_that_looks_like_a_line_is_a_code(retail: Terminal, tmp_path: Path) -> None:
    (tmp_path / "goods.csv").write_text("code,title,price,stock\nCUP-1#1,Cup,12.50,7\n", encoding="utf-8")
    mapping = '[product]\ncode = "code"\ntitle = "title"\n[sku]\ncode = "code"\nprice = "price"\nstock = "stock"\n'
    (tmp_path / "goods.toml").write_text(mapping, encoding="utf-8")
    files = [str(tmp_path / "goods.csv"), "--mapping", str(tmp_path / "goods.toml"), "--location", "SH"]
    assert retail("catalog", "import", *files) == DONE, retail.err

    assert retail("orders", "refund", "ORDER:PAID_A", "--reason", "x", "--units", "CUP-1#1=1") == FAILED
    assert "[command.name_unknown]" not in retail.err, "found, and not in this order"
    assert retail("orders", "refund", "ORDER:PAID_A", "--reason", "x", "--units", "CUP-1=1") == DONE, retail.err


def test_lists_of_stock_and_lines_tell_the_code(retail: Terminal) -> None:
    assert retail("stock", "watch", "CUP-1", "--location", "SH", "--below", "900") == DONE
    told = retail.json("stock", "show")["items"]

    assert {row["sku"]: row["sku_id"] for row in told}["CUP-1"] == retail.known["SKU:CUP-1"]
    assert retail("orders", "show", "ORDER:PAID_A") == DONE and "CUP-1" in retail.out


def test_an_order_goes_elsewhere_before_its_parcel(retail: Terminal) -> None:
    """ORD-R5: with a reason; the very same once more is refused, and nothing of a person stands in what is printed."""
    there = "--recipient Mei --phone 13800138001 --region-code 310000 --detail Road-2 --reason moved".split()
    assert retail("orders", "redirect", "ORDER:PAID_A", *there) == DONE, retail.err
    assert "Mei" not in retail.out and "310000" in retail.out
    assert retail("orders", "redirect", "ORDER:PAID_A", *there) == FAILED and "[command.done_before]" in retail.err
    assert retail("orders", "redirect", "ORDER:PAID_A", *there[:3], "123", *there[4:]) == FAILED
    assert retail("orders", "ship", "ORDER:PAID_A", "--carrier", "SF", "--tracking", "1") == DONE

    assert retail("orders", "redirect", "ORDER:PAID_A", *there, "--again") == FAILED
    assert "[order.wrong_state]" in retail.err
    steps = retail.json("orders", "show", "ORDER:PAID_A")["history"]
    assert "order.redirected" in {step["event"] for step in steps}


def test_the_trail_tells_who_it_was_by_their_login(retail: Terminal) -> None:
    """R35: the newest first, as over HTTP."""
    assert retail("catalog", "sell", "POT", "--off", "--as", "admin") == DONE
    newest = retail.json("trail", "--limit", "1")["items"]

    assert [(row["who"], row["action"], row["object"], row["actor_kind"]) for row in newest] == [
        ("admin", "sell", retail.known["PRODUCT:POT"], "staff")
    ]
    assert retail("trail") == DONE and "demo data" in retail.out and "admin" in retail.out


async def seal_the_trail() -> None:
    """What a worker does now and then."""
    async with open_shop(Settings.from_environ(os.environ)) as shop:
        await shop.retail.background.timers["seal_trail"]()


def test_the_last_seal_over_the_trail_is_shown(retail: Terminal) -> None:
    """R42: number and digest, to be kept elsewhere, and how many rows lie behind it."""
    rows = len(retail.json("trail", "--limit", "1000")["items"])
    assert retail.json("trail", "--seal")["items"] == [{"number": 0, "digest": "", "at": None, "unsealed": rows}]

    asyncio.run(seal_the_trail())
    (seal,) = retail.json("trail", "--seal")["items"]

    assert seal["number"] == 1 and len(seal["digest"]) == 64 and seal["unsealed"] == 0
    assert retail("trail", "--seal") == DONE and seal["digest"] in retail.out
    kept = f"{seal['number']}:{seal['digest']}"
    assert retail("audit", "--seal", kept) == DONE, retail.err
    assert retail("audit", "--seal", f"2:{seal['digest']}") == FAILED and "R42: the trail has the seal" in retail.out
    assert retail("audit", "--seal", "soon") == WRONG_USE and "NUMBER:DIGEST" in retail.err


class Screen(io.StringIO):
    """Standard output that somebody looks at."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_the_shops_clock_and_a_pipe_utc(retail: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """DOR-R3: JSON is RFC 3339 in UTC wherever it goes."""
    at = retail.json("trail", "--limit", "1")["items"][0]["at"]
    assert retail("trail", "--limit", "1") == DONE
    assert at.endswith("Z") and f"{at[:10]} {at[11:19]}Z" in retail.out

    screen = Screen()
    monkeypatch.setenv("RETAIL_TIMEZONE", "America/Caracas")  # -04:00 all the year
    monkeypatch.setattr("sys.stdout", screen)
    assert retail("trail", "--limit", "1", "--wide") == DONE
    assert retail("trail", "--limit", "1", "--json") == DONE

    table, _, document = screen.getvalue().partition("{")
    hour = f"{(int(at[11:13]) - 4) % 24:02}{at[13:19]}-04:00"
    assert hour in table and at in document and "-04:00" not in document


def test_on_a_terminal_every_list_fits_and_the_wide_one_has_it_all(retail: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """DOR-R3: 80 columns, or as many as there are; a pipe gets everything."""
    lists = ["catalog list", "catalog show CUP", "stock show", "stock moves CUP-1", "orders list", "orders show ORDER:PAID_A",
             "refunds list", "refunds stuck", "members list", "staff list", "trail", "freight list"]  # fmt: skip
    assert retail("catalog", "list") == DONE
    piped = retail.out
    monkeypatch.setenv("COLUMNS", "80")
    for words in lists:
        screen = Screen()
        monkeypatch.setattr("sys.stdout", screen)
        assert retail(*words.split()) == DONE, (words, retail.err)
        assert max(map(width_of, screen.getvalue().splitlines())) <= 80, (words, screen.getvalue())

    for columns, more in (("80", ["--wide"]), ("400", [])):
        screen = Screen()
        monkeypatch.setenv("COLUMNS", columns)
        monkeypatch.setattr("sys.stdout", screen)
        assert retail("catalog", "list", *more) == DONE
        assert screen.getvalue() == piped and retail.err == ""


def test_goods_are_entered_from_the_terminal(retail: Terminal) -> None:
    """CAT-R4: with their kinds, options and prices; what has no price is said, and a wrong price names itself."""
    mug = ["catalog", "create", "MUG", "A mug", "--sku", "MUG-S=12.50,Size:S", "--sku", "MUG-L,Size:L", "--on-sale"]
    assert retail(*mug, "--as", "admin") == DONE, retail.err
    assert "MUG-L" in retail.out and retail.out.count("has no price yet") == 1

    card = retail.json("catalog", "show", "MUG")["card"]
    assert [(sku["code"], sku["options"], sku["price_minor"], sku["on_sale"]) for sku in card["skus"]] == [
        ("MUG-S", [["Size", "S"]], 1_250, True), ("MUG-L", [["Size", "L"]], 0, False),
    ]  # fmt: skip
    assert (card["title"], card["status"]) == ("A mug", "on_sale")
    for more, told in (
        (["MUG", "x", "--sku", "NEW=1"], "MUG"), (["NEW", "x", "--sku", "MUG-S=1"], "MUG-S"),
        (["NEW", "x", "--sku", "A=1.999"], "sku"), (["NEW", "x", "--sku", "A=1,L"], "TEA-100=19.99"),
        (["NEW", "x", "--sku", "A=1", "--category", "nowhere"], "nowhere"),
        (["NEW", "x", "--sku", "A=1", "--brand", "Nobody"], "Nobody"), (["NEW", " ", "--sku", "A=1"], "title"),
    ):  # fmt: skip
        assert retail("catalog", "create", *more) == FAILED, more
        assert told in retail.err, (more, retail.err)
    assert retail("catalog", "show", "NEW") == FAILED


def test_a_member_is_named_by_phone_by_login_or_by_id(retail: Terminal) -> None:
    """GEN-R23, R40: however the number is spelled; it is shown masked, and what nobody has is nobody."""
    newest = next(one for one in retail.json("members", "list")["items"] if one["phone"])  # those who left have none
    assert retail.json("members", "show", newest["member_id"]) == newest
    assert retail.json("members", "show", MEMBER_LOGIN.upper())["member_id"]
    phone = whole_phone_of(retail, newest["member_id"])
    for spelled in (phone, f" {phone[:6]} {phone[6:]}", phone.removeprefix("+86")):
        assert retail.json("members", "show", spelled) == newest, spelled
    assert retail("members", "show", phone) == DONE and phone.removeprefix("+86") not in retail.out
    assert retail("members", "ban", phone) == DONE and retail.json("members", "show", phone)["status"] == "banned"
    assert retail.json("trail", "--limit", "1")["items"][0]["object"] == newest["member_id"]  # an id, and no number
    for nobody in ("13900000000", "nobody", "admin", NOWHERE):
        assert retail("members", "show", nobody) == FAILED and "[member.not_found]" in retail.err, nobody


def whole_phone_of(retail: Terminal, member_id: str) -> str:
    """As the database has it."""
    with sqlite3.connect(retail.path) as database:
        told = database.execute("SELECT phone FROM retail_members WHERE id = ?", (UUID(member_id).bytes,)).fetchone()
    return str(told[0])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ordrs", "orders"),
        ("orders shw", "show"),
        ("stock recieve", "receive"),
        ("trail --limt 1", "--limit"),
    ],
)
def test_a_mistyped_word_is_told_with_what_may_have_been_meant(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], typed: str, meant: str
) -> None:
    retail = Terminal(capfd, tmp_path / "shop.db")
    assert retail(*typed.split()) == WRONG_USE

    assert f"Did you mean '{meant}'?" in retail.err and len(retail.err.splitlines()) == 1


@pytest.mark.parametrize(("typed", "offered"), [("sto", "stock"), ("stock rec", "receive"), ("trail --li", "--limit")])
def test_a_shell_that_asks_how_a_word_goes_on_is_told(typed: str, offered: str) -> None:
    """DOR-R3: as the reference page tells to set it up."""
    asked = {"_RETAIL_COMPLETE": "bash_complete", "COMP_WORDS": f"retail {typed}", "COMP_CWORD": str(len(typed.split()))}
    environ = {**os.environ, **asked}
    command = [sys.executable, "-m", "retail_entrypoints.cli"]
    told = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)

    assert offered in [line.partition(",")[2] for line in told.stdout.splitlines()], told.stderr
