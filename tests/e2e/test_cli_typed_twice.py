"""A command typed twice acts once or asks (DOR-R8, R17)."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest

from retail_adapters.assemble import on_memory
from retail_domain.accounts import BY_PLACE, Permission
from retail_domain.jobs import CountStockJob
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.money import Money
from retail_domain.wallet import RequestWithdrawal
from retail_entrypoints.cli.deciding import needed_by
from retail_entrypoints.cli.main import DONE, FAILED, WRONG_USE, cli
from retail_entrypoints.container import open_shop
from retail_entrypoints.settings import Settings
from tests.support.drawn_pictures import sent
from tests.support.sandbox import running_sandbox
from tests.support.terminal import Terminal, Typing, a_place, furnish
from tests.support.wallets import put_into_wallet
from tests.unit.test_cli_reference import commands

CATALOGUE: Final = "code,title,price,stock\nMUG,Mug,12.50,7\n"
MAPPING: Final = """
[product]
code = "code"
title = "title"
[sku]
code = "code"
price = "price"
stock = "stock"
"""
FREIGHT: Final = [{"name": "Slow", "charge_by": "piece", "zones": [{"regions": ["44"], "first_units": 1, "first_minor": 500}]}]
PEOPLE: Final = "phone,name,orders_count,amount\n13811110001,Mei,3,19.90\n"
REGIONS: Final = "code,name,parent\n440300,A,440000\n"

DECIDE: Final = {
    "orders quote-for": "MEMBER --units SKU:CUP-1=1",
    "orders place-for": "MEMBER QUOTED",
    "books close": "2020-02",
    "members import": "PEOPLE",
    "catalog import": "CATALOGUE --mapping MAPPING --location SH",
    "catalog create": "BOWL Bowl --sku BOWL-1=9.90",
    "pictures add": "PHOTO",
    "pictures forget": "PICTURE:SENT",
    "webhooks create": "https://example.com/hooks --kind order.paid",
    "webhooks pause": "HOOK:ONE",
    "webhooks resume": "HOOK:ONE",
    "webhooks rotate": "HOOK:ONE",
    "webhooks replay": "HOOK:ONE 1",
    "webhooks release": "HOOK:ONE 1",
    "webhooks remove": "HOOK:ONE",
    "catalog reprice": "SKU:CUP-1 61.00",
    "catalog reprice-file": "PRICES --reason sale",
    "catalog label": "SKU:CUP-1 --barcode 6901234567892",
    "catalog bounds": "SKU:CUP-1 --floor 9.00",
    "catalog cost": "SKU:CUP-1 8.50",
    "catalog window": "PRODUCT:POT --until 2099-01-01T00:00+08:00",
    "catalog sell": "PRODUCT:POT --off",
    "stock open-location": "BJ Beijing",
    "stock receive": "SKU:CUP-1 5 --location SH --reference note-7",
    "stock adjust": "SKU:CUP-1 -3 --location SH --reason broken",
    "stock count-file": "COUNTS --location SH --reason stocktaking",
    "stock watch": "SKU:CUP-1 --location SH --below 4",
    "freight import": "FREIGHT",
    "offers make": "OFFER_FILE",
    "offers change": "OFFER:ONE OTHER_FILE",
    "offers launch": "OFFER:ONE",
    "offers stop": "OFFER:TWO",
    "orders ship": "ORDER:PAID_A --carrier SF --tracking SF1 --units SKU:CUP-1=1",
    "orders close": "ORDER:PAID_B --reason changed",
    "approvals approve": "APPROVAL:ONE --as admin",
    "approvals refuse": "APPROVAL:TWO --reason no --as admin",
    "jobs cancel": "JOB:ONE",
    "orders refund": "ORDER:PAID_C --reason broken --units SKU:CUP-1=1",
    "orders redirect": "ORDER:PAID_D --recipient Mei --phone 13800138001 --region-code 310000 --detail Road-2 --reason moved",
    "orders reprice": "ORDER:UNPAID 61.00 --reason agreed",
    "orders memo": "ORDER:UNPAID called",
    "refunds retry": "REFUND:PART",
    "refunds correct": "REFUND:ASIDE 10.00CNY --reason told-wrong",
    "reviews decide": "REVIEW:SEEN --action hide --reason abuse",
    "reviews reply": "REVIEW:ONE thanks",
    "reviews import": "REVIEWS",
    "members ban": "MEMBER",
    "tiers grant": "MEMBER member --until 2029-01-31T00:00:00+08:00 --reason guest",
    "tiers take-away": "MEMBER --reason mistake",
    "points adjust": "MEMBER 5 --reason late-parcel",
    "wallet adjust": "MEMBER 5.00CNY --reason late-parcel",
    "wallet approve": "WITHDRAWAL:ONE",
    "wallet pay": "WITHDRAWAL:TWO --reference n-1",
    "wallet reject": "WITHDRAWAL:THREE --reason no",
    "coupons create": "fifth --kind fixed --value-minor 500 --days 7 --total 9",
    "coupons issue": "COUPONS:GIVEN MEMBER",
    "coupons codes": "COUPONS:CODED --count 2",
    "coupons void": "COUPON:ONE --reason mistake",
    "members export": "MEMBER EXPORTED",
    "members close": "WALK_IN",
    "messages read": "admin",
    "messages stop-marketing": "MEMBER",
    "staff add": "wang --role clerk --password-stdin",
    "staff password": "lili --password-stdin",
    "staff grant": "admin --role finance",
    "staff revoke": "lili --role finance",
    "staff welcome": "lili 203.0.113.9",
    "roles make": "sh-clerk Clerk --may orders.see --may orders.ship --place SH",
    "roles change": "sh-clerk Clerk --may orders.see",
    "roles remove": "sh-clerk",
    "keys create": "erp --may catalog.see",
    "keys revoke": "KEY:WMS",
    "notes set": "sku CUP-1 erp.code=A-100",
    "regions import": "REGIONS",
    "settings set": "shop.name=Tea --reason because",
    "settings step-back": "2 --reason because",
    "outbox replay": "--all",
}
"""Every command that decides, with what is typed for it."""

UNDONE_BY: Final = {
    "orders quote-for": "it reserves nothing, and is over in minutes",
    "orders place-for": "close",
    "catalog create": "it is off sale until it is put on sale, and again by sell --off",
    "catalog reprice": "reprice",
    "catalog reprice-file": "reprice-file",
    "catalog label": "label",
    "catalog bounds": "bounds",
    "catalog cost": "cost",
    "catalog window": "window",
    "stock count-file": "count-file",
    "catalog sell": "sell with the other word",
    "stock open-location": "it sells nothing while it is empty",
    "stock receive": "adjust",
    "pictures add": "forget",
    "webhooks create": "remove",
    "webhooks pause": "resume",
    "webhooks resume": "pause",
    "webhooks rotate": "the secret before signs as well for a day",
    "webhooks replay": "what is not taken is parked again",
    "pictures forget": "only what nothing shows; it can be sent again",
    "stock adjust": "adjust",
    "stock watch": "watch",
    "orders redirect": "redirect",
    "orders reprice": "reprice",
    "orders memo": "memo: another one says otherwise",
    "reviews decide": "decide",
    "reviews reply": "reply: the last one stands",
    "reviews import": "decide",
    "members ban": "ban --lift",
    "tiers grant": "take-away",
    "offers make": "no price knows of it",
    "offers change": "change",
    "offers launch": "stop",
    "offers stop": "launch",
    "tiers take-away": "grant",
    "points adjust": "adjust",
    "wallet adjust": "adjust",
    "wallet approve": "reject",
    "wallet reject": "the member asks anew",
    "coupons create": "it is closed at the console, or over HTTP",
    "coupons issue": "void",
    "coupons codes": "close the kind",
    "coupons void": "issue",
    "members export": "it changes nothing in the shop",
    "messages read": "what was read can be read again",
    "messages stop-marketing": "the member agrees once more",
    "keys create": "revoke",
    "keys revoke": "create, under another name",
    "notes set": "set",
    "staff add": "revoke",
    "staff password": "password, once more",
    "staff grant": "revoke",
    "staff revoke": "grant",
    "staff welcome": "it lets nobody in without the password",
    "approvals refuse": "it is asked for anew",
    "jobs cancel": "the file is handed in once more",
    "roles make": "remove",
    "roles change": "change",
    "roles remove": "make",
    "settings set": "step-back",
    "settings step-back": "set",
    "outbox replay": "what cannot be delivered is parked again",
}
"""How what a command did is taken back. The others cannot be undone, and ask."""


PARKED = (
    "outbox replay", "webhooks replay", "webhooks release", "members export", "messages read", "messages stop-marketing",
    "reviews import",
)  # fmt: skip
"""Nothing is parked in a shop that has just begun; nobody is told anything yet, or has agreed to advertising; the line of the
file has its review; and an export only looks."""


CONCERN_ALL = (
    "stock open-location", "members export", "messages read", "messages stop-marketing",
)  # fmt: skip
"""What somebody who is bound to a place may not do anywhere."""


def deciding() -> set[str]:
    """Every command that can be done in somebody's name."""
    return {
        words.removeprefix("retail ") for words, command in commands(cli) if any("--as" in each.opts for each in command.params)
    }


