"""The command line: exit codes, one-line messages, listings, who acts (DOR-R3, ACC-R4, R35, R41, R43)."""

from __future__ import annotations

import asyncio
import io
import json
import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from retail_domain.catalog import CreateProduct, Listing, SkuWish
from retail_domain.kernel.ids import SkuId
from retail_entrypoints.cli.main import COMMANDS, DONE, FAILED, WRONG_USE, run
from retail_entrypoints.container import open_shop
from retail_entrypoints.settings import Settings
from tests.support.stores import new_file


class Terminal:
    """Runs commands on one database and keeps what they print."""

    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        self.capfd = capfd
        self.out = self.err = ""

    def __call__(self, *words: str) -> int:
        code = run(words)
        self.out, self.err = self.capfd.readouterr()
        return code

    def json(self, *words: str) -> Any:
        assert self(*words, "--json") == DONE, self.err
        return json.loads(self.out)


@pytest.fixture
def retail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Terminal:
    """An empty shop at the newest schema."""
    monkeypatch.setenv("RETAIL_DATABASE_URL", f"sqlite:///{tmp_path / 'shop.db'}")
    monkeypatch.setenv("RETAIL_SMS", f"file:{tmp_path / 'sms'}")
    new_file(tmp_path / "shop.db")
    return Terminal(capfd)


def test_help_names_every_command(retail: Terminal) -> None:
    assert retail("--help") == DONE

    assert [name for name in COMMANDS if f"  {name} " not in retail.out] == []


@pytest.mark.parametrize("words", [[name, "--help"] for name in COMMANDS])
def test_every_command_explains_itself(retail: Terminal, words: list[str]) -> None:
    assert retail(*words) == DONE and "Usage: retail" in retail.out


@pytest.mark.parametrize(
    "words",
    [
        ["sell"], ["stock", "burn"], ["stock", "show", "--limit", "0"],
        ["serve", "--port", "0"], ["serve", "--port", "many"], ["outbox", "replay"], ["outbox", "replay", "1", "--all"],
        ["simulator", "sandbox"], ["orders", "ship", "1", "--carrier", "SF", "--tracking", "1", "--units", "x=y"],
    ],
)  # fmt: skip
def test_wrong_use_is_exit_code_2_and_one_line(retail: Terminal, words: list[str]) -> None:
    """DOR-R3: with a pointer to the help, and nothing on stdout."""
    assert retail(*words) == WRONG_USE

    assert retail.out == "" and len(retail.err.splitlines()) == 1 and retail.err.startswith("retail: ")


def test_a_refusal_is_exit_code_1_and_one_line_with_its_code(retail: Terminal) -> None:
    """GEN-R15: the same codes as over HTTP."""
    retail("stock", "open-location", "SH", "上海仓")

    assert retail("stock", "open-location", "SH", "上海仓") == FAILED
    assert retail.err.endswith("[stock.location_exists]\n") and len(retail.err.splitlines()) == 1


