"""A furnished shop on a SQLite file, for tests of the command line: demo goods, paid orders, stuck refunds."""

from __future__ import annotations

import asyncio
import io
import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import define, field

from retail_domain.accounts import AdmitMember, MakeKey, Permission
from retail_domain.accounts.use_cases.log_in_with_password import LogInWithPassword
from retail_domain.application import Retail
from retail_domain.catalog.queries import ProductSearch
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.ids import MemberId, OrderId, PaymentId
from retail_domain.kernel.paging import PageRequest
from retail_domain.ordering import RefundOrder, Units
from retail_domain.payments import Flow, RefreshPayment, RefundAside, StartPayment
from retail_domain.pricing import WantedLine
from retail_domain.processes.purchase.checkout import PlaceOrder
from retail_domain.processes.purchase.quoting import QuoteBasket
from retail_entrypoints.cli.demo_data import MEMBER_LOGIN, PASSWORD, stock_the_shelves
from retail_entrypoints.cli.main import run
from retail_entrypoints.container import open_shop
from retail_entrypoints.settings import Settings
from tests.support.sandbox import Sandbox
from tests.support.stores import new_file

CLERK: Final = Actor.system("tests")
OF_NO_WEIGHT: Final = {"retail_audit_trail", "retail_answers"}
"""What a repeat may write: the trail says that somebody set out to do it again, and answers are kept."""


@define
class Terminal:
    """Runs commands on one database and keeps what they print."""

    capfd: pytest.CaptureFixture[str]
    path: Path
    out: str = ""
    err: str = ""
    known: dict[str, str] = field(factory=dict)
    """Names in the words of tests -> what stands for them, such as `PAID` for the number of a paid order."""

    def __call__(self, *words: str) -> int:
        code = run([self._meant(word) for word in words])
        self.out, self.err = self.capfd.readouterr()
        return code

    def json(self, *words: str) -> Any:
        """What a command prints as JSON."""
        assert self(*words, "--json") == 0, self.err
        return json.loads(self.out)

    def rows(self) -> Mapping[str, list[Any]]:
        """All that is stored but what of no weight."""
        with sqlite3.connect(self.path) as database:
            tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {
                name: sorted(map(repr, database.execute(f"SELECT * FROM {name}")))
                for name in tables if name.startswith("retail_") and name not in OF_NO_WEIGHT
            }  # fmt: skip

    def trail(self) -> int:
        """How many rows the trail has."""
        with sqlite3.connect(self.path) as database:
            (count,) = database.execute("SELECT count(*) FROM retail_audit_trail").fetchone()
        return int(count)

    def _meant(self, word: str) -> str:
        for name, stands_for in self.known.items():
            word = word.replace(name, stands_for)
        return word


class Typing(io.StringIO):
    """Standard input on which the same line comes again and again; a terminal or none."""

    def __init__(self, line: str, *, is_terminal: bool = False) -> None:
        super().__init__(f"{line}\n")
        self.is_terminal = is_terminal

    def isatty(self) -> bool:
        return self.is_terminal

    def readline(self, size: int | None = -1, /) -> str:
        self.seek(0)
        return super().readline(-1 if size is None else size)


@contextmanager
def a_place(folder: Path, monkeypatch: pytest.MonkeyPatch, **environment: str) -> Iterator[Settings]:
    """The settings of a shop in a folder, at the newest schema."""
    told = {"RETAIL_DATABASE_URL": f"sqlite:///{folder / 'shop.db'}", "RETAIL_SMS": f"file:{folder / 'sms'}", **environment}
    for name, text in told.items():
        monkeypatch.setenv(name, text)
    new_file(folder / "shop.db")
    yield Settings.from_environ(os.environ)


def furnish(settings: Settings, sandbox: Sandbox, terminal: Terminal) -> None:
    """Orders in the states that commands are about, and what they are called."""
    asyncio.run(_furnish(settings, sandbox, terminal))


