"""A small HTTP door with routes of every sort, and ways to knock at it: in process, and over a real socket.

The routes here stand in for a context's, so that the door itself is tried without a shop behind it. No
`from __future__ import annotations`: Litestar reads these types at run time.
"""

import asyncio
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import httpx2
import uvicorn
from attrs import define, field
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta

from retail_domain.accounts.errors import SessionInvalid
from retail_domain.accounts.model.session import Principal
from retail_domain.accounts.model.staff import Permission, Role
from retail_domain.accounts.use_cases.staff import NoteStaffAction
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.errors import DomainError, InvalidInput, Kind, Unavailable, refusal
from retail_domain.kernel.ids import MemberId, SessionId, StaffId
from retail_domain.kernel.money import Money
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.payments import RawReply, TakeNotice
from retail_entrypoints.http.app import Door, create_app
from retail_entrypoints.http.caller import Caller
from retail_entrypoints.http.lists import PageShape, listing
from retail_entrypoints.http.notices import notice_routes
from retail_entrypoints.http.routing import GUEST_OR_MEMBER, LOGGED_IN, MEMBER, PUBLIC, STAFF, get, post
from retail_entrypoints.http.shapes import Answer, Body, Instant, MoneyShape, Quantity, Search, Text, Uuid, in_utc
from retail_entrypoints.http.shop import ServedShop
from retail_entrypoints.settings import Settings

ALICE = MemberId(UUID("0198f0a4-7c1e-7d3a-9b52-000000000001"))
CLERK = StaffId(UUID("0198f0a4-7c1e-7d3a-9b52-000000000002"))
SESSION = SessionId(UUID("0198f0a4-7c1e-7d3a-9b52-000000000009"))
SKU = "0198f0a4-7c1e-7d3a-9b52-000000000003"
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


ACCOUNTS = {
    "alice-token": Principal(session_id=SESSION, member_id=ALICE),
    "clerk-token": Principal(session_id=SESSION, staff_id=CLERK, roles=(Role.CLERK,)),
}


@refusal
class SoldOut(DomainError):
    """There are not enough left."""

    code = "test.sold_out"
    kind = Kind.REFUSED
    available: int
    price: Money
    sku_id: UUID
    at: datetime


@refusal
class TooOften(DomainError):
    """Too often; please wait."""

    code = "test.too_often"
    kind = Kind.TOO_MANY
    retry_after_seconds: int


class NoonClock:
    def now(self) -> datetime:
        return NOON


class LineBody(Body, frozen=True):
    sku_id: Uuid
    quantity: Quantity


class OrderBody(Body, frozen=True):
    """What is wanted."""

    lines: Annotated[list[LineBody], Meta(min_length=1, max_length=100)]
    note: Text | None = None
    at: Instant | None = None


class OrderAnswer(Answer, frozen=True):
    """What was placed."""

    quantity: Quantity
    payable: MoneyShape
    by: Instant
    fingerprint: str | None


class EchoAnswer(Answer, frozen=True):
    """What the door understood."""

    words: str | None
    count: int | None


@define
class Knocks:
    """What reached the handlers."""

    seen: list[Any] = field(factory=list)


