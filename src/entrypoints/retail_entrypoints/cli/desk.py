"""What commands share: an opened shop, who acts, lists as tables or JSON, progress (ACC-R4)."""

from __future__ import annotations

import asyncio
import functools
import getpass
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, ParamSpec, Protocol, TypeVar, cast, runtime_checkable

import attrs
import click
from attrs import frozen

from retail_adapters.sql.reads import SqlReads
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.effects import EVERYTHING, Granted
from retail_domain.kernel.money import Money
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.kernel.places import EVERYWHERE, Places
from retail_domain.kernel.reading import Misread, storable, whole
from retail_entrypoints.cli.tables import Columns as Columns, show_table, tabular
from retail_entrypoints.databases import opened_database
from retail_entrypoints.logs import start_journal
from retail_entrypoints.settings import Settings

if TYPE_CHECKING:  # a command loads the code of the contexts that it asks, and of no other
    from retail_domain.accounts import AccountsQueries
    from retail_domain.application import Retail
    from retail_domain.approvals import ApprovalQueries
    from retail_domain.catalog.queries import CatalogReader
    from retail_domain.fulfilment import ParcelQueries
    from retail_domain.inventory.queries import InventoryQueries
    from retail_domain.jobs import JobQueries
    from retail_domain.messages import MessageQueries
    from retail_domain.ordering import OrderQueries
    from retail_domain.payments import PaymentQueries
    from retail_domain.processes.worker.outbox import OutboxQueries
    from retail_domain.reviews import ReviewQueries
    from retail_entrypoints.container import OpenShop

P = ParamSpec("P")
V = TypeVar("V")

_PAGE: Final = 100
_TEXT_MAX: Final = 100_000


@runtime_checkable
class Named(Protocol):
    """What was typed as a name, and becomes what it names once the shop is open."""

    text: str

    async def found(self, desk: StaffDesk) -> object: ...


class ShopReads(Protocol):
    """The read side, a context each, for the type checker: the store's manifests say what stands behind it."""

    accounts: AccountsQueries
    approvals: ApprovalQueries
    catalog: CatalogReader
    fulfilment: ParcelQueries
    inventory: InventoryQueries
    jobs: JobQueries
    messages: MessageQueries
    ordering: OrderQueries
    outbox: OutboxQueries
    payments: PaymentQueries
    reviews: ReviewQueries


@frozen(kw_only=True)
class StaffDesk:
    """An opened database, who acts, and the shop on it, which is put together only for a command that asks it for something."""

    settings: Settings
    actor: Actor
    granted: Granted = EVERYTHING
    """What whoever acts may bring about: the system everything, staff what they are allowed."""
    within: Places = EVERYWHERE
    """The places that whoever acts is bound to, for what they do."""
    reads: ShopReads
    """What the shop shows: all that a command needs which only looks."""
    _shop: Callable[[], OpenShop]
    once: Once | None = None
    """The key that was typed: what the command asks of the shop under it is carried out once."""

    @property
    def shop(self) -> OpenShop:
        """The shop, with what its doors need besides."""
        return self._shop()

    @property
    def retail(self) -> Retail:
        """The shop's use cases."""
        return self._shop().retail


def settings_of_environment(*, is_server: bool = False) -> Settings:
    """The settings of this process; its journal speaks for servers, and for others when RETAIL_LOG_SEVERITY asks for it."""
    settings = Settings.from_environ(os.environ)
    if is_server or os.environ.get("RETAIL_LOG_SEVERITY"):
        start_journal(severity=settings.log_severity)
    return settings


