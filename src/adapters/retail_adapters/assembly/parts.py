"""What the contexts are assembled from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from retail_adapters.assembly.policies import Policies
from retail_adapters.assembly.whole import WholeReads, WholeWork
from retail_domain.accounts.sms import SmsSender
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.ids import Ids, Luck
from retail_domain.kernel.units import Begin
from retail_domain.payments.gateway import NotificationReader, PaymentGateway


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
    own_transactions: bool = True
    """False inside a host's transaction: use cases that call a provider raise NeedsOwnTransaction."""
    look: Begin[WholeWork] | None = None
    """Units of work that only read, where the store has them: they never wait for a writer."""
    extra: Mapping[str, Any] = field(factory=dict)
