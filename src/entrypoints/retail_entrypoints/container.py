"""What a server needs around the shop: settings become adapters here, and only here."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias, cast

from attrs import asdict, evolve, frozen
from dependency_injector import containers, providers

from retail_adapters.assemble import Outside, on_database
from retail_adapters.assembly.policies import Policies
from retail_adapters.payments import SandboxConfig, counter_gateway, sandbox_gateway
from retail_adapters.payments.sandbox import DEVELOPMENT_BASE_URL
from retail_adapters.pictures import FolderFiles
from retail_adapters.robots import RobotKind, robot
from retail_adapters.sms import console_sms, file_sms, to_staff
from retail_adapters.sql.audit import Finding, audit
from retail_adapters.sql.changes import postgres_changes, sqlite_changes
from retail_adapters.sql.database import Database
from retail_adapters.sql.postgres import PostgresDatabase
from retail_adapters.sql.servers import Servers
from retail_adapters.sql.writable import Pulse
from retail_adapters.system.clock import FileClock, SystemClock
from retail_adapters.system.coalescer import Queueing
from retail_adapters.system.ids import UuidSevenIds
from retail_adapters.system.lanes import AsyncLanes
from retail_adapters.system.luck import SystemLuck
from retail_adapters.system.passwords import Argon2Passwords
from retail_adapters.system.word_list import WordList
from retail_adapters.webhooks import http_sender
from retail_domain.accounts.sms import SmsSender
from retail_domain.application import Retail
from retail_domain.kernel.calendar import Calendar
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.destinations import Destinations
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import Luck
from retail_domain.kernel.limits import Limits
from retail_domain.kernel.second_person import SecondPerson
from retail_domain.messages import Notifier, QuietHours
from retail_domain.payments.gateway import NotificationReader, PaymentGateway
from retail_domain.pictures import PictureFiles
from retail_domain.reviews import ReviewRules
from retail_domain.webhooks import WebhookRules
from retail_entrypoints.adapting import made_gateway, made_sms
from retail_entrypoints.databases import check_schema, is_file, opened_database, path_of, patience_of, session_url
from retail_entrypoints.host import with_host
from retail_entrypoints.places import aside
from retail_entrypoints.settings import BadSetting, GatewaySetting, OutboundSetting, Settings

Changes: TypeAlias = Callable[[], int]
"""A number that is another one after a change of goods or stock that this process has made or heard of."""

News: TypeAlias = Callable[[], AbstractAsyncContextManager[Changes | None]]
"""Opens a look-out for changes; None where there is none."""

_LOG: Final = logging.getLogger("retail.shop")
SANDBOX_ADDRESS: Final = DEVELOPMENT_BASE_URL


@asynccontextmanager
async def no_news() -> AsyncIterator[None]:
    """Nobody tells of changes."""
    yield None


@frozen(kw_only=True)
class OpenShop:
    """A shop whose database is open, and what its doors need besides."""

    retail: Retail
    settings: Settings
    clock: Clock
    readiness: Callable[[], Awaitable[Mapping[str, bool]]]
    audit: Callable[[], Awaitable[Sequence[Finding]]]
    news: News = no_news


@asynccontextmanager
async def open_shop(
    settings: Settings, *, must_be_current: bool = True, sms: SmsSender | None = None, for_requests: bool = False
) -> AsyncIterator[OpenShop]:
    """Open the database, build the shop on it, and close both at the end.

    `sms` takes the text messages instead of what the settings say. For the others, and what is raised, see `opened_database`.
    """
    async with (
        opened_database(settings, must_be_current=must_be_current, for_requests=for_requests) as database,
        AsyncExitStack() as closing,
    ):
        yield shop_on(settings, database, closing, sms)


def shop_on(settings: Settings, database: Database, closing: AsyncExitStack, sms: SmsSender | None = None) -> OpenShop:
    """The shop on an open database; `closing` finishes and closes, before the database, what the shop began and opened."""
    container = Container(settings=settings, database=database)
    if sms is not None:
        container.sms.override(sms)
    closing.push_async_callback(_close, container)
    return container.shop()


async def _close(container: Container) -> None:
    await container.pulse().aclose()
    await container.lanes().aclose()  # what is being told is noted while the database is open
    await container.retail().aclose()  # orders that were taken are finished while the database is open
    outside = (container.sms(), container.picture_files(), container.webhook_sender())
    for adapter in (*container.gateways().values(), *container.team_notifiers().values(), *outside):
        aclose = getattr(adapter, "aclose", None)
        if aclose is not None:
            await aclose()


def news_of(settings: Settings, database: Database) -> News:
    """How a server hears of changes that pages show (DOR-R6)."""
    if isinstance(database, PostgresDatabase):
        url = session_url(settings)
        if url is None:
            return partial(_of_our_own, database)
        return partial(postgres_changes, Servers(url, patience_of(settings, for_requests=True)), database)
    return partial(sqlite_changes, path_of(settings))


@asynccontextmanager
async def _of_our_own(database: PostgresDatabase) -> AsyncIterator[Changes]:
    """Through a pooler that gives no sessions nothing is heard: what others change is looked up once a page is a second old."""
    _LOG.warning("pages.deaf", extra={"setting": "RETAIL_DATABASE_DIRECT_URL", "seconds": 1})
    yield lambda: database.changes


def clock_of(settings: Settings) -> Clock:
    """The real time, or in development the time of a file."""
    return SystemClock() if settings.test_clock is None else FileClock(settings.test_clock)


def sms_kind_of(settings: Settings) -> str:
    """Which sender of text messages is wanted."""
    return settings.sms.kind.value


def picture_files_of(settings: Settings, clock: Clock) -> PictureFiles:
    """Where the bytes of pictures lie; a folder unless somebody says otherwise, beside the file of a shop that is one."""
    bucket = settings.pictures.bucket
    if bucket is not None:
        from retail_adapters.pictures.s3 import S3Config, S3Files  # most shops have a folder

        return S3Files(S3Config(**asdict(bucket)), clock)
    beside = Path(f"{path_of(settings)}-pictures") if is_file(settings) else Path("pictures")
    return FolderFiles(settings.pictures.folder or beside)


def policies_of(settings: Settings) -> Policies:
    """The shop's own rules, as far as the environment sets them."""
    limits = Limits(lines_max=settings.lines_max, quantity_max=settings.quantity_max)
    made = Policies.made(currency=settings.currency, limits=limits)
    codes = evolve(
        made.accounts, codes_per_address=settings.codes_per_address, codes_in_all=settings.codes_in_all,
        terms_version=settings.terms_version,
    )  # fmt: skip
    checkout = evolve(made.checkout, open_orders_max=settings.open_orders_max)
    webhooks = WebhookRules(destinations=destinations_of(settings))
    told = settings.reviews
    reviews = ReviewRules(automatic_after_days=told.silent_days, is_each_looked_at=told.is_each_looked_at)
    messages = evolve(made.messages, quiet=QuietHours(begin=settings.quiet_hours[0], end=settings.quiet_hours[1]))
    return evolve(
        made, calendar=Calendar(settings.timezone), accounts=codes, checkout=checkout, webhooks=webhooks, reviews=reviews,
        messages=messages, second_person=SecondPerson(limits=settings.two_people),
    )  # fmt: skip


