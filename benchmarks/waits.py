"""What people wait for, as requests: what buyers and staff look at, what buyers change, and a purchase from quote to money."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from attrs import define, field, frozen

from benchmarks.filled import Filled
from benchmarks.furnished import STAFF_LOGIN, STAFF_PASSWORD, Buyer, Furnished
from benchmarks.load import Answer, request
from benchmarks.quotes import QuoteBook
from retail_adapters.paging import cursor_of
from tests.support.sandbox import Sandbox


@frozen
class Wait:
    """Something a person waits for: who it is, and requests for it, so many as wanted."""

    name: str
    who: str
    asked: Callable[[int], Sequence[bytes]]


@frozen(kw_only=True)
class Around:
    """What requests are made of."""

    people: Furnished
    filled: Filled
    book: QuoteBook
    sandbox: Sandbox
    letters: Path


def _bearer(token: str) -> list[tuple[str, str]]:
    return [("Authorization", f"Bearer {token}")]


def _sent(path: str, body: Any, token: str = "") -> bytes:
    return request("POST", path, json.dumps(body).encode(), _bearer(token) if token else [])


def looks(around: Around, orders: Sequence[str]) -> Iterator[Wait]:
    """What buyers look at and change, then what staff look at; `orders` are ids of orders of the buyers, in turn."""
    buyers, goods, staff = around.people.buyers, around.people.goods, _bearer(around.people.staff_token)
    half = cursor_of(around.filled.in_the_middle)

    def mine(method: str, path: str, body: bytes = b"") -> Callable[[int], list[bytes]]:
        asked = [request(method, path, body, _bearer(buyer.token)) for buyer in buyers]
        return lambda number: list(itertools.islice(itertools.cycle(asked), number))

    def told(path: str) -> Callable[[int], list[bytes]]:
        return lambda number: [request("GET", path, headers=staff)] * number

    def quotes(number: int) -> list[bytes]:
        lines = [{"sku_id": one.sku_id, "quantity": 1} for one in goods[:3]]
        return [
            _sent("/v1/quotes", {"lines": lines, "delivery": {"kind": "address", "address_id": one.address_id}}, one.token)
            for one in itertools.islice(itertools.cycle(buyers), number)
        ]

    def one_of_mine(number: int) -> list[bytes]:
        asked = [
            request("GET", f"/v1/orders/{id}", headers=_bearer(buyers[at % len(buyers)].token)) for at, id in enumerate(orders)
        ]
        return list(itertools.islice(itertools.cycle(asked), number))

    yield Wait("quote three lines", "buyer", quotes)
    yield Wait("change the cart", "buyer", mine("PUT", f"/v1/cart/lines/{goods[0].sku_id}", b'{"quantity": 2}'))
    yield Wait("my orders, first page", "buyer", mine("GET", "/v1/orders"))
    yield Wait("my orders that were closed", "buyer", mine("GET", "/v1/orders?status=closed"))
    yield Wait("one of my orders", "buyer", one_of_mine)
    yield Wait("product list", "buyer", lambda number: [request("GET", "/v1/products")] * number)
    yield Wait("product search, none asked before", "buyer", lambda number: [_nth_search(at) for at in range(number)])
    yield Wait("product page", "buyer", lambda number: [request("GET", f"/v1/products/{goods[0].product_id}")] * number)
    yield Wait("all orders, first page", "staff", told("/v1/staff/orders"))
    yield Wait("all orders, a page in the middle", "staff", told(f"/v1/staff/orders?cursor={half}"))
    yield Wait("all orders about to be shipped", "staff", told("/v1/staff/orders?status=to_ship"))
    yield Wait("all orders partly shipped (there are few)", "staff", told("/v1/staff/orders?status=partly_shipped"))
    yield Wait("any order", "staff", told(f"/v1/staff/orders/{orders[0]}"))
    yield Wait("its history", "staff", told(f"/v1/staff/orders/{orders[0]}/history"))
    yield Wait("money that waits for a person", "staff", told("/v1/staff/payments/suspects"))
    yield Wait("notices nobody can place", "staff", told("/v1/staff/payments/notices"))
    yield Wait("balances of the ledger", "staff", told("/v1/staff/payments/balances"))
    yield Wait("all shelves", "staff", told("/v1/staff/stock"))
    yield Wait("open stock alerts", "staff", told("/v1/staff/stock/alerts"))
    yield Wait("movements of a SKU", "staff", told(f"/v1/staff/stock/{goods[0].sku_id}/moves"))
    yield Wait("all members", "staff", told("/v1/staff/members"))


def _nth_search(at: int) -> bytes:
    return request("GET", f"/v1/products?query={at}&limit={20 + at % 5}")


def logging_in(_around: Around) -> Wait:
    """With a password; nearly all of its cost is that passwords are hard to guess."""
    return Wait(
        "log in with a password",
        "staff",
        lambda number: [_sent("/v1/auth/sessions", {"login": STAFF_LOGIN, "password": STAFF_PASSWORD})] * number,
    )


@define
class CodeLogins:
    """Members who log in by a code, each once; they are members of the past."""

    around: Around
    _phones: Iterator[str] = field(init=False)
    _read: int = 0

    def __attrs_post_init__(self) -> None:
        copies = range(self.around.filled.copies_over, 0, -1)
        self._phones = iter(self.around.filled.phones(copies))

    def steps(self, number: int, fire: Callable[[str, str, Sequence[bytes]], Sequence[Answer]]) -> None:
        """Ask for codes, then log in with them."""
        phones = list(itertools.islice(self._phones, number))
        told = fire("ask for a code", "buyer", [_sent("/v1/auth/codes", {"phone": phone}) for phone in phones])
        codes = self._codes()
        proofs = [
            {"challenge_id": json.loads(answer.body)["challenge_id"], "code": codes[phone]}
            for phone, answer in zip(phones, told, strict=True)
        ]
        fire("log in with the code", "buyer", [_sent("/v1/auth/sessions", proof) for proof in proofs])

    def _codes(self) -> dict[str, str]:
        letters = [json.loads(line) for line in self.around.letters.read_text(encoding="utf-8").splitlines()]
        return {one["phone"]: one["parameters"]["code"] for one in letters}


def purchase(around: Around, number: int, fire: Callable[[str, str, Sequence[bytes]], Sequence[Answer]]) -> Sequence[str]:
    """Orders are placed; half are paid at the counter, half at the provider, whose notices come. Their ids, buyer by buyer."""
    chosen = list(itertools.islice(itertools.cycle(around.people.buyers), number))
    told = fire("place an order of three lines", "buyer", around.book.orders_of(chosen))
    orders = [json.loads(answer.body) for answer in told]
    pairs = list(zip(chosen, orders, strict=True))
    _at_the_counter(around, pairs[::2], fire)
    _at_the_provider(around, pairs[1::2], fire)
    return [str(UUID(order["order_id"])) for order in orders]


_Pairs = Sequence[tuple[Buyer, dict[str, Any]]]
_COUNTER: Final = {"gateway": "counter", "flow": "counter"}
_PROVIDER: Final = {"gateway": "sandbox", "flow": "desktop_qr"}


def _begun(pairs: _Pairs, name: str, way: dict[str, str], fire: Any) -> list[str]:
    asked = [_sent(f"/v1/orders/{order['order_id']}/payments", way, buyer.token) for buyer, order in pairs]
    return [json.loads(answer.body)["payment_id"] for answer in fire(name, "buyer", asked)]


def _at_the_counter(around: Around, pairs: _Pairs, fire: Any) -> None:
    payments = _begun(pairs, "begin to pay at the counter", _COUNTER, fire)
    staff = around.people.staff_token
    asked = [
        _sent(f"/v1/staff/payments/{payment}/confirm", {"amount": order["payable"]}, staff)
        for payment, (_, order) in zip(payments, pairs, strict=True)
    ]
    fire("the counter confirms", "buyer", asked)


def _at_the_provider(around: Around, pairs: _Pairs, fire: Any) -> None:
    payments = _begun(pairs, "begin to pay at a provider", _PROVIDER, fire)
    notices = []
    for payment in payments:
        raw = around.sandbox.signed(around.sandbox.pay(UUID(payment).hex, force=True))
        notices.append(_notice(raw.headers, raw.body))
    fire("a provider's notice of money", "buyer", notices)


def _notice(headers: Any, body: bytes) -> bytes:
    told = [(name, text) for name, text in headers.items() if name.lower() not in ("host", "content-length", "content-type")]
    return request("POST", "/v1/gateways/sandbox/notices", body, told)
