"""What the contexts are assembled from."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from attrs import field, frozen

from retail_adapters.assembly.policies import Policies
from retail_adapters.assembly.whole import WholeReads, WholeWork
from retail_adapters.system.retry import Wait, retrying, wait as wait_with_jitter
from retail_domain.accounts.sms import SmsSender
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.errors import NeedsOwnTransaction
from retail_domain.kernel.ids import Ids, Luck
from retail_domain.kernel.units import Begin
from retail_domain.payments.gateway import NotificationReader, PaymentGateway
from retail_domain.payments.tenders import Tenders
from retail_domain.pricing import Step
from retail_domain.processes.takings import Takings, our_takings

C = TypeVar("C")
T = TypeVar("T")


@frozen(kw_only=True)
class Parts:
    """A store and everything from outside that the shop talks to."""

    begin: Begin[WholeWork]
    reads: WholeReads
    clock: Clock
    ids: Ids
    luck: Luck
    policies: Policies
    sms: SmsSender
    secret: bytes = field(repr=False)
    gateways: Mapping[str, PaymentGateway] = field(factory=dict)
    readers: Mapping[str, NotificationReader] = field(factory=dict)
    takings: Takings = field(factory=our_takings)
    """The kinds of limited things that orders take, and of what they bring."""
    tenders: Tenders = field(factory=Tenders)
    """Accounts of the shop that pay orders together with a provider."""
    steps: tuple[Step, ...] = ()
    """Steps of the price that the host adds."""
    own_transactions: bool = True
    """False inside a host's transaction: use cases that call a provider raise NeedsOwnTransaction."""
    look: Begin[WholeWork] | None = None
    """Units of work that only read, where the store has them: they never wait for a writer."""
    wait: Wait = wait_with_jitter
    """How a lost race is waited out."""
    extra: Mapping[str, Any] = field(factory=dict)

    def unit(self, handler: Callable[[C], Awaitable[T]]) -> Callable[[C], Awaitable[T]]:
        """A handler of one unit of work, run again when it loses a race; in a host's transaction only the host can do so."""
        return retrying(handler, self.wait) if self.own_transactions else handler

    def outside(self, handler: Callable[[C], Awaitable[T]]) -> Callable[[C], Awaitable[T]]:
        """A handler that talks to a provider; inside a host's transaction it raises NeedsOwnTransaction (GEN-R20)."""

        async def refused(_command: C) -> T:
            raise NeedsOwnTransaction()

        return handler if self.own_transactions else refused