def destinations_of(settings: Settings) -> Destinations:
    """Where the shop may call when somebody else has chosen the address (R39)."""
    return Destinations(
        is_plain_allowed=not settings.is_production, is_loopback_allowed=settings.outbound is OutboundSetting.LOOPBACK
    )


def team_notifiers_of(settings: Settings, sms: SmsSender, clock: Clock) -> Mapping[str, Notifier]:
    """How all of staff are told things. Raises BadSetting for a robot whose address the shop may not call."""
    destinations = destinations_of(settings)
    found: dict[str, Notifier] = {f"sms{place}": to_staff(sms, phone) for place, phone in enumerate(settings.staff_phones, 1)}
    for one in settings.robots:
        try:
            destinations.target(one.url)
        except InvalidInput:
            raise BadSetting(f"RETAIL_{one.kind.upper()}_URL", "a public https address") from None
        found[one.kind] = robot(RobotKind(one.kind), one.url, one.secret, clock, destinations)
    return found


def queueing_of(settings: Settings) -> Queueing:
    """How many orders may wait to be placed."""
    return Queueing(waiting_max=settings.orders_waiting_max)


def gateways_of(settings: Settings, clock: Clock, luck: Luck) -> Mapping[str, PaymentGateway]:
    """The gateways in use, by code. Raises BadSetting."""
    makers = {"sandbox": _sandbox, "counter": _counter}
    return {
        each.code: made_gateway(each, settings, clock, luck) if each.maker else makers[each.code](each, settings, clock, luck)
        for each in settings.gateways
    }


