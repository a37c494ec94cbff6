"""The whole shop behind its HTTP door, on the memory store, with the demo data, two members and three of staff."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

import httpx2
from attrs import define, evolve, field, frozen

from retail_adapters.assemble import Outside, on_database, on_memory
from retail_adapters.assembly.policies import Policies
from retail_domain.accounts import Permission, Proof, Purpose, Role
from retail_domain.accounts.model.keys import NOT_FOR_MACHINES
from retail_domain.accounts.use_cases.addresses import AddAddress, ContactAsTyped
from retail_domain.accounts.use_cases.keys import MakeKey
from retail_domain.accounts.use_cases.log_in_with_code import LogInWithCode
from retail_domain.accounts.use_cases.log_in_with_password import LogInWithPassword
from retail_domain.accounts.use_cases.send_code import SendCode
from retail_domain.accounts.use_cases.staff import AddStaff
from retail_domain.application import Retail
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.second_person import SecondPerson
from retail_domain.processes.purchase.checkout import CheckoutRules
from retail_entrypoints.cli.demo_data import ADMIN_LOGIN, MEMBER_LOGIN, PASSWORD, CaughtMessages, fill
from retail_entrypoints.container import OpenShop
from retail_entrypoints.http.app import Door
from retail_entrypoints.http.serving import Pages, door_of
from retail_entrypoints.settings import Settings
from tests.e2e.door import knocking
from tests.support.drawn_pictures import sent
from tests.support.passwords import CheapPasswords
from tests.support.pretend_gateway import PretendGateway, PretendReader
from tests.support.stores import Place, open_database

NOBODY: Final = "01890000-0000-7000-8000-00000000dead"
SYSTEM: Final = Actor.system("tests")
PATIENT: Final = Policies(
    checkout=CheckoutRules(open_orders_max=1_000), second_person=SecondPerson(limits={"refund": 10**9, "write_off": 100_000})
)
"""Alice orders more than she ever pays for, and only what is very large takes two people."""


@define
class SetClock:
    """A clock that tests move."""

    at: datetime = field(factory=lambda: datetime(2026, 1, 31, 12, tzinfo=UTC))

    def now(self) -> datetime:
        return self.at

    def forward(self, **time: int) -> None:
        self.at += timedelta(**time)


PROGRAMS: Final = {
    "narrow": (Permission.CATALOG_SEE,),
    "wide": tuple(one for one in Permission if one not in NOT_FOR_MACHINES),
}
"""Programs with a key: one that may look at goods, and one that may whatever a program may."""


@frozen
class WholeShop:
    """The door, the shop behind it, and a token for each sort of caller."""

    retail: Retail
    clock: SetClock
    tokens: Mapping[str, str]
    sms: CaughtMessages
    opened: OpenShop
    database: Any = None
    pages: Pages | None = None
    doors: list[Door] = field(factory=list)

    @property
    def app(self) -> Door:
        """Made when somebody first knocks: that takes longer than all the rest."""
        if not self.doors:
            self.doors.append(door_of(self.opened, pages=self.pages))
        return self.doors[0]

    def knocking(self, who: str = "anonymous") -> httpx2.AsyncClient:
        return knocking(self.app, self.tokens.get(who))


async def a_whole_shop(**environ: str) -> WholeShop:
    """A shop on the memory store, with these settings."""
    clock, caught = SetClock(), CaughtMessages()
    outside = Outside(clock=clock, sms=caught, policies=PATIENT, passwords=CheapPasswords())
    return await _furnished(on_memory(outside), clock, caught, environ)


@asynccontextmanager
async def open_whole_shop(
    place: Place,
    provider: PretendGateway | None = None,
    through: Callable[[Any], Any] = lambda database: database,
    policies: Policies = PATIENT,
) -> AsyncIterator[WholeShop]:
    """A shop on any store; with a provider it takes `sandbox` payments too; `through` puts something before its database."""
    clock, caught = SetClock(), CaughtMessages()
    outside = Outside(clock=clock, sms=caught, policies=policies, passwords=CheapPasswords())
    if provider is not None:
        gateways = {**outside.gateways, provider.code: provider}
        outside = evolve(outside, gateways=gateways, readers={provider.code: PretendReader()})
    if place.kind == "memory":
        yield await _furnished(on_memory(outside), clock, caught)
        return
    async with open_database(place) as database:
        shop = await _furnished(on_database(through(database), outside), clock, caught)
        yield evolve(shop, database=database)


async def _furnished(
    retail: Retail, clock: SetClock, caught: CaughtMessages, environ: Mapping[str, str] = MappingProxyType({})
) -> WholeShop:
    """It sells; there are `alice` (the demo member), `bob`, `clerk`, `finance` and `admin`, and the programs."""
    await fill(retail, caught)
    for role in (Role.CLERK, Role.FINANCE):
        staff = AddStaff(login=f"the-{role.value}", password=PASSWORD, name=role.value, roles=(role,), actor=SYSTEM)
        await retail.accounts.add_staff(staff)
    opened = OpenShop(retail=retail, settings=Settings.from_environ(environ), clock=clock, readiness=_ready, audit=_clean)
    shop = WholeShop(retail, clock, {}, caught, opened)
    logins = {"alice": MEMBER_LOGIN, "clerk": "the-clerk", "finance": "the-finance", "admin": ADMIN_LOGIN}
    tokens = {who: await _token(retail, login) for who, login in logins.items()}
    return evolve(shop, tokens=tokens | {"bob": await _bob(shop)} | {who: await _key(retail, who) for who in PROGRAMS})


async def _key(retail: Retail, name: str) -> str:
    return (await retail.accounts.make_key(MakeKey(name=name, permissions=PROGRAMS[name], actor=SYSTEM))).key


async def _ready() -> Mapping[str, bool]:
    return {"memory": True}


async def _clean() -> list[Any]:
    return []


async def _token(retail: Retail, login: str) -> str:
    return (await retail.accounts.log_in_with_password(LogInWithPassword(login=login, password=PASSWORD))).token


async def _bob(shop: WholeShop) -> str:
    """Another member, registered with a code, and with an address of his own."""
    accounts = shop.retail.accounts
    sent = await accounts.send_code(SendCode(phone=Phone.parse("13900139000"), purpose=Purpose.LOGIN))
    session = await accounts.log_in_with_code(
        LogInWithCode(proof=Proof(challenge_id=sent.challenge_id, code=shop.sms.codes[-1]))
    )
    contact = ContactAsTyped(
        recipient="Bob", phone=Phone.parse("13900139000"), region_code="440000", region="广东省", detail="深南大道2号"
    )
    await shop.retail.accounts.add_address(AddAddress(member_id=session.member_id, contact=contact))
    return session.token


@frozen(kw_only=True)
class Things:
    """One of everything that belongs to alice."""

    sku_id: str
    product_id: str
    address_id: str
    quote_id: str
    order_id: str
    payment_id: str
    picture_id: str


async def things_of_alice(shop: WholeShop) -> Things:
    """She fills a cart, gets a quote, orders, and starts to pay at the counter."""
    async with shop.knocking("alice") as client:
        product = (await client.get("/v1/products")).json()["items"][0]
        sku_id = product["skus"][0]["sku_id"]
        address_id = (await client.get("/v1/me/addresses")).json()["items"][0]["address_id"]
        basket = {"lines": [{"sku_id": sku_id, "quantity": 1}], "delivery": {"kind": "address", "address_id": address_id}}
        quote = (await client.post("/v1/quotes", json=basket)).json()
        order = (await client.post("/v1/orders", json={"quote_id": quote["quote_id"], "hash": quote["hash"]})).json()
        way = {"gateway": "counter", "flow": "counter"}
        payment = (await client.post(f"/v1/orders/{order['order_id']}/payments", json=way)).json()
        picture = (await client.post("/v1/pictures", content=sent(), headers={"Content-Type": "image/jpeg"})).json()
    return Things(
        sku_id=sku_id, product_id=product["product_id"], address_id=address_id, quote_id=quote["quote_id"],
        order_id=order["order_id"], payment_id=payment["payment_id"],
        picture_id=picture.get("picture_id", NOBODY),  # so many a day, and some tests send one for each call
    )  # fmt: skip


def operations(description: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Method, path and description of every operation."""
    for path, item in description["paths"].items():
        for method, operation in item.items():
            yield method.upper(), path, operation