async def _furnish(settings: Settings, sandbox: Sandbox, terminal: Terminal) -> None:
    await stock_the_shelves(settings)
    async with open_shop(settings) as shop:
        retail = shop.retail
        known = await retail.accounts.log_in_with_password(LogInWithPassword(login=MEMBER_LOGIN, password=PASSWORD))
        assert known.member_id is not None
        buyer = Buyer(retail, sandbox, known.member_id)
        goods = {card.code: card for card in (await retail.catalog.show.search(ProductSearch(), PageRequest(50))).items}
        skus = {sku.code: sku.id for card in goods.values() for sku in card.skus}
        walk_in = await retail.accounts.admit_member(AdmitMember(actor=CLERK, name="walk-in"))
        names = {"MEMBER": str(known.member_id), "WALK_IN": str(walk_in.member_id)}
        names |= {f"PRODUCT:{code}": str(card.id) for code, card in goods.items()}
        names |= {f"SKU:{code}": str(id) for code, id in skus.items()}
        for name in ("PAID_A", "PAID_B", "PAID_C", "PAID_D"):
            order = await buyer.orders(skus["CUP-1"], 3)
            await buyer.pays(order.order_id)
            names[f"ORDER:{name}"] = order.number
        names["ORDER:UNPAID"] = (await buyer.orders(skus["CUP-1"], 1)).number
        sandbox.refunds_become("pending")
        stuck = await buyer.orders(skus["CUP-1"], 2)
        await buyer.pays(stuck.order_id)
        part = RefundOrder(order_id=stuck.order_id, reason="broken", actor=CLERK, units=(Units(skus["CUP-1"], 1),))
        names["REFUND:PART"] = str((await retail.ordering.refund(part)).refund_id)
        sandbox.arm("wrong amount", on="query")
        odd = await buyer.starts((await buyer.orders(skus["CUP-1"], 1)).order_id)
        await buyer.settles(odd)
        aside = RefundAside(payment_id=odd, reason="the wrong sum", actor=CLERK)
        key = MakeKey(name="wms", permissions=(Permission.STOCK_SEE,), actor=Actor.system("tests"))
        names["KEY:WMS"] = str((await retail.accounts.make_key(key)).key_id)
        names["REFUND:ASIDE"] = str((await retail.payments.refund_aside(aside)).refund_id)
        await _get_stuck(retail, sandbox, terminal.path)
        terminal.known |= names


async def _get_stuck(retail: Retail, sandbox: Sandbox, path: Path) -> None:
    """The provider took the refunds in, and could not say what became of them; now it says that it ended them."""
    push = retail.background.timers["push_refunds"]
    await push()
    taken_in = [refund["refund_ref"] for payment in sandbox.payments() for refund in sandbox.refunds(payment["ref"])]
    for ref in taken_in:
        sandbox.settle_refund(ref, "need-attention")
    with sqlite3.connect(path) as database:
        database.execute("UPDATE retail_refunds SET next_try_at = requested_at WHERE next_try_at IS NOT NULL")
    await push()
    assert len((await retail.payments.show.stuck_refunds(PageRequest())).items) == 2
    for ref in taken_in:
        sandbox.settle_refund(ref, "close")
    sandbox.refunds_become("succeeded")


@define
class Buyer:
    """The demo member, who buys and pays at the provider."""

    retail: Retail
    sandbox: Sandbox
    member_id: MemberId

    async def orders(self, sku_id: Any, quantity: int) -> Any:
        """An order to the demo member's address."""
        book = await self.retail.accounts.show.address_book(self.member_id)
        wish = QuoteBasket(member_id=self.member_id, address_id=book.addresses[0].id, lines=(WantedLine(sku_id, quantity),))
        quote = await self.retail.quoting.quote(wish)
        return await self.retail.checkout.place(PlaceOrder(member_id=self.member_id, quote_id=quote.id, hash=quote.hash))

    async def pays(self, order_id: OrderId) -> None:
        """Begun and paid."""
        await self.settles(await self.starts(order_id))

    async def starts(self, order_id: OrderId) -> PaymentId:
        """A payment is begun."""
        wish = StartPayment(member_id=self.member_id, order_id=order_id, gateway="sandbox", flow=Flow.DESKTOP_QR)
        return (await self.retail.payments.start(wish)).payment_id

    async def settles(self, payment_id: PaymentId) -> None:
        """The buyer pays, and the shop asks the provider."""
        self.sandbox.pay(payment_id.hex)
        await self.retail.payments.refresh(RefreshPayment(member_id=self.member_id, payment_id=payment_id))