def readers_of(gateways: Mapping[str, PaymentGateway]) -> Mapping[str, NotificationReader]:
    """Who reads the notices of which gateway; the counter sends none."""
    return {code: cast(NotificationReader, each) for code, each in gateways.items() if hasattr(each, "reply")}


def _sandbox(setting: GatewaySetting, settings: Settings, clock: Clock, luck: Luck) -> PaymentGateway:
    try:
        config = SandboxConfig.read(setting.values, notify_url=f"{settings.public_url}/v1/gateways/sandbox/notices")
    except ValueError as wrong:
        raise BadSetting("RETAIL_SANDBOX_*", str(wrong)) from None
    return sandbox_gateway(config, clock=clock, luck=luck)


def _counter(setting: GatewaySetting, settings: Settings, _clock: Clock, _luck: Luck) -> PaymentGateway:
    return counter_gateway(setting.values.get("secret") or settings.secret_key)


def auditor_of(database: Database, clock: Clock) -> Callable[[], Awaitable[Sequence[Finding]]]:
    """Every law of the shop, asked of this database (R43)."""

    async def ask() -> Sequence[Finding]:
        return await audit(database, at=clock.now())

    return ask


def readiness_of(settings: Settings, pulse: Pulse) -> Callable[[], Awaitable[Mapping[str, bool]]]:
    """Ready is: the schema is this release's, and the database takes writes."""
    current: list[bool] = []  # once current, a running server stays so: newer schemas serve the release before (R44)

    async def look() -> Mapping[str, bool]:
        if not current:
            found, wanted = await asyncio.to_thread(check_schema, settings)
            if found != wanted:
                return {"schema": False}
            current.append(True)
        return {"schema": True, "database": await pulse.is_there()}

    return look


class Container(containers.DeclarativeContainer):
    """Settings and an open database in, a shop out. The only place that knows dependency-injector."""

    settings = providers.Dependency(instance_of=Settings)
    database: providers.Provider[Database] = providers.Dependency()
    clock = providers.Singleton(clock_of, settings)
    ids = providers.Singleton(UuidSevenIds)
    luck = providers.Singleton(SystemLuck)
    gateways = providers.Singleton(gateways_of, settings, clock, luck)
    sms: providers.Provider[SmsSender] = providers.Selector(
        providers.Callable(sms_kind_of, settings),
        console=providers.Singleton(console_sms),
        file=providers.Singleton(file_sms, settings.provided.sms.path),
        made=providers.Singleton(made_sms, settings, clock, luck),
    )
    picture_files = providers.Singleton(picture_files_of, settings, clock)
    lanes = providers.Singleton(AsyncLanes)
    team_notifiers = providers.Singleton(team_notifiers_of, settings, sms, clock)
    webhook_sender = providers.Singleton(http_sender, providers.Singleton(destinations_of, settings))
    ours = providers.Singleton(
        Outside,
        clock=clock,
        ids=ids,
        luck=luck,
        sms=sms,
        gateways=gateways,
        readers=providers.Singleton(readers_of, gateways),
        picture_files=picture_files,
        webhook_sender=webhook_sender,
        team_notifiers=team_notifiers,
        lanes=lanes,
        review_moderator=providers.Singleton(WordList),
        policies=providers.Singleton(policies_of, settings),
        passwords=providers.Singleton(Argon2Passwords, aside=providers.Object(aside)),
        secret=settings.provided.secret_key.encode.call(),
    )
    outside = providers.Singleton(with_host, settings, ours)
    queueing = providers.Singleton(queueing_of, settings)
    retail = providers.Singleton(on_database, database, outside, queueing=queueing)
    pulse = providers.Singleton(Pulse, database, clock)
    shop = providers.Singleton(
        OpenShop,
        retail=retail,
        settings=settings,
        clock=clock,
        readiness=providers.Singleton(readiness_of, settings, pulse),
        audit=providers.Singleton(auditor_of, database, clock),
        news=providers.Callable(news_of, settings, database),
    )


def check_host(settings: Settings) -> None:
    """Ask the application around the shop what it adds and makes, and look at it; no database is needed. Raises BadSetting."""
    if settings.host or settings.sms.maker or any(each.maker for each in settings.gateways):
        Container(settings=settings).outside()
