"""A whole shop in one call: `on_memory()`, `on_sqlite(path)`, `on_postgres(pool)` (GEN-R21).

The server's container calls the same functions, so an embedder gets exactly the shop that the server runs. Each store is
loaded by the function that makes a shop on it: nobody waits for, or keeps in memory, a database that is not his.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve, field, frozen

from retail_adapters.assembly.approvals import taking_two
from retail_adapters.assembly.books import books
from retail_adapters.assembly.carting import carting
from retail_adapters.assembly.checkout import Place, checkout, placing_alone, placing_together
from retail_adapters.assembly.edits import edits
from retail_adapters.assembly.moving import moving
from retail_adapters.assembly.parts import Parts
from retail_adapters.assembly.policies import Policies
from retail_adapters.assembly.quoting import quoting
from retail_adapters.assembly.remembered import REMEMBERED as REMEMBERED  # proven by being there
from retail_adapters.assembly.timers import TAKES_LONG, timers
from retail_adapters.assembly.within import within_places
from retail_adapters.payments.counter import counter_gateway
from retail_adapters.pictures import MemoryFiles, PrepareInChild
from retail_adapters.serialization import EventCodec
from retail_adapters.serialization.events import EVERY_EVENT
from retail_adapters.sms.console import ConsoleSms
from retail_adapters.sql import migrations
from retail_adapters.sql.database import Database
from retail_adapters.sql.reads import SqlReads
from retail_adapters.sql.session import SqlTools
from retail_adapters.sql.unit_of_work import SqlStore
from retail_adapters.system.clock import SystemClock
from retail_adapters.system.coalescer import Queueing
from retail_adapters.system.ids import UuidSevenIds
from retail_adapters.system.lanes import AsyncLanes
from retail_adapters.system.luck import SystemLuck
from retail_adapters.system.passwords import Argon2Passwords
from retail_adapters.system.retry import Wait, wait as wait_with_jitter
from retail_adapters.system.sealed_answers import DEVELOPMENT_SECRET, SealedAnswers
from retail_adapters.system.word_list import WordList
from retail_adapters.webhooks import http_sender
from retail_domain.accounts.ports import Passwords
from retail_domain.accounts.sms import SmsSender
from retail_domain.application import Retail
from retail_domain.contexts import CONTEXTS, of_some
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.errors import NeedsOwnTransaction, PreviewDecidesNothing
from retail_domain.kernel.hosted import Hosted
from retail_domain.kernel.ids import Ids, Luck
from retail_domain.kernel.means import Means
from retail_domain.kernel.units import Begin
from retail_domain.messages import Notifier
from retail_domain.payments.gateway import GatewayWatch, NotificationReader, PaymentGateway, watched
from retail_domain.payments.tenders import AnyTender, Tenders
from retail_domain.pictures import PictureFiles, PreparePicture
from retail_domain.pricing import Step
from retail_domain.processes.rewards.wallet_tender import OUR_TENDERS
from retail_domain.processes.takings import AnyFollower, our_takings
from retail_domain.processes.worker.background import Background
from retail_domain.processes.worker.numbering import EventReader
from retail_domain.processes.worker.reactions import Follows, our_reactions
from retail_domain.processes.worker.relay import DeliverNext, FailedDelivery, replay_parked
from retail_domain.processes.worker.webhooks import Lanes
from retail_domain.reviews import ReviewModerator, ReviewPictures
from retail_domain.webhooks import WebhookSender

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

_LOG: Final = logging.getLogger("retail.outbox")


@frozen(kw_only=True)
class Outside:
    """What the shop finds outside itself; every default is fit for development."""

    clock: Clock = field(factory=SystemClock)
    ids: Ids = field(factory=UuidSevenIds)
    luck: Luck = field(factory=SystemLuck)
    sms: SmsSender = field(factory=ConsoleSms)
    gateways: Mapping[str, PaymentGateway] = field(factory=lambda: {"counter": counter_gateway(DEVELOPMENT_SECRET.decode())})
    readers: Mapping[str, NotificationReader] = field(factory=dict)
    policies: Policies = field(factory=Policies)
    passwords: Passwords = field(factory=Argon2Passwords)
    """How passwords are hashed, and where who waits for one stands meanwhile."""
    picture_files: PictureFiles = field(factory=MemoryFiles)
    """Where the bytes of pictures lie; a shop that outlives its process wants a folder, or a bucket."""
    prepare_picture: PreparePicture = field(factory=PrepareInChild)
    """Who decodes pictures."""
    webhook_sender: WebhookSender = field(factory=http_sender)
    """How webhooks leave the shop; by itself it calls public https addresses alone."""
    lanes: Lanes = field(factory=AsyncLanes)
    """How webhooks are told beside each other."""
    notifiers: Mapping[str, Notifier] = field(factory=dict)
    """How members are told things beside the inbox and text messages: by code, such as `push`."""
    team_notifiers: Mapping[str, Notifier] = field(factory=dict)
    """How all of staff are told things, such as by the robot of a group; by code."""
    secret: bytes = field(default=DEVELOPMENT_SECRET, repr=False)
    wait: Wait = wait_with_jitter
    takings: tuple[AnyFollower, ...] = ()
    """Kinds of the host's own: what orders take beside stock, limits and quotas, and what they bring."""
    tenders: tuple[AnyTender, ...] = ()
    """Accounts of the host's own, such as a gift card, that pay orders together with a gateway and beside the wallet."""
    steps: tuple[Step, ...] = ()
    """Steps of the price of the host's own, each after those of its stage."""
    reactions: tuple[Follows, ...] = ()
    """What follows from events in the application around the shop. Each has a delivery of its own, written with the event."""
    review_moderator: ReviewModerator = field(factory=WordList)
    """What looks at the words of reviews before readers do. The usual one knows no words: everything goes up by itself."""
    review_pictures: ReviewPictures | None = None
    """Where pictures of reviews come from; None: from the pictures of the shop. `NO_PICTURES` takes none."""
    hosted: Mapping[Hosted[Any], Callable[[Any], Any]] = field(factory=dict)
    """Collections that the kinds of the host keep their rows in: each is made from a unit's session, by `hosted_rows` of the
    store's module `hosting`, or by a collection class of the host's own."""

    @property
    def means(self) -> Means:
        """What use cases are given of it."""
        return Means(clock=self.clock, ids=self.ids, luck=self.luck, calendar=self.policies.calendar)