def opened(work: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Decorator of an async command: it gets a `StaffDesk` first. Reads only; deciding commands use `deciding.decides`."""

    @functools.wraps(work)
    def carried_out(*args: Any, **more: Any) -> None:
        check_typed(more)
        asyncio.run(_opened(work, args, more))

    return carried_out


async def _opened(work: Callable[..., Awaitable[None]], args: Any, more: Any) -> None:
    async with open_desk(settings_of_environment()) as desk:
        await work(desk, *args, **await found(desk, more))


@asynccontextmanager
async def open_desk(settings: Settings) -> AsyncIterator[StaffDesk]:
    """The database that the settings name, opened, and the system acting on it."""
    async with opened_database(settings) as database, AsyncExitStack() as closing:

        @functools.cache
        def shop() -> OpenShop:
            from retail_entrypoints.container import shop_on

            return shop_on(settings, database, closing)

        yield StaffDesk(settings=settings, actor=system_actor(), reads=cast("ShopReads", SqlReads(database)), shop=shop)


async def found(desk: StaffDesk, typed: Mapping[str, Any]) -> Mapping[str, Any]:
    """What was typed, with what it names in place of the names."""
    return {name: await _found(desk, value) for name, value in typed.items()}


async def _found(desk: StaffDesk, value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple([await _found(desk, one) for one in value])
    return await value.found(desk) if isinstance(value, Named) else value


def check_typed(given: Mapping[str, Any]) -> None:
    """Arguments are read as a body is: bytes that are no text and numbers no store holds are refused by name (GEN-R23)."""
    for name, value in given.items():
        for one in value if isinstance(value, tuple) else (value,):
            try:
                if isinstance(one, (str, Named)):
                    storable(one if isinstance(one, str) else one.text, _TEXT_MAX)
                elif type(one) is int:
                    whole(one)
            except Misread as no:
                raise no.of(name) from None


def system_actor() -> Actor:
    """The system with the operating system's user name (ACC-R4)."""
    return Actor.system(f"cli:{getpass.getuser()[:64]}")


def listing(work: Callable[P, V]) -> Callable[P, V]:
    """Decorator of a listing: `--json`, `--wide` and `--limit`."""
    limit = click.option("--limit", type=click.IntRange(1, 1_000_000), default=_PAGE, show_default=True, help="At most.")
    return tabular(limit(work))


async def show_list(fetch: Callable[[PageRequest], Awaitable[Page[V]]], columns: Columns, *, as_json: bool, limit: int) -> None:
    """Print a list page after page."""
    show_rows(await listed(fetch, limit), columns, as_json=as_json)


async def listed(fetch: Callable[[PageRequest], Awaitable[Page[V]]], limit: int) -> Sequence[V]:
    """A list page after page, up to a limit."""
    return [view async for view in _pages(fetch, limit)]


async def _pages(fetch: Callable[[PageRequest], Awaitable[Page[V]]], limit: int) -> AsyncIterator[V]:
    cursor: str | None = None
    left = limit
    while left > 0:
        page = await fetch(PageRequest(min(left, _PAGE), cursor))
        for view in page.items:
            yield view
        left, cursor = left - len(page.items), page.next_cursor
        if cursor is None:
            return


def show_rows(views: Sequence[Any], columns: Columns, *, as_json: bool) -> None:
    """Print views as a table, or as `{"items": [...]}`."""
    if as_json:
        show_json({"items": [{name: read(view) for name, read in columns.items()} for view in views]})
        return
    show_table(views, columns)


def show_json(value: object) -> None:
    """Print a value as JSON on stdout."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case Enum():
            return value.value
        case Money(minor, currency):
            return {"minor": minor, "currency": currency}
        case _:
            return attrs.asdict(value) if attrs.has(type(value)) else str(value)  # type: ignore[arg-type]


@contextmanager
def progress(total: int | None, label: str) -> Iterator[Callable[[int], None]]:
    """A progress bar on a terminal, and nothing when piped; yields how to advance it."""
    if not sys.stderr.isatty():
        yield lambda _steps: None
        return
    with click.progressbar(length=total or 0, label=label, file=sys.stderr) as bar:
        yield bar.update


@asynccontextmanager
async def opened_shop() -> AsyncIterator[OpenShop]:
    """An opened shop for a server."""
    from retail_entrypoints.container import open_shop

    async with open_shop(settings_of_environment(is_server=True)) as shop:
        yield shop