def needs(words: str) -> set[Permission]:
    """What staff must be allowed for a command."""
    (found,) = [command for known, command in commands(cli) if known == f"retail {words}"]
    return set(needed_by(on_memory(), found.callback.does))  # type: ignore[union-attr]


def meant(terminal: Terminal, more: str) -> list[str]:
    """What is typed, word by word; a quote is two of them, its id and its hash."""
    return more.replace("QUOTED", terminal.known["QUOTED"]).split()


def options(words: str) -> set[str]:
    """The options of a command."""
    (found,) = [command for known, command in commands(cli) if known == f"retail {words}"]
    return {option for each in found.params for option in each.opts}


def _know_reviews(terminal: Terminal, file: Path) -> None:
    """A review that stands, and a file about a line that has one."""
    one, other = terminal.json("reviews", "list", "--status", "published")["items"]
    order = terminal.json("orders", "list", "--status", "signed")["items"][0]
    terminal.known |= {"REVIEW:ONE": one["review_id"], "REVIEW:SEEN": f"{other['review_id']}@{other['version']}"}
    file.write_text(f"order,line,stars,text\n{order['number']},1,5,fine\n", encoding="utf-8")
    terminal.known["REVIEWS"] = str(file)


async def _a_job(settings: Settings) -> str:
    """A file that waits for a worker."""
    async with open_shop(settings) as shop:
        who = Actor.system("tests")
        wish = CountStockJob(file="sku,stock\nCUP-1,400\n", location="SH", reason="counted", actor=who)
        return str((await shop.retail.jobs.count_stock(wish)).job_id)