def test_a_wrong_setting_is_exit_code_2_and_names_its_variable(retail: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """R41: and does not repeat its value."""
    monkeypatch.setenv("RETAIL_SECRET_KEY", "hunter2")

    assert retail("stock", "show") == WRONG_USE
    assert "RETAIL_SECRET_KEY" in retail.err and "hunter2" not in retail.err


NOBODY = "postgresql://u:hunter2@127.0.0.1:1,127.0.0.1:2/shop?target_session_attrs=read-write"


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all/shop.db", "postgresql://u:hunter2@127.0.0.1:1/shop", NOBODY])
def test_a_database_out_of_reach_is_told_in_one_line(retail: Terminal, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """R41: no traceback, no password."""
    monkeypatch.setenv("RETAIL_DATABASE_URL", url)

    assert [retail("stock", "show"), retail("db", "upgrade")] == [FAILED, FAILED]
    assert retail.err.endswith("[database.unreachable]\n") and "hunter2" not in retail.err and "Traceback" not in retail.err


def test_a_bug_is_exit_code_1_without_a_traceback(retail: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """R47, R41: the class of the error is told, its words are not."""

    class Broken:
        def main(self, **_: Any) -> None:
            raise RuntimeError("hunter2")

    monkeypatch.setattr("retail_entrypoints.cli.main.cli", Broken())

    assert retail("stock", "show") == FAILED
    assert "RuntimeError" in retail.err and "hunter2" not in retail.err and "Traceback" not in retail.err


def test_a_database_behind_is_refused_until_it_is_upgraded(
    retail: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RETAIL_DATABASE_URL", f"sqlite:///{tmp_path / 'other.db'}")

    before = [retail("db", "check"), retail("stock", "show")]
    assert retail("db", "upgrade") == DONE
    after = [retail("db", "check"), retail("stock", "show"), retail("db", "upgrade")]

    assert (before, after) == ([FAILED, FAILED], [DONE, DONE, DONE])


def test_a_database_url_of_several_hosts_is_good_for_every_command(
    retail: Terminal, empty_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R31: migrations, the schema check and what opens the shop find the one that takes writes."""
    url = f"{empty_postgres_url.replace('@', '@127.0.0.1:1,')}?target_session_attrs=read-write"
    monkeypatch.setenv("RETAIL_DATABASE_URL", url)

    assert [retail(*words.split()) for words in ("db upgrade", "db check", "stock show", "audit")] == [DONE] * 4


@pytest.mark.parametrize("words", [["orders", "list"], ["audit"], ["db", "check"]])
def test_looking_at_a_missing_database_does_not_make_it(
    retail: Terminal, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DOR-R3"""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.setenv("RETAIL_DATABASE_URL", f"sqlite:///{folder / 'shop.db'}")

    assert retail(*words) == FAILED and "retail db upgrade" in retail.err
    assert "[database.no_shop]" in retail.err and str(folder / "shop.db") in retail.err, "a wrong folder is no old schema"
    assert list(folder.iterdir()) == []


def test_an_empty_list_is_empty_in_both_forms(retail: Terminal) -> None:
    assert retail("stock", "show") == DONE and retail.out.split() == [
        "sku", "sku_id", "location", "on_hand", "reserved", "shortfall", "sellable", "alert_below",
    ]  # fmt: skip
    assert retail.json("stock", "show") == {"items": []}


def test_stock_is_received_corrected_watched_and_shown(retail: Terminal) -> None:
    """STK-R3, STK-R9: the whole of `retail stock`."""
    at = ("--location", "SH")
    sku = _a_sku(retail)

    assert retail("stock", "receive", sku, "120", *at, "--reference", "note 1") == DONE
    assert retail("stock", "adjust", sku, "-3", *at, "--reason", "broken") == DONE
    assert retail("stock", "watch", sku, *at, "--below", "5", "--safety", "2") == DONE

    shelf = retail.json("stock", "show", sku)["items"][0]
    moves = retail.json("stock", "moves", sku)["items"]
    assert (shelf["on_hand"], shelf["sellable"], shelf["alert_below"], shelf["location"]) == (117, 115, 5, "SH")
    assert [(move["units"], move["reference"]) for move in moves] == [(-3, "broken"), (120, "note 1")]
    assert retail("stock", "adjust", sku, "-1000", *at, "--reason", "gone") == FAILED


def test_a_limit_cuts_a_list_and_pages_are_fetched_as_needed(retail: Terminal) -> None:
    """DOR-R3: more than one page of the store, one list at the terminal."""
    for number in range(3):
        retail("stock", "open-location", f"L{number}", "仓")

    assert len(retail.json("stock", "locations")["items"]) == 3
    assert len(retail.json("stock", "locations", "--limit", "2")["items"]) == 2


def test_staff_act_in_their_own_name_and_only_as_they_may(retail: Terminal, tmp_path: Path) -> None:
    """R35, ACC-R4: `--as` needs the permission, without it the system acts, and the trail knows each of them."""
    _add_staff(retail, "wang", "finance")
    _add_staff(retail, "lili", "clerk")

    refused = retail("stock", "open-location", "A", "仓", "--as", "wang")
    allowed = retail("stock", "open-location", "B", "仓", "--as", "lili")
    unknown = retail("stock", "open-location", "C", "仓", "--as", "nobody")
    system = retail("stock", "open-location", "D", "仓")

    assert [refused, allowed, unknown, system] == [FAILED, DONE, FAILED, DONE]
    assert {row["code"] for row in retail.json("stock", "locations")["items"]} == {"B", "D"}
    with sqlite3.connect(tmp_path / "shop.db") as database:
        trail = database.execute("SELECT actor_kind, action FROM retail_audit_trail WHERE action = 'open_location'").fetchall()
    assert sorted(kind for kind, _ in trail) == ["staff", "system"]


NOWHERE = "01890000-0000-7000-8000-00000000000f"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["staff", "add", "wang", "--role", "clerk"], WRONG_USE),
        (["regions", "import", "BAD"], FAILED),
        (["freight", "import", "BAD"], FAILED),
        (["catalog", "import", "BAD", "--mapping", "BAD"], FAILED),
        (["catalog", "reprice", NOWHERE, "19.999"], FAILED),
        (["outbox", "replay"], WRONG_USE),
        (["orders", "ship", "1", "--carrier", "SF", "--tracking", "1", "--units", f"{NOWHERE}=0"], WRONG_USE),
        (["orders", "refund", "1", "--reason", "x", "--units", f"{NOWHERE}=0"], WRONG_USE),
        (["refunds", "correct", NOWHERE, "19.99", "--reason", "x"], WRONG_USE),
        (["refunds", "correct", NOWHERE, "19.999CNY", "--reason", "x"], WRONG_USE),
    ],
)
def test_what_cannot_be_read_changes_nothing_not_even_the_trail(
    retail: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], code: int
) -> None:
    """R35, R41: there is no terminal to ask for a password on, a file that is none, a price that is none."""
    monkeypatch.setattr("sys.stdin", io.StringIO())
    (tmp_path / "bad").write_text("neither [ CSV, JSON nor TOML\n", encoding="utf-8")

    assert retail(*(str(tmp_path / "bad") if word == "BAD" else word for word in words)) == code

    assert len(retail.err.splitlines()) == 1
    with sqlite3.connect(tmp_path / "shop.db") as database:
        assert database.execute("SELECT action FROM retail_audit_trail").fetchall() == []


def test_refunds_that_got_stuck_are_listed_and_only_finance_decide_about_them(retail: Terminal) -> None:
    """R10, R35: the same use cases as over HTTP."""
    _add_staff(retail, "lili", "clerk")

    assert retail.json("refunds", "stuck") == {"items": []}
    assert retail.json("refunds", "notices") == {"items": []}
    assert retail("refunds", "correct", NOWHERE, "19.99CNY", "--reason", "the notice was wrong", "--as", "lili") == FAILED
    assert "[staff.forbidden]" in retail.err
    for words in (["retry", NOWHERE], ["correct", NOWHERE, "19.99 CNY", "--reason", "the notice was wrong"]):
        assert retail("refunds", *words) == FAILED and "[refund.not_found]" in retail.err


def test_the_audit_of_a_sound_shop_is_clean_and_of_a_broken_one_is_not(retail: Terminal, tmp_path: Path) -> None:
    """R43: exit code and a list that a machine can read; the broken row is named."""
    sku = _a_sku(retail)
    retail("stock", "receive", sku, "10", "--location", "SH", "--reference", "note")
    clean = (retail("audit"), retail.json("audit"))

    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.execute("UPDATE retail_stock_items SET on_hand = 11")
    broken = retail("audit", "--json")

    told = json.loads(retail.out)
    assert clean == (DONE, {"clean": True, "findings": []})
    assert broken == FAILED and not told["clean"] and {finding["law"] for finding in told["findings"]} == {"STK-I3"}
    assert told["findings"][0]["row"]["sku_id"] == sku


def test_what_is_stored_cannot_command_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    """R38: control characters of a title or a reason come out as question marks; JSON escapes them."""
    from retail_entrypoints.cli.desk import show_rows

    show_rows(["\x1b[2Jred\x07\u202e"], {"title": str}, as_json=False)
    show_rows(["\x1b[2J"], {"title": str}, as_json=True)

    shown = capfd.readouterr().out
    assert "?[2Jred??" in shown and "\x1b" not in shown and "\\u001b" in shown


def test_no_progress_bar_when_piped(capfd: pytest.CaptureFixture[str]) -> None:
    """DOR-R3: a bar on a terminal, none when piped."""
    from retail_entrypoints.cli.desk import progress

    with progress(3, "importing") as advance:
        advance(1)

    assert capfd.readouterr() == ("", "")


def _a_sku(retail: Terminal) -> str:
    """Goods, and a place to keep them."""
    retail("stock", "open-location", "SH", "上海仓")
    return str(asyncio.run(_made_goods()))


async def _made_goods() -> SkuId:
    wish = SkuWish(code="TEA-1", price_minor=8_800)
    async with open_shop(Settings.from_environ(os.environ)) as shop:
        made = await shop.retail.catalog.create(CreateProduct(code="TEA", listing=Listing(title="龙井"), skus=(wish,)))
    return made.sku_ids[0]


def _add_staff(retail: Terminal, login: str, role: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))
        assert retail("staff", "add", login, "--role", role, "--password-stdin") == DONE, retail.err
