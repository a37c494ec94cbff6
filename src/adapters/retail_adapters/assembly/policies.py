"""Every number a shop owner may change, by context."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from attrs import field, frozen

from retail_domain.accounts.model.rules import AccountRules
from retail_domain.insight.use_cases import BehaviourRules
from retail_domain.kernel.calendar import Calendar
from retail_domain.kernel.limits import Limits
from retail_domain.kernel.second_person import SecondPerson
from retail_domain.messages import MessageRules
from retail_domain.ordering import OrderTimers
from retail_domain.pictures import PictureRules
from retail_domain.processes.purchase.carting import GuestRules
from retail_domain.processes.purchase.checkout import CheckoutRules
from retail_domain.processes.purchase.quoting import QuotingRules
from retail_domain.processes.worker.bookkeeping import CARRY_AFTER
from retail_domain.reviews import ReviewRules
from retail_domain.webhooks import WebhookRules


@frozen(kw_only=True)
class Policies:
    """The shop's own rules; helpers of each context add their policy value here with its default."""

    currency: str = "CNY"
    calendar: Calendar = field(factory=lambda: Calendar(ZoneInfo("Asia/Shanghai")))
    """Which day it is in the shop (GEN-R6)."""
    accounts: AccountRules = field(factory=AccountRules)
    quoting: QuotingRules = field(factory=QuotingRules)
    checkout: CheckoutRules = field(factory=CheckoutRules)
    guests: GuestRules = field(factory=GuestRules)
    behaviour: BehaviourRules = field(factory=BehaviourRules)
    reviews: ReviewRules = field(factory=ReviewRules)
    pictures: PictureRules = field(factory=PictureRules)
    messages: MessageRules = field(factory=MessageRules)
    """When nobody is disturbed, and what is agreed to."""
    webhooks: WebhookRules = field(factory=WebhookRules)
    """Where webhooks may lead."""
    second_person: SecondPerson = field(factory=SecondPerson)
    """What takes two people."""
    carry_after: int = CARRY_AFTER
    """After so many entries of the ledger its balances are carried forward."""

    @classmethod
    def made(cls, *, currency: str, limits: Limits | None = None, timers: OrderTimers | None = None) -> Policies:
        """The usual rules in another currency, with other limits of a basket or other deadlines."""
        return cls(
            currency=currency,
            quoting=QuotingRules(currency=currency, limits=limits or Limits()),
            checkout=CheckoutRules(timers=timers or OrderTimers()),
        )