@pytest.fixture
def retail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Terminal]:
    """A furnished shop with a provider; its terminal has no keyboard."""
    terminal = Terminal(capfd, tmp_path / "shop.db")
    files = {
        "CATALOGUE": CATALOGUE,
        "MAPPING": MAPPING,
        "FREIGHT": json.dumps(FREIGHT),
        "REGIONS": REGIONS,
        "PEOPLE": PEOPLE,
        "PRICES": "sku,price\nCUP-1,59.00\n",
        "COUNTS": "sku,stock\nCUP-1,500\n",
        "OFFER_FILE": json.dumps({"name": "包邮", "name_en": "Free delivery", "kind": "free_freight", "from_minor": 99_900}),
        "FIRST_FILE": json.dumps({"name": "包邮", "name_en": "Free delivery", "kind": "free_freight", "from_minor": 77_700}),
        "OTHER_FILE": json.dumps({"name": "包邮", "name_en": "Free delivery", "kind": "free_freight", "from_minor": 88_800}),
    }
    for name, text in files.items():
        file = tmp_path / f"{name.lower()}.csv"
        file.write_text(text, encoding="utf-8")
        terminal.known[name] = str(file)
    monkeypatch.setattr("sys.stdin", Typing("correct horse battery"))
    two = {"RETAIL_TWO_PEOPLE": "write_off:5"}
    with running_sandbox() as sandbox, a_place(tmp_path, monkeypatch, RETAIL_SANDBOX_BASE_URL=sandbox.url, **two) as settings:
        sandbox.send_notices(False)
        furnish(settings, sandbox, terminal)
        terminal.known["EXPORTED"] = str(tmp_path / "exported.json")
        photo = tmp_path / "photo.jpg"
        photo.write_bytes(sent())
        terminal.known["PHOTO"] = str(photo)
        terminal.known["JOB:ONE"] = asyncio.run(_a_job(settings))
        _know_reviews(terminal, tmp_path / "reviews.csv")
        assert terminal("pictures", "add", str(photo)) == DONE, terminal.err
        terminal.known["PICTURE:SENT"] = terminal.out.strip()
        assert terminal("webhooks", "create", "https://example.com/one") == DONE, terminal.err
        terminal.known["HOOK:ONE"] = terminal.out.split()[0]
        assert terminal(*"staff add lili --role clerk --role finance --password-stdin".split()) == DONE, terminal.err
        for name in ("ONE", "TWO"):
            assert terminal("offers", "make", "FIRST_FILE", "--again") == DONE, terminal.err
            terminal.known[f"OFFER:{name}"] = terminal.out.split()[0]
        assert terminal("offers", "launch", "OFFER:TWO") == DONE, terminal.err
        assert terminal("orders", "quote-for", "MEMBER", "--units", "SKU:CUP-1=1") == DONE, terminal.err
        terminal.known["QUOTED"] = terminal.out.splitlines()[0]
        for name, way in (("GIVEN", "staff"), ("CODED", "code"), ("TAKEN", "staff")):
            make = f"coupons create {name} --kind fixed --value-minor 500 --days 7 --total 9 --way {way}"
            assert terminal(*make.split()) == DONE, terminal.err
            terminal.known[f"COUPONS:{name}"] = terminal.out.splitlines()[0]
        assert terminal("coupons", "issue", "COUPONS:TAKEN", "MEMBER") == DONE, terminal.err
        terminal.known["COUPON:ONE"] = terminal.out.split()[0]
        for name in ("ONE", "TWO"):
            lost = f"stock adjust SKU:CUP-1 -6 --location SH --reason lost-{name} --as lili"
            assert terminal(*lost.split()) == FAILED and "[approval.waiting]" in terminal.err
            terminal.known[f"APPROVAL:{name}"] = re.search(r"approval_id=([0-9a-f-]{36})", terminal.err)[1]  # type: ignore[index]
        ask_to_be_paid_out(settings, terminal)
        yield terminal


