"""From an empty database to a closed month, with two servers, a worker, a provider and a robot, each a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final
from urllib.request import urlopen
from zoneinfo import ZoneInfo

import httpx2
import pytest
from attrs import define, field

from retail_entrypoints.simulators.robots import KEY
from tests.support import drawn_pictures
from tests.support.sandbox import Sandbox, running_sandbox
from tests.support.servers import ROOTS, Server, a_free_port, a_process, a_server
from tests.support.stores import Place, place_of

pytestmark = pytest.mark.slow

PASSWORD: Final = "lantern river 42"
MAY: Final = ["orders.see", "orders.ship", "stock.see", "stock.change"]
PATIENCE_SECONDS: Final = 60.0
SHOP: Final = ZoneInfo("Asia/Shanghai")
"""Where it stands, as long as nobody says otherwise."""


@define
class Operator:
    """Who runs the shop: by the command line at first, then over HTTP, at either of two servers."""

    environ: Mapping[str, str]
    folder: Path
    sandbox: Sandbox
    robot_url: str
    servers: list[Server] = field(factory=list)
    tokens: dict[str, str] = field(factory=dict)
    asked: int = 0
    ahead: timedelta = timedelta(0)
    """How far the clock of all processes is ahead of ours."""

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def goes_by(self, over: Event) -> None:
        """Time, for every process alike."""
        while not over.wait(0.1):
            fresh = self.folder / "clock.new"
            fresh.write_text(self.now().isoformat())
            fresh.replace(self.folder / "clock")

    def command(self, *words: str, typed: str = "") -> str:
        """At the terminal; what it said."""
        ours = {"PATH": os.environ["PATH"], "PYTHONPATH": ROOTS, **self.environ}
        command = [sys.executable, "-m", "retail_entrypoints.cli", *words]
        told = subprocess.run(command, env=ours, input=typed, capture_output=True, text=True, check=False)
        assert told.returncode == 0, told.stderr
        return told.stdout

    def ask(self, who: str, method: str, path: str, body: Any = None, *, at: int = 0, **more: Any) -> httpx2.Response:
        """One call of somebody, at one of the servers."""
        self.asked += 1
        headers = {"idempotency-key": f"call-{self.asked}"} if method != "GET" else {}
        if who:
            headers["authorization"] = f"Bearer {self.tokens[who]}"
        told = {} if body is None else {"json": body}
        headers |= more.pop("headers", {})
        return httpx2.request(method, f"{self.servers[at].url}/v1{path}", headers=headers, timeout=30.0, **told, **more)

    def done(self, who: str, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """The same, and its answer."""
        answer = self.ask(who, method, path, body, **more)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def logs_in(self, who: str, login: str) -> None:
        self.tokens[who] = self.done("", "POST", "/auth/sessions", {"login": login, "password": PASSWORD})["token"]

    def code_to(self, phone: str, purpose: str) -> dict[str, str]:
        """A code that came by text message."""
        sent = self.done("", "POST", "/auth/codes", {"phone": phone, "purpose": purpose})
        messages = [json.loads(line) for line in (self.folder / "sms").read_text().splitlines()]
        code = next(one["parameters"]["code"] for one in reversed(messages) if one["phone"].endswith(phone))
        return {"challenge_id": sent["challenge_id"], "code": code}

    def heard(self) -> list[str]:
        """What the robot was told."""
        with urlopen(f"{self.robot_url}/control/heard", timeout=10) as answer:
            return [one["text"] for one in json.load(answer)["items"]]


def eventually(ask: Callable[[], Any], seconds: float = PATIENCE_SECONDS) -> Any:
    """What is answered once it is something; a worker needs a moment."""
    until = time.monotonic() + seconds
    while not (found := ask()):
        assert time.monotonic() < until, "it never came"
        time.sleep(0.2)
    return found


@pytest.fixture(params=("sqlite", "postgres"))
def place(request: pytest.FixtureRequest) -> Place:
    """An empty database."""
    return place_of(request)


@pytest.fixture
def operator(request: pytest.FixtureRequest, place: Place, tmp_path: Path) -> Iterator[Operator]:
    with ExitStack() as stack:
        sandbox = stack.enter_context(running_sandbox())
        port = a_free_port()
        robots = ["-m", "retail_entrypoints.cli", "simulator", "robots", "--port", str(port)]
        environ = {
            "RETAIL_DATABASE_URL": f"sqlite:///{place.address}" if place.kind == "sqlite" else place.address,
            "RETAIL_SMS": f"file:{tmp_path / 'sms'}",
            "RETAIL_SANDBOX_BASE_URL": sandbox.url,
            "RETAIL_PICTURES": f"folder:{tmp_path / 'pictures'}",
            "RETAIL_ROBOTS": "wecom",
            "RETAIL_WECOM_URL": f"http://127.0.0.1:{port}/cgi-bin/webhook/send?key={KEY}",
            "RETAIL_OUTBOUND": "loopback",
            "RETAIL_REVIEWS": "looked_at",
            "RETAIL_TEST_CLOCK": str(tmp_path / "clock"),
        }
        stack.enter_context(a_process(environ, robots, tmp_path / "robots"))
        one = Operator(environ, tmp_path, sandbox, f"http://127.0.0.1:{port}")
        over = Event()
        Thread(target=one.goes_by, args=(over,), daemon=True).start()
        stack.callback(over.set)
        eventually((tmp_path / "clock").exists)
        one.command("db", "upgrade")
        one.command("staff", "add", "boss", "--role", "admin", "--password-stdin", typed=PASSWORD)
        public = a_free_port()
        environ["RETAIL_PUBLIC_URL"] = f"http://127.0.0.1:{public}"
        one.servers += [
            stack.enter_context(a_server("granian", environ, tmp_path / "first")),
            stack.enter_context(a_server("uvicorn", environ, tmp_path / "second")),
        ]
        stack.enter_context(a_process(environ, ["-m", "retail_entrypoints.cli", "worker"], tmp_path / "worker"))
        one.logs_in("boss", "boss")
        yield one


def test_a_month_of_two_stores(operator: Operator) -> None:
    """ACC-R13, ACC-R18, SET-R1, SET-R3, MSG-R1, REV-R4, PRV-R1, PAY-R20: what an operator does, at either server."""
    sku_id, of_ningbo = _two_stores(operator)
    _members_of_before_move_in(operator)
    _a_member_comes(operator)
    _another_timeout_counts_at_once(operator, sku_id)
    order_id = _bought_and_sent(operator, sku_id)
    _each_store_sees_its_own(operator, {"HZ": order_id, "NB": _bought_and_sent(operator, of_ningbo, "NB")})
    _a_review_with_a_picture_is_looked_at(operator, order_id)
    _a_stuck_refund_is_told_to_the_robot(operator, order_id)
    _a_member_asks_what_is_known(operator, order_id)
    _the_month_is_closed(operator)
    operator.command("audit")


def _two_stores(operator: Operator) -> tuple[str, str]:
    """Each with a clerk who sees it alone, and goods that lie only there."""
    for code in ("HZ", "NB"):
        operator.done("boss", "POST", "/staff/locations", {"code": code, "name": code, "kind": "store", "sells_online": True})
        role = {"code": f"clerk-{code.lower()}", "name": code, "permissions": MAY, "places": [code]}
        operator.done("boss", "POST", "/staff/roles", role)
        somebody = {
            "login": f"clerk-{code.lower()}",
            "name": code,
            "password": PASSWORD,
            "custom_roles": [role["code"]],
            "roles": [],
        }
        operator.done("boss", "POST", "/staff/staff", somebody)
        operator.logs_in(code, f"clerk-{code.lower()}")
    zone = {"regions": [""], "delivers": True, "first_minor": 800, "next_minor": 0}
    template = {"name": "Parcel", "charge_by": "piece", "is_default": True, "zones": [zone]}
    operator.done("boss", "POST", "/staff/freight-templates", template)
    tea = _goods_of(operator, "TEA", "明前龙井", who="HZ", nobody_else="NB")
    return tea, _goods_of(operator, "CUP", "青瓷杯", who="NB", nobody_else="HZ")


def _goods_of(operator: Operator, code: str, title: str, *, who: str, nobody_else: str) -> str:
    """The clerk of the store takes them in; the other one cannot."""
    kind = {"code": f"{code}-100", "price": {"minor": 1_999, "currency": "CNY"}}
    goods = {"code": code, "description": {"title": title}, "on_sale": True, "skus": [kind]}
    made = operator.done("boss", "POST", "/staff/products", goods)
    receipt = {"sku_id": made["sku_ids"][0], "location": who, "quantity": 20, "reference": "first"}
    operator.done(who, "POST", "/staff/stock/receipts", receipt)
    assert operator.ask(nobody_else, "POST", "/staff/stock/receipts", receipt).status_code == 404
    return str(made["sku_ids"][0])


def _members_of_before_move_in(operator: Operator) -> None:
    """ACC-R18, ACC-R16: they log in with a code, are who they were, and are asked for the terms."""
    rows = (
        "phone,name,region_code,detail,orders_count,amount",
        "13800138002,李雷,440305,科技园路 2 号,3,199.50",
        "13900139000,Lucy,,,,",
    )
    table = "".join(f"{row}\n" for row in rows)
    for dry_run, made in ((True, (2, 0)), (False, (2, 0)), (False, (0, 2))):
        told = operator.done("boss", "POST", "/staff/members/imports", {"file": table, "dry_run": dry_run})
        assert (told["created"], told["unchanged"], told["stored"]) == (*made, not dry_run)
    proof = operator.code_to("13800138002", "login")
    operator.tokens["lilei"] = operator.done("", "POST", "/auth/sessions", proof)["token"]
    me = operator.done("lilei", "GET", "/me", at=1)
    assert me["name"] == "李雷" and me["terms_to_agree"] is not None


def _a_member_comes(operator: Operator) -> None:
    wish = {**operator.code_to("13800138001", "register"), "login": "alice", "password": PASSWORD, "name": "爱丽丝"}
    operator.tokens["alice"] = operator.done("", "POST", "/auth/accounts", wish)["token"]
    home = {"recipient": "爱丽丝", "phone": "13800138001", "region_code": "440305", "region": "广东省 深圳市 南山区"}
    operator.done("alice", "POST", "/me/addresses", {**home, "detail": "科技园路 1 号", "is_default": True})


def _placed(operator: Operator, sku_id: str, *, at: int = 0) -> Any:
    (home,) = operator.done("alice", "GET", "/me/addresses")["items"]
    delivery = {"kind": "address", "address_id": home["address_id"]}
    quote = operator.done("alice", "POST", "/quotes", {"lines": [{"sku_id": sku_id, "quantity": 1}], "delivery": delivery})
    return operator.done("alice", "POST", "/orders", {"quote_id": quote["quote_id"], "hash": quote["hash"]}, at=at)


def _another_timeout_counts_at_once(operator: Operator, sku_id: str) -> None:
    """SET-R3: with the next decision of every process, whichever was told of it."""
    for server, seconds in enumerate((600, 1_200)):
        change = {"values": {"orders.pay_seconds": seconds}, "reason": "flash sale"}
        operator.done("boss", "POST", "/staff/settings/changes", change, at=server)
        placed = _placed(operator, sku_id, at=1 - server)
        pay_by = datetime.fromisoformat(operator.done("alice", "GET", f"/orders/{placed['order_id']}")["pay_by"])
        left = pay_by - operator.now()
        assert timedelta(seconds=seconds - 60) < left <= timedelta(seconds=seconds)
        operator.done("alice", "POST", f"/orders/{placed['order_id']}/cancel", {})


def _bought_and_sent(operator: Operator, sku_id: str, who: str = "HZ") -> str:
    order_id = str(_placed(operator, sku_id)["order_id"])
    way = {"gateway": "sandbox", "flow": "desktop_qr"}
    payment = operator.done("alice", "POST", f"/orders/{order_id}/payments", way, at=1)
    operator.sandbox.pay(payment["payment_id"].replace("-", ""))
    refresh = f"/payments/{payment['payment_id']}/refresh"

    def is_paid() -> bool:
        operator.ask("alice", "POST", refresh, {})
        return bool(operator.done("alice", "GET", f"/orders/{order_id}")["status"] == "to_ship")

    eventually(is_paid)
    operator.done(who, "POST", f"/staff/orders/{order_id}/ship", {"carrier": "SF", "tracking_number": "SF1"})
    operator.done("alice", "POST", f"/orders/{order_id}/receipt", {})
    return order_id


def _each_store_sees_its_own(operator: Operator, sent: Mapping[str, str]) -> None:
    """ACC-R13: what went out of Hangzhou is not there for a clerk of Ningbo, at either server, nor the other way round."""
    ours = {f"/staff/orders/{order_id}": who for who, order_id in sent.items()}
    for who in sent:
        seen = [one["order_id"] for one in operator.done(who, "GET", "/staff/orders")["items"]]
        assert sent[who] in seen and not set(seen) & {order_id for other, order_id in sent.items() if other != who}
        assert {one["location"] for one in operator.done(who, "GET", "/staff/stock")["items"]} == {who}
        for path, whose in ours.items():
            told = {operator.ask(who, "GET", path, at=at).status_code for at in (0, 1)}
            assert told == ({200} if whose == who else {404})


def _a_review_with_a_picture_is_looked_at(operator: Operator, order_id: str) -> None:
    """REV-R4: nobody reads it before somebody of staff has let it up."""
    shown = {"content-type": "image/jpeg"}
    sent = operator.done("alice", "POST", "/pictures", content=drawn_pictures.sent(), headers=shown)
    picture = f"/pictures/{sent['picture_id']}"
    eventually(lambda: operator.done("alice", "GET", picture)["state"] == "ready")
    words = {"stars": 5, "text": "茶很香", "pictures": [sent["picture_id"]], "anonymous": False}
    operator.done("alice", "POST", f"/orders/{order_id}/lines/1/review", words)
    product_id = operator.done("alice", "GET", f"/orders/{order_id}")["lines"][0]["product_id"]
    assert operator.done("", "GET", f"/products/{product_id}/reviews")["items"] == []

    (waiting,) = operator.done("boss", "GET", "/staff/reviews")["items"]
    decision = {"action": "publish", "reviews": [{"review_id": waiting["review_id"], "version": waiting["version"]}]}
    operator.done("boss", "POST", "/staff/reviews/decisions", decision, at=1)

    (up,) = eventually(lambda: operator.done("", "GET", f"/products/{product_id}/reviews")["items"])  # pages are kept a moment
    assert up["text"] == "茶很香" and len(up["pictures"]) == 1


def _a_stuck_refund_is_told_to_the_robot(operator: Operator, order_id: str) -> None:
    """MSG-R1: money that should go back and does not is told where staff read."""
    operator.sandbox.refunds_become("pending")
    line = operator.done("boss", "GET", f"/staff/orders/{order_id}")["lines"][0]
    wish = {"reason": "broken", "lines": [{"sku_id": line["sku_id"], "quantity": 1}]}
    operator.done("boss", "POST", f"/staff/orders/{order_id}/refunds", wish)
    refs = [one["ref"] for one in operator.sandbox.payments() if one["status"] == "succeeded"]
    (theirs,) = eventually(lambda: operator.sandbox.refunds(refs[0]))
    operator.sandbox.settle_refund(theirs["refund_ref"], "need-attention")

    told = eventually(lambda: [text for text in operator.heard() if "退款卡住" in text], seconds=120.0)
    assert len(told) == 1


def _a_member_asks_what_is_known(operator: Operator, order_id: str) -> None:
    """PRV-R1: everything, as one document; the same whoever of staff exports it for them, which the trail tells."""
    mine = operator.done("alice", "GET", "/me/export", at=1)
    assert order_id in json.dumps(mine) and "科技园路" in json.dumps(mine, ensure_ascii=False)
    theirs = operator.done("boss", "GET", f"/staff/members/{mine['member_id']}/export")
    assert set(theirs["sections"]) == set(mine["sections"])
    newest = operator.done("boss", "GET", "/staff/trail")["items"][0]
    assert (newest["action"], newest["object"]) == ("export_member", mine["member_id"])


def _the_month_is_closed(operator: Operator) -> None:
    """PAY-R19, PAY-R20: once it is over; every account goes on from what it held, and nothing is owed that nobody knows of."""
    month = operator.now().astimezone(SHOP).strftime("%Y-%m")
    early = operator.ask("boss", "POST", "/staff/books/closings", {"through": month})
    assert (early.status_code, early.json()["code"]) == (409, "books.day_not_over")
    operator.ahead += timedelta(days=35)
    time.sleep(0.5)
    operator.logs_in("boss", "boss")
    operator.done("boss", "POST", "/staff/books/closings", {"through": month})
    again = operator.ask("boss", "POST", "/staff/books/closings", {"through": month}, at=1)
    assert (again.status_code, again.json()["code"]) == (409, "books.closed_already")

    days = operator.done("boss", "GET", f"/staff/books/days?first={month}&last={month}", at=1)["items"]
    sums = [[one[side]["minor"] for side in ("opening", "debit", "credit", "closing")] for one in days]
    assert len(sums) > 3 and all(opening + debit - credit == closing for opening, debit, credit, closing in sums)
