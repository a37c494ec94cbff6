"""Canaries: unmistakable personal data and secrets go through a purchase full of mishaps, and are found nowhere."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import asyncpg
import httpx2
import pytest
from attrs import define, field

from tests.support.furnished import furnish
from tests.support.sandbox import Sandbox, running_sandbox
from tests.support.servers import PATIENCE_SECONDS, ROOTS, Process, Server, a_process, a_server
from tests.support.stores import Place, place_of

pytestmark = pytest.mark.slow

PHONE = "17094821365"
NAME, STREET = "金丝雀甲", "金丝雀路八十八号"
PASSWORD, WRONG_PASSWORD = "kanarie-7Qm2-lantern", "wrong-kanarie-91xz"


@pytest.fixture(params=("sqlite", "postgres"))
def place(request: pytest.FixtureRequest) -> Place:
    """Both databases."""
    return place_of(request)


@define
class Canaries:
    """What was planted: personal data, which only the contacts may hold, and secrets, which nothing may hold."""

    personal: dict[str, str] = field(
        factory=lambda: {"phone": PHONE, "the phone's end": PHONE[3:], "name": NAME, "street": STREET}
    )
    secrets: dict[str, str] = field(factory=lambda: {"password": PASSWORD, "wrong password": WRONG_PASSWORD})
    codes: list[str] = field(factory=list)

    def sightings(self, where: str, text: str) -> Iterator[str]:
        """Every canary seen there, as it is, as JSON or Python would spell it, in hexadecimal, or as a code on its own."""
        for name, word in {**self.personal, **self.secrets}.items():
            spelled = (word, json.dumps(word)[1:-1], word.encode().hex(), word.encode("unicode_escape").decode())
            for at in [text.lower().find(each.lower()) for each in spelled if each.lower() in text.lower()][:1]:
                yield f"{name} in {where}: ...{text[max(at - 120, 0) : at + 60]!r}..."
        for code in self.codes:
            if re.search(rf"(?<![0-9A-Za-z.\-]){code}(?![0-9A-Za-z\-])", text):
                yield f"a code in {where}"


@define
class Journey:
    """A purchase through real processes, by somebody to whom everything happens."""

    server: Server
    sandbox: Sandbox
    sms: Path
    canaries: Canaries
    client: Any = None
    refusals: list[str] = field(factory=list)

    def make(self) -> None:
        """Register, log in, order, pay, and do everything wrong that can be done wrong."""
        with httpx2.Client(base_url=self.server.url, timeout=PATIENCE_SECONDS) as self.client:
            self._register()
            order = self._order()
            self._pay(order)
            self._make_mistakes(order)

    def _call(self, method: str, path: str, **more: Any) -> Any:
        answer = self.client.request(method, path, **more)
        if answer.status_code >= 400:
            self.refusals.append(answer.text)
        return answer.json() if "json" in answer.headers.get("content-type", "") else None

    def _code(self, purpose: str) -> dict[str, str]:
        challenge = self._call("POST", "/v1/auth/codes", json={"phone": PHONE, "purpose": purpose})["challenge_id"]
        told = json.loads(self.sms.read_text().splitlines()[-1])
        self.canaries.codes.append(told["parameters"]["code"])
        return {"challenge_id": challenge, "code": self.canaries.codes[-1]}

    def _register(self) -> None:
        registered = self._code("register") | {"login": "kanarie", "password": PASSWORD, "name": NAME}
        assert "token" in self._call("POST", "/v1/auth/accounts", json=registered)
        for wrong in ({"login": "kanarie", "password": WRONG_PASSWORD}, {"login": PASSWORD, "password": PASSWORD}):
            self._call("POST", "/v1/auth/sessions", json=wrong)
        session = self._call("POST", "/v1/auth/sessions", json={"login": "kanarie", "password": PASSWORD})
        self.client.headers["Authorization"] = f"Bearer {session['token']}"
        guest = self._call("POST", "/v1/carts")
        self.canaries.secrets |= {"session token": session["token"], "cart token": guest["cart_token"]}
        self._call("GET", "/v1/cart", headers={"X-Cart-Token": guest["cart_token"]})

    def _order(self) -> str:
        contact = {"recipient": NAME, "phone": PHONE, "region_code": "310000", "region": "上海市", "detail": STREET}
        address = self._call("POST", "/v1/me/addresses", json=contact)["address_id"]
        sku = self._call("GET", "/v1/products", params={"query": "茶杯"})["items"][0]["skus"][0]["sku_id"]
        basket = {"lines": [{"sku_id": sku, "quantity": 1}], "delivery": {"kind": "address", "address_id": address}}
        quote = self._call("POST", "/v1/quotes", json=basket)
        order = self._call("POST", "/v1/orders", json={"quote_id": quote["quote_id"], "hash": quote["hash"]})
        return str(order["order_id"])

    def _pay(self, order: str) -> None:
        way = {"gateway": "sandbox", "flow": "desktop_page"}
        for fault in ("500", "bad_signature"):
            self.sandbox.arm(fault, on="create")
            self._call("POST", f"/v1/orders/{order}/payments", json=way)
        payment = self._call("POST", f"/v1/orders/{order}/payments", json=way)
        raw = self.sandbox.signed(self.sandbox.pay(payment["payment_id"].replace("-", ""), force=True))
        self._call("POST", "/v1/gateways/sandbox/notices", content=raw.body, headers=dict(raw.headers))
        assert self._call("GET", f"/v1/orders/{order}")["status"] == "to_ship"

    def _make_mistakes(self, order: str) -> None:
        for word in (PHONE, NAME, PASSWORD, self.canaries.secrets["session token"]):
            self._call("GET", f"/v1/orders/{word}")
            self._call("GET", f"/{word}", params={word: word})
            self._call("GET", "/v1/products", params={"query": word})
            self._call("GET", "/v1/products", params={"cursor": word})
            self._call("GET", "/v1/me", headers={"Authorization": f"Bearer {word.encode().hex()}"})
            self._call("POST", "/v1/me/addresses", json={"recipient": [word], "phone": word, "detail": {"x": word}})
            self._call("POST", "/v1/auth/codes", json={"phone": word * 3, "purpose": word})
            self._call("POST", f"/v1/orders/{order}/cancel", json={"reason": 1, "phone": word})
            self._call("POST", "/v1/gateways/sandbox/notices", content=word.encode(), headers={"Sandbox-Signature": "x"})
            self._call("POST", "/v1/quotes", content=f'{{"{word}": '.encode(), headers={"Content-Type": "application/json"})


def _break(place: Place) -> None:
    """From now on whoever asks for addresses gets an error of ours: what is then written down must not tell whose."""
    if place.kind == "sqlite":
        with sqlite3.connect(place.address) as database:
            database.execute("ALTER TABLE retail_contacts RENAME COLUMN kind TO kind_of_old")
    else:
        asyncio.run(_ask(place.address, "ALTER TABLE retail.contacts RENAME COLUMN kind TO kind_of_old"))


async def _ask(url: str, query: str) -> list[Any]:
    connection = await asyncpg.connect(url)
    try:
        rows: list[Any] = await connection.fetch(query)
        return rows
    finally:
        await connection.close()


PEOPLE: Final = ("contacts", "members", "challenges")
"""Where people are written down: their contacts, whom an account belongs to, and to whom a code went. Nowhere else."""


def _dump(place: Place) -> str:
    """Everything in the database but the people themselves, as text; bytes in hexadecimal."""
    if place.kind == "sqlite":
        with sqlite3.connect(place.address) as database:
            people = tuple(f'INSERT INTO "retail_{name}"' for name in PEOPLE)
            return "\n".join(line for line in database.iterdump() if not line.startswith(people))
    tables = [
        row["relname"]
        for row in asyncio.run(
            _ask(
                place.address,
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'retail'::regnamespace",
            )
        )
    ]
    assert set(PEOPLE) < set(tables) and len(tables) > 20
    told = [asyncio.run(_ask(place.address, f"SELECT t::text FROM retail.{name} t")) for name in tables if name not in PEOPLE]
    return "\n".join(row["t"] for rows in told for row in rows)


def _holds_contacts(place: Place) -> bool:
    query = "SELECT count(*) AS many FROM {}contacts"
    if place.kind == "sqlite":
        with sqlite3.connect(place.address) as database:
            return bool(database.execute(query.format("retail_")).fetchone()[0])
    return bool(asyncio.run(_ask(place.address, query.format("retail.")))[0]["many"])


def _command(environ: Mapping[str, str], *words: str) -> str:
    """What a command of the command line says, on both its streams, at its most talkative."""
    ours = {"PATH": "/usr/bin:/bin", "PYTHONPATH": ROOTS, **environ, "RETAIL_LOG_SEVERITY": "DEBUG"}
    command = [sys.executable, "-m", "retail_entrypoints.cli", *words]
    told = subprocess.run(command, env=ours, capture_output=True, text=True, check=False)
    return told.stdout + told.stderr


def _processes() -> str:
    found = []
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(line.read_text(errors="replace"))
        except OSError:  # it has ended
            continue
    return "\n".join(found)


def _planted(place: Place, sandbox: Sandbox, tmp_path: Path) -> tuple[dict[str, str], Canaries]:
    keys = {name: f"kanarie-{secrets.token_hex(16)}" for name in ("RETAIL_SECRET_KEY", "RETAIL_COUNTER_SECRET")}
    url = f"sqlite:///{place.address}" if place.kind == "sqlite" else place.address
    environ = {
        "RETAIL_DATABASE_URL": url,
        "RETAIL_SMS": f"file:{tmp_path / 'sms'}",
        "RETAIL_SANDBOX_BASE_URL": sandbox.url,
        "RETAIL_LOG_SEVERITY": "DEBUG",
        **keys,
    }
    canaries = Canaries()
    password = urlsplit(place.address).password if place.kind == "postgres" else None
    canaries.secrets |= keys | ({"the database's password": password} if password else {})
    return environ, canaries


def test_canaries_are_seen_nowhere(place: Place, tmp_path: Path) -> None:
    """R40, R41: not in the journals of server and worker, in refusals and failures, in what commands say, in the
    description, in the list of processes, nor in the database but where people are written down."""
    secret = f"kanarie-{secrets.token_hex(16)}"
    with running_sandbox(environment={"RETAIL_SANDBOX_SECRET": secret}) as sandbox:
        environ, canaries = _planted(place, sandbox, tmp_path)
        environ |= {"RETAIL_SANDBOX_SECRET": secret}
        canaries.secrets["the provider's secret"] = secret
        furnish(environ)
        with (
            a_server("granian", environ, tmp_path / "server") as server,
            a_process(environ, ["-m", "retail_entrypoints.cli", "worker"], tmp_path / "worker") as worker,
        ):
            journey = Journey(server, sandbox, tmp_path / "sms", canaries)
            journey.make()
            told = _everything_told(environ, place, server, worker, journey)

    seen = [sighting for where, text in told.items() for sighting in canaries.sightings(where, text)]
    assert seen == []
    assert "failed" in told["the server's journal"] and len(canaries.codes) == 1 and len(journey.refusals) > 30


def _everything_told(
    environ: Mapping[str, str], place: Place, server: Server, worker: Process, journey: Journey
) -> dict[str, str]:
    told = {"the database": _dump(place), "the processes": _processes()}
    assert _holds_contacts(place)
    told["the description"] = httpx2.get(f"{server.url}/schema/openapi.json", timeout=PATIENCE_SECONDS).text
    for words in ("members list", "members list --json", "orders list --json", "outbox list", "audit"):
        told[f"`retail {words}`"] = _command(environ, *words.split())
    nowhere = {**environ, "RETAIL_DATABASE_URL": "postgresql://shop:kanarie-5b1f-database@127.0.0.1:9/shop"}
    journey.canaries.secrets["the password of a database that is away"] = "kanarie-5b1f-database"
    told["a command without its database"] = _command(nowhere, "orders", "list")
    _break(place)
    with httpx2.Client(base_url=server.url, timeout=PATIENCE_SECONDS, headers=journey.client.headers) as client:
        failed = client.get("/v1/me/addresses")
        contact = {"recipient": NAME, "phone": PHONE, "region_code": "310000", "region": "上海市", "detail": STREET}
        told["failures"] = failed.text + client.post("/v1/me/addresses", json=contact).text
    assert failed.status_code == 500
    told["a command that fails"] = _command(environ, "members", "list")
    told["refusals"] = "\n".join(journey.refusals)
    told["the server's journal"] = server.journal.read_text()
    told["the worker's journal"] = worker.journal.read_text()
    return told


@pytest.mark.parametrize(
    "text", [f"+86{PHONE}", NAME, json.dumps(NAME), STREET.encode().hex().upper(), PASSWORD, "code 482913", '"482913"']
)
def test_a_canary_that_is_there_is_seen(text: str) -> None:
    """The search bites, whatever the spelling."""
    canaries = Canaries(codes=["482913"])

    assert list(canaries.sightings("here", f"something {text} something"))
    assert not list(canaries.sightings("here", "something 0.482913 and 3482913a something"))