def ask_to_be_paid_out(settings: Settings, terminal: Terminal) -> None:
    """Three withdrawals of a member, one of which is approved."""

    async def asked() -> list[str]:
        async with open_shop(settings) as opened:
            retail = opened.retail
            member = MemberId(UUID(terminal.known["MEMBER"]))
            await put_into_wallet(retail.begin, member, 900)
            ask = RequestWithdrawal(member_id=member, amount=Money(200, "CNY"), pay_to="card 1")
            return [str((await retail.wallet.request_withdrawal(ask)).withdrawal_id) for _ in range(3)]

    for name, id in zip(("ONE", "TWO", "THREE"), asyncio.run(asked()), strict=True):
        terminal.known[f"WITHDRAWAL:{name}"] = id
    assert terminal("wallet", "approve", "WITHDRAWAL:TWO") == DONE, terminal.err


def test_every_command_that_decides_is_tried_here() -> None:
    assert deciding() == set(DECIDE)


def test_every_command_that_decides_takes_a_key() -> None:
    assert [words for words in deciding() if "--once" not in options(words)] == []


def test_what_cannot_be_undone_asks_first_and_scripts_can_say_yes() -> None:
    asking = {words for words in deciding() if "--yes" in options(words)}

    assert asking | set(UNDONE_BY) == deciding() and asking & set(UNDONE_BY) == set()


def test_under_a_key_every_command_acts_once_and_says_the_same(retail: Terminal) -> None:
    for words, more in DECIDE.items():
        typed = [*words.split(), *meant(retail, more), "--once", f"key of {words}"]
        before = retail.rows()
        assert retail(*typed) == DONE, (words, retail.err)
        said, after = retail.out, retail.rows()
        assert after != before or words in PARKED, f"{words} has changed nothing"

        assert retail(*typed) == DONE, (words, retail.err)

        assert (retail.out, retail.rows()) == (said, after), words


def test_without_a_key_every_command_acts_once_or_is_refused(retail: Terminal) -> None:
    for words, more in DECIDE.items():
        typed = [*words.split(), *meant(retail, more)]
        assert retail(*typed) == DONE, (words, retail.err)
        after = retail.rows()

        retail(*typed)

        # The same password is salted anew, and whoever has logged in since logs in again; of quotes there may be many.
        if words not in ("staff password", "orders quote-for"):
            assert retail.rows() == after, words


def test_what_lies_at_another_place_is_not_there_for_whoever_is_bound(retail: Terminal) -> None:
    """R35: for every command about something that lies somewhere; what concerns the whole shop is not for them at all."""
    may = [word for one in BY_PLACE for word in ("--may", one.value)]
    assert retail("stock", "open-location", "BJ", "Beijing") == DONE
    for place in ("SH", "BJ"):
        assert retail("roles", "make", place, place, *may, "--place", place) == DONE, retail.err
        assert retail("staff", "add", f"at-{place}", "--role", place, "--password-stdin") == DONE, retail.err
    placed = {words: more for words, more in DECIDE.items() if set(needs(words)) <= BY_PLACE}
    assert {"orders ship", "orders close", "orders refund", "refunds correct", "stock adjust", "stock watch"} <= placed.keys()
    for words, more in placed.items():
        typed, before = [*words.split(), *more.replace("BJ", "TJ").split(), "--as"], retail.rows()
        assert retail(*typed, "at-BJ") == FAILED, words
        concerns_all = words in CONCERN_ALL
        code = "staff.bound_to_places" if concerns_all else "not_found"
        assert f"{code}]" in retail.err and retail.rows() == before, (words, retail.err)
        if not concerns_all:
            assert retail(*typed, "at-SH") == DONE, (words, retail.err)