def routes(knocks: Knocks) -> Sequence[HTTPRouteHandler]:
    @post("/orders", permission=MEMBER, raises=[SoldOut])
    async def place_order(
        data: JSONBody[OrderBody], member_id: NamedDependency[MemberId], once: NamedDependency[Once | None]
    ) -> OrderAnswer:
        knocks.seen.append((member_id, once, data))
        by = in_utc("at", data.at) if data.at else NOON
        return OrderAnswer(data.lines[0].quantity, MoneyShape.of(Money(1999, "CNY")), by, once.fingerprint if once else None)

    @get("/orders/{order_id:uuid}", permission=MEMBER)
    async def get_order(order_id: FromPath[UUID]) -> EchoAnswer:
        return EchoAnswer(str(order_id), None)

    @get("/echo", permission=PUBLIC)
    async def echo(words: Search = None, count: Annotated[int | None, QueryParameter(ge=1, le=10)] = None) -> EchoAnswer:
        return EchoAnswer(words, count)

    @get("/things", permission=PUBLIC)
    async def list_things(page: NamedDependency[PageRequest]) -> PageShape[str]:
        if page.cursor == "unknown":
            raise InvalidInput.of("cursor", "cursor", "this is not a cursor of this list")
        return listing(Page(tuple(f"thing {number}" for number in range(page.limit)), "next"), str)

    @post("/sold-out", permission=PUBLIC, status=200, raises=[SoldOut])
    async def be_sold_out() -> EchoAnswer:
        raise SoldOut(available=1, price=Money(1999, "CNY"), sku_id=UUID(SKU), at=NOON)

    @post("/too-often", permission=PUBLIC, raises=[TooOften])
    async def be_too_often() -> EchoAnswer:
        raise TooOften(retry_after_seconds=17)

    @post("/unavailable", permission=PUBLIC)
    async def be_unavailable() -> EchoAnswer:
        raise Unavailable(reason="db-7.internal is down")

    @post("/bug", permission=PUBLIC)
    async def be_a_bug() -> EchoAnswer:
        raise ValueError("password hunter2 of +8613800138000")

    @post("/assertion", permission=PUBLIC)
    async def be_an_assertion() -> EchoAnswer:
        raise AssertionError("a law was broken: hunter2")

    @get("/guest", permission=GUEST_OR_MEMBER)
    async def as_guest(caller: NamedDependency[Caller]) -> EchoAnswer:
        return EchoAnswer(caller.principal, None)

    @get("/whoever", permission=LOGGED_IN)
    async def as_whoever(actor: NamedDependency[Actor]) -> EchoAnswer:
        return EchoAnswer(f"{actor.kind.value}:{actor.ref}", None)

    @get("/staff/desk", permission=STAFF)
    async def as_staff(staff_id: NamedDependency[StaffId]) -> EchoAnswer:
        return EchoAnswer(str(staff_id), None)

    @post("/staff/ship", permission=Permission.ORDERS_SHIP, status=200)
    async def ship() -> EchoAnswer:
        knocks.seen.append("shipped")
        return EchoAnswer("shipped", None)

    @post("/staff/refund", permission=Permission.REFUNDS_MAKE, status=200)
    async def refund() -> EchoAnswer:
        return EchoAnswer("refunded", None)

    @get("/address", permission=PUBLIC)
    async def get_address(client_address: NamedDependency[str]) -> EchoAnswer:
        return EchoAnswer(client_address, None)

    @get("/slow", permission=PUBLIC)
    async def be_slow() -> EchoAnswer:
        knocks.seen.append("slow")
        print("slow", flush=True)  # so that another process knows that the request is under way
        await asyncio.sleep(0.5)
        return EchoAnswer("finished", None)

    return [
        place_order, get_order, echo, list_things, be_sold_out, be_too_often, be_unavailable, be_a_bug, be_an_assertion,
        as_guest, as_whoever, as_staff, ship, refund, get_address, be_slow,
    ]  # fmt: skip


async def authenticate(token: str) -> Principal:
    if token not in ACCOUNTS:
        raise SessionInvalid()
    return ACCOUNTS[token]


def a_shop(knocks: Knocks | None = None, ready: bool = True, **environ: str) -> ServedShop[None]:
    async def readiness() -> dict[str, bool]:
        return {"database": ready}

    async def note(action: NoteStaffAction) -> None:
        if knocks is not None:
            knocks.seen.append(action)

    return ServedShop(
        retail=None,
        settings=Settings.from_environ(environ),
        clock=NoonClock(),
        authenticate=authenticate,
        readiness=readiness,
        note_staff_action=note,
    )


def a_door(knocks: Knocks | None = None, ready: bool = True, **environ: str) -> Door:
    """The door with the routes above."""
    noted = knocks or Knocks()
    shop = a_shop(noted, ready, **environ)

    async def take_notice(command: TakeNotice) -> RawReply:
        noted.seen.append(command)
        return RawReply(202, b"OK " + command.body[:8], "text/plain")

    return create_app(shop, [*routes(noted), *notice_routes(take_notice, shop.settings.notice_bytes_max)])


def knocking(app: Any, token: str | None = None, peer: str = "203.0.113.9") -> httpx2.AsyncClient:
    """A client in process."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    transport = httpx2.ASGITransport(app, client=(peer, 4711), raise_app_exceptions=False)
    return httpx2.AsyncClient(transport=transport, base_url="http://shop.test", headers=headers)


@contextmanager
def served(app: Any) -> Iterator[tuple[str, int]]:
    """The app on a real socket, in a thread of its own."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="on", timeout_graceful_shutdown=5))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[:2]
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()


def exchange(address: tuple[str, int], raw: bytes) -> bytes:
    """Send bytes as they are, and read what comes back until the server closes or has answered."""
    with socket.create_connection(address, timeout=10) as connection:
        with suppress(OSError):  # reset, broken pipe, not connected any more: it has hung up, and may have answered before
            connection.sendall(raw)
            connection.shutdown(socket.SHUT_WR)
        answered = b""
        with suppress(ConnectionResetError):  # a server may hang up on what it does not like
            while part := connection.recv(65_536):
                answered += part
    return answered
