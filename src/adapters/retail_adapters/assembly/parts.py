"""What the contexts are assembled from."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import update_wrapper
from typing import Any, TypeVar, TypeVarTuple, cast

from attrs import field, frozen

from retail_adapters.assembly.policies import Policies
from retail_adapters.pictures import MemoryFiles, PrepareInChild
from retail_adapters.serialization import prove_answer
from retail_adapters.system.lanes import AsyncLanes
from retail_adapters.system.passwords import Argon2Passwords
from retail_adapters.system.phones import spelled_phone
from retail_adapters.system.retry import Wait, retrying, wait as wait_with_jitter
from retail_adapters.system.word_list import WordList
from retail_adapters.webhooks import http_sender
from retail_domain.accounts.ports import Passwords
from retail_domain.accounts.sms import SmsSender
from retail_domain.kernel import frames
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.contact import SpellPhone
from retail_domain.kernel.errors import NeedsOwnTransaction
from retail_domain.kernel.ids import Ids, Luck
from retail_domain.kernel.means import Means
from retail_domain.kernel.units import Begin
from retail_domain.messages import Notifier
from retail_domain.payments.gateway import GatewayWatch, NotificationReader, PaymentGateway, careful
from retail_domain.payments.tenders import Tenders
from retail_domain.pictures import PictureFiles, PreparePicture
from retail_domain.pricing import Step
from retail_domain.processes.takings import Takings, our_takings
from retail_domain.processes.worker.reactions import Reactions, our_reactions
from retail_domain.processes.worker.webhooks import Lanes
from retail_domain.reviews import ReviewModerator, ReviewPictures
from retail_domain.webhooks import WebhookSender

C = TypeVar("C")
A = TypeVar("A")
F = TypeVar("F", bound=Callable[..., object])
Rules = TypeVarTuple("Rules")


@frozen(kw_only=True)
class Parts:
    """A store and everything from outside that the shop talks to."""

    begin: Begin[Any]
    """Units of work with every collection; that a use case finds what it declares is proven beside the stores' manifests."""
    reads: Any
    """Query objects, an attribute a context."""
    clock: Clock
    ids: Ids
    luck: Luck
    policies: Policies
    sms: SmsSender
    secret: bytes = field(repr=False)
    spell_phone: SpellPhone = spelled_phone
    """By which rules phone numbers are one."""
    gateways: Mapping[str, PaymentGateway] = field(factory=dict, converter=careful)
    gateway_watch: GatewayWatch = field()
    """What has been seen of them."""
    readers: Mapping[str, NotificationReader] = field(factory=dict)
    takings: Takings = field(factory=our_takings)
    """The kinds of limited things that orders take, and of what they bring."""
    tenders: Tenders = field(factory=Tenders)
    """Accounts of the shop that pay orders together with a provider."""
    steps: tuple[Step, ...] = ()
    """Steps of the price that the host adds."""
    reactions: Reactions = field(factory=our_reactions)
    """What follows from events, in the shop and in the application around it."""
    own_transactions: bool = True
    """False inside a host's transaction: use cases that call a provider raise NeedsOwnTransaction."""
    look: Begin[Any] | None = None
    """Units of work that only read, where the store has them: they never wait for a writer."""
    has_one_writer: bool = False
    """Whether nobody else can write while a unit of work is open: who does so within one would wait for himself."""
    wait: Wait = wait_with_jitter
    """How a lost race is waited out."""
    passwords: Passwords = field(factory=Argon2Passwords)
    """How passwords are hashed."""
    review_moderator: ReviewModerator = field(factory=WordList)
    """What looks at words before readers do."""
    review_pictures: ReviewPictures | None = None
    """Where pictures of reviews come from; None: from the pictures of the shop."""
    notifiers: Mapping[str, Notifier] = field(factory=dict)
    """Channels to members beside the inbox and text messages, by code."""
    team_notifiers: Mapping[str, Notifier] = field(factory=dict)
    """Channels that all of staff share, by code."""
    picture_files: PictureFiles = field(factory=MemoryFiles)
    """Where the bytes of pictures lie."""
    prepare_picture: PreparePicture = field(factory=PrepareInChild)
    """Who decodes them."""
    webhook_sender: WebhookSender = field(factory=http_sender)
    """How webhooks leave the shop."""
    lanes: Lanes = field(factory=AsyncLanes)
    """How those that are told go on beside each other."""

    @gateway_watch.default
    def _nothing_seen(self) -> GatewayWatch:
        return GatewayWatch(self.clock)

    @property
    def means(self) -> Means:
        """What use cases are given of it."""
        return Means(clock=self.clock, ids=self.ids, luck=self.luck, calendar=self.policies.calendar)

    def deciding(self, decide: Callable[[Any, C, Means, *Rules], Awaitable[A]], *rules: *Rules) -> Callable[[C], Awaitable[A]]:
        """A use case in a unit of its own, run again when it loses a race."""
        prove_answer(decide)
        return self.unit(frames.deciding(self.begin, decide, self.means, *rules))

    def answering(
        self, decide: Callable[[Any, C, Means, *Rules], Awaitable[frames.Answered[A]]], *rules: *Rules
    ) -> Callable[[C], Awaitable[A]]:
        """The same for one that says itself what is remembered of it."""
        prove_answer(decide)
        return self.unit(frames.answering(self.begin, decide, self.means, *rules))

    def reading(self, read: Callable[[Any, C, *Rules], Awaitable[A]], *rules: *Rules) -> Callable[[C], Awaitable[A]]:
        """A use case that only looks; where the store can tell, it waits for no writer."""
        return frames.reading(self.look or self.begin, read, *rules)

    def looking(self, read: Callable[[Any, *Rules], Awaitable[A]], *rules: *Rules) -> Callable[[], Awaitable[A]]:
        """The same for one that no wish is needed for."""
        return frames.looking(self.look or self.begin, read, *rules)

    def unit(self, use_case: Callable[[C], Awaitable[A]]) -> Callable[[C], Awaitable[A]]:
        """One unit of work, run again when it loses a race; in a host's transaction only the host can do so."""
        return as_shown(use_case, retrying(use_case, self.wait)) if self.own_transactions else use_case

    def outside(self, use_case: Callable[[C], Awaitable[A]]) -> Callable[[C], Awaitable[A]]:
        """A use case that talks to a provider; inside a host's transaction it raises NeedsOwnTransaction (GEN-R20)."""

        async def refused(_command: C) -> A:
            raise NeedsOwnTransaction()

        return use_case if self.own_transactions else as_shown(use_case, refused)


def as_shown(like: Callable[..., object], called: F) -> F:
    """The same name, signature and docstring: what is around a use case makes no difference to who looks it up."""
    return cast(F, update_wrapper(called, like))