def test_a_key_is_for_one_request(retail: Terminal) -> None:
    """R17: another number under the same key is refused; so is another file."""
    receive = ["stock", "receive", "SKU:CUP-1", "5", "--location", "SH", "--reference", "n", "--once", "k"]
    assert retail(*receive) == DONE
    assert retail(*(word.replace("5", "6") for word in receive)) == FAILED
    assert "[idempotency.key_reused]" in retail.err

    imported = ["catalog", "import", "CATALOGUE", "--mapping", "MAPPING", "--once", "k"]
    assert retail(*imported) == DONE
    Path(retail.known["CATALOGUE"]).write_text(CATALOGUE.replace("12.50", "13.50"), encoding="utf-8")
    assert retail(*imported) == FAILED
    assert "[idempotency.key_reused]" in retail.err


def test_a_key_that_cannot_be_one_is_wrong_use(retail: Terminal) -> None:
    for key in ("", "k" * 101, "a\x07b"):
        assert retail("members", "ban", "MEMBER", "--once", key) == WRONG_USE


def test_what_looks_the_same_is_refused_until_it_is_said_to_be_meant(retail: Terminal) -> None:
    """A delivery note, a correction, a parcel, units of one line: the second time is told, with what was done before."""
    for words in ("stock receive", "stock adjust", "orders refund", "orders ship"):
        typed = [*words.split(), *DECIDE[words].split()]
        assert retail(*typed) == DONE, retail.err
        after = retail.rows()

        assert retail(*typed) == FAILED
        assert "[command.done_before]" in retail.err and "--again" in retail.err and retail.rows() == after, words
        assert retail(*typed, "--again") == DONE, retail.err
        assert retail.rows() != after, words


def test_on_a_terminal_no_is_no_and_leaves_no_trail(retail: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    for words in sorted({*DECIDE} - {*UNDONE_BY}):
        typed, before, trail = [*words.split(), *DECIDE[words].split()], retail.rows(), retail.trail()

        monkeypatch.setattr("sys.stdin", Typing("n", is_terminal=True))
        assert retail(*typed) == FAILED
        assert "cannot be undone" in retail.err and (retail.rows(), retail.trail()) == (before, trail), words
        monkeypatch.setattr("sys.stdin", Typing("y", is_terminal=True))
        assert retail(*typed) == DONE, retail.err
        assert (retail.rows() != before or words in PARKED) and retail.trail() > trail, words


def test_a_question_says_what_will_happen(retail: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Typing("n", is_terminal=True))

    retail("orders", "refund", "ORDER:PAID_C", "--reason", "x", "--units", "SKU:CUP-1=2", "--freight-minor", "100")
    assert "2 x 青瓷茶杯" in retail.err and "1.00 CNY of freight" in retail.err and "177.00 CNY was paid" in retail.err
    retail("orders", "close", "ORDER:PAID_C", "--reason", "x")
    assert "177.00 CNY goes back" in retail.err
    assert retail("orders", "close", "ORDER:PAID_C", "--reason", "x", "--yes") == DONE


def test_a_new_price_of_an_order_is_told_with_the_old_one_and_agreed_by_who_saw_it(retail: Terminal) -> None:
    """ORD-R4."""
    assert retail("orders", "reprice", "ORDER:UNPAID", "50.00", "--reason", "x") == DONE, retail.err
    was = retail.out.split()[2]
    assert retail.out.endswith(f"pending_payment, {was} CNY -> 50.00 CNY\n")

    assert retail("orders", "reprice", "ORDER:UNPAID", "40.00", "--was", was, "--reason", "x") == FAILED
    assert "[order.amount_differs]" in retail.err
    assert retail("orders", "reprice", "ORDER:UNPAID", "40.001", "--reason", "x") == FAILED and "price" in retail.err
    assert retail("orders", "reprice", "ORDER:UNPAID", "40.00", "--was", "50.00", "--reason", "x") == DONE
    steps = retail.json("orders", "show", "ORDER:UNPAID")["history"]
    assert steps[-1]["payable_after"] == {"minor": 4_000, "currency": "CNY"}


def test_a_new_price_is_told_with_the_old_one(retail: Terminal) -> None:
    assert retail("catalog", "reprice", "SKU:CUP-1", "61.00") == DONE
    assert retail.out == "59.00 CNY -> 61.00 CNY, price version 2\n"