def on_memory(outside: Outside | None = None) -> Retail:
    """A shop that forgets everything when it ends: for examples, tests and the first five minutes."""
    from retail_adapters.memory.reads import MemoryReads
    from retail_adapters.memory.store import Memory, MemoryTools
    from retail_adapters.memory.unit_of_work import MemoryStore

    means = outside or Outside()
    codec = EventCodec(EVERY_EVENT)
    follows = our_reactions(*means.reactions).to
    tools = MemoryTools(means.clock, means.ids, codec, follows, SealedAnswers(means.secret), hosted=means.hosted)
    memory = Memory(tools)
    store = MemoryStore(memory)
    parts = _parts(means, store.begin, store.look, MemoryReads(memory))
    return _retail(parts, placing_alone(parts), _nothing_to_close)


def on_sqlite(path: str | Path, outside: Outside | None = None, *, migrate: bool = True) -> Retail:
    """A shop in one SQLite file on a local disk, brought to the newest schema first."""
    from retail_adapters.sql.sqlite import SqliteDatabase

    if migrate:
        migrations.upgrade(f"sqlite:///{path}")
    database = SqliteDatabase(str(path))
    return on_database(database, outside, aclose=database.close)


def on_postgres(pool: Any, outside: Outside | None = None, *, schema: str = "retail") -> Retail:
    """A shop on an asyncpg pool that the host opened, set up and will close; run the migrations before."""
    from retail_adapters.sql.postgres import PostgresDatabase

    def join(connection: AsyncConnection | AsyncSession) -> Retail:
        from retail_adapters.sql.sqlalchemy import JoinedDatabase

        return on_database(JoinedDatabase(connection, schema=schema), outside, own_transactions=False)

    return evolve(on_database(PostgresDatabase(pool, schema=schema), outside), join=join)