def misfits(value: Any, schema: Mapping[str, Any], components: Mapping[str, Any], at: str = "$") -> Iterator[str]:
    """Where a JSON value does not fit its schema; as much of JSON Schema as the description uses."""
    if "$ref" in schema:
        yield from misfits(value, components[schema["$ref"].rpartition("/")[2]], components, at)
    elif options := schema.get("oneOf") or schema.get("anyOf"):
        if all(any(True for _ in misfits(value, option, components, at)) for option in options):
            yield f"{at} fits none of its forms"
    elif "enum" in schema and value not in schema["enum"]:
        yield f"{at} is {value!r}, not one of {schema['enum']}"
    elif "type" in schema and not _is_of(value, schema["type"]):
        yield f"{at} is {value!r}, not {schema['type']}"
    elif isinstance(value, dict) and "properties" in schema:
        yield from (f"{at} lacks {name}" for name in schema.get("required", ()) if name not in value)
        yield from (f"{at} has {name} besides" for name in value if name not in schema["properties"])
        for name, inner in schema["properties"].items():
            yield from misfits(value[name], inner, components, f"{at}.{name}") if name in value else ()
    elif isinstance(value, list) and "items" in schema:
        for place, item in enumerate(value):
            yield from misfits(item, schema["items"], components, f"{at}[{place}]")


def _is_of(value: Any, kinds: str | list[str]) -> bool:
    of = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "object": dict, "array": list}
    if isinstance(kinds, list):
        return any(_is_of(value, kind) for kind in kinds)
    return isinstance(value, of.get(kinds, type(None))) and (kinds == "boolean" or not isinstance(value, bool))


async def described(shop: WholeShop) -> Mapping[str, Any]:
    """What the shop says about itself."""
    async with shop.knocking() as client:
        told: Mapping[str, Any] = json.loads((await client.get("/schema/openapi.json")).content)
    return told