def on_database(
    database: Database,
    outside: Outside | None = None,
    *,
    aclose: Callable[[], Awaitable[None]] | None = None,
    own_transactions: bool = True,
    queueing: Queueing | None = None,
) -> Retail:
    """A shop on any database behind the seam of GEN-R20.

    `queueing` is for servers: orders that come at the same time share a transaction, and closing the shop finishes those
    that were taken. Not for a host's transaction.
    """
    means = outside or Outside()
    codec, follows = EventCodec(EVERY_EVENT), our_reactions(*means.reactions).to
    tools = SqlTools(
        means.clock, means.ids, codec, follows, SealedAnswers(means.secret), hosted=means.hosted,
        own_transactions=own_transactions,
    )  # fmt: skip
    store = SqlStore(database, tools)
    parts = evolve(
        _parts(means, store.begin, store.look, SqlReads(database)), own_transactions=own_transactions,
        has_one_writer=database.has_one_writer,
    )  # fmt: skip
    close = aclose or _nothing_to_close
    if queueing is None:
        return _retail(parts, placing_alone(parts), close)
    if not own_transactions:
        raise NeedsOwnTransaction()
    queue = placing_together(parts, queueing)
    return _retail(parts, queue, _one_after_the_other(queue.aclose, close))


def on_units(begin: Begin[Any], reads: Any, outside: Outside | None = None) -> Retail:
    """A shop on units of work and reads of the caller's own: how a simulation gets between the shop and its store."""
    parts = _parts(outside or Outside(), begin, begin, reads)
    return _retail(parts, placing_alone(parts), _nothing_to_close)


def _parts(means: Outside, begin: Begin[Any], look: Begin[Any], reads: Any) -> Parts:
    seen = GatewayWatch(means.clock)
    return Parts(
        begin=begin,
        look=look,
        reads=reads,
        clock=means.clock,
        ids=means.ids,
        luck=means.luck,
        policies=means.policies,
        sms=means.sms,
        secret=means.secret,
        gateways=watched(means.gateways, seen),
        gateway_watch=seen,
        readers=means.readers,
        takings=our_takings(
            *means.takings,
            split=means.policies.checkout.split,
            open_orders_max=means.policies.checkout.open_orders_max,
            calendar=means.policies.calendar,
        ),
        tenders=Tenders((*OUR_TENDERS, *means.tenders)),
        steps=means.steps,
        reactions=our_reactions(*means.reactions),
        wait=means.wait,
        passwords=means.passwords,
        review_moderator=means.review_moderator,
        review_pictures=means.review_pictures,
        notifiers=means.notifiers,
        team_notifiers=means.team_notifiers,
        picture_files=means.picture_files,
        prepare_picture=means.prepare_picture,
        webhook_sender=means.webhook_sender,
        lanes=means.lanes,
    )


def _retail(parts: Parts, place: Place, aclose: Callable[[], Awaitable[None]]) -> Retail:
    """Each context's facade is wired by the function of its name, in the module of its name."""
    quotes = quoting(parts)
    made = {name: getattr(module, name)(parts) for name, module in of_some("retail_adapters.assembly", CONTEXTS).items()}
    facades = {name: within_places(parts, taking_two(parts, name, facade)) for name, facade in made.items()}
    return Retail(
        **facades,
        cart=carting(parts),
        quoting=quotes,
        edits=within_places(parts, edits(parts)),
        checkout=checkout(parts, place, quotes),
        books=books(parts),
        moving=moving(parts),
        background=Background(
            deliver_next=DeliverNext.on(parts.begin, parts.means, parts.reactions.bound(parts.means), _tell_failed),
            timers=timers(parts),
            replay_parked=parts.deciding(replay_parked),
            outbox=parts.reads.outbox,
            takes_long=TAKES_LONG,
        ),
        events=EventReader(show=parts.reads.outbox),
        begin=parts.begin,
        previewed=partial(_previewed, parts),
        aclose=aclose,
    )


def _previewed(parts: Parts, clock: Clock) -> Retail:
    """Nothing is changed where no unit begins that could; what is looked at is as it is, at the time of that clock."""

    def begin() -> Any:
        raise PreviewDecidesNothing()

    looking = evolve(parts, clock=clock, begin=begin, look=parts.look or parts.begin)
    return _retail(looking, placing_alone(looking), _nothing_to_close)


def _tell_failed(failed: FailedDelivery) -> None:
    """It stands in the outbox too; whoever reads the log need not look there to learn that something is amiss."""
    about = {"reaction": failed.delivery.reaction, "event_id": str(failed.delivery.event_id), "error": failed.error}
    _LOG.warning("delivery.failed", extra=about)


def _one_after_the_other(*closing: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    async def close() -> None:
        for one in closing:
            await one()

    return close


async def _nothing_to_close() -> None:
    return None
