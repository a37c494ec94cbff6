"""The shop as one object: an attribute a context, a callable a use case (decision 0009)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from attrs import field, frozen

from retail_domain.accounts import Accounts
from retail_domain.approvals import ApprovalDesk
from retail_domain.catalog import Catalog
from retail_domain.fulfilment import Fulfilment
from retail_domain.insight import Insight
from retail_domain.inventory import Inventory
from retail_domain.jobs import JobDesk
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.errors import NeedsOwnTransaction
from retail_domain.kernel.hosted import HostingWork
from retail_domain.kernel.units import Begin
from retail_domain.membership import Membership
from retail_domain.messages import MessageDesk
from retail_domain.notes import NoteDesk
from retail_domain.ordering import Ordering
from retail_domain.payments import BookDesk, PaymentDesk
from retail_domain.pictures import PictureDesk
from retail_domain.points import PointsDesk
from retail_domain.pricing import Quote
from retail_domain.processes.delivery.edits_by_file import FileEdits
from retail_domain.processes.leaving.desk import PrivacyDesk
from retail_domain.processes.purchase.carting import Carting
from retail_domain.processes.purchase.checkout import Placed, PlaceOrder
from retail_domain.processes.purchase.placing_for import PlaceFor, QuoteFor
from retail_domain.processes.purchase.quoting import Quoting
from retail_domain.processes.rewards.coupon_desk import CouponDesk
from retail_domain.processes.staff.moving_in import MovingDesk
from retail_domain.processes.staff.offering import OfferDesk
from retail_domain.processes.worker.background import Background
from retail_domain.processes.worker.numbering import EventReader
from retail_domain.reviews import ReviewDesk
from retail_domain.settings import SettingsDesk
from retail_domain.tiers import TierDesk
from retail_domain.wallet import WalletDesk
from retail_domain.webhooks import WebhookDesk


@frozen(kw_only=True)
class Checkout:
    """Where a quote becomes an order (下单)."""

    place: Callable[[PlaceOrder], Awaitable[Placed]]
    quote_for: Callable[[QuoteFor], Awaitable[Quote]]
    place_for: Callable[[PlaceFor], Awaitable[Placed]]


@frozen(kw_only=True)
class Retail:
    """A whole shop on some store; `retail_adapters.assemble` makes one."""

    accounts: Accounts
    approvals: ApprovalDesk
    catalog: Catalog
    coupons: CouponDesk
    inventory: Inventory
    edits: FileEdits
    cart: Carting
    quoting: Quoting
    checkout: Checkout
    ordering: Ordering
    payments: PaymentDesk
    books: BookDesk
    fulfilment: Fulfilment
    insight: Insight
    jobs: JobDesk
    membership: Membership
    moving: MovingDesk
    messages: MessageDesk
    reviews: ReviewDesk
    notes: NoteDesk
    pictures: PictureDesk
    points: PointsDesk
    privacy: PrivacyDesk
    settings: SettingsDesk
    promotions: OfferDesk
    tiers: TierDesk
    wallet: WalletDesk
    webhooks: WebhookDesk
    background: Background
    events: EventReader
    """What happened, for readers that keep the number they have come to: `await shop.events.after(number)`."""
    begin: Begin[HostingWork] = field(repr=False)
    """Units of work for what the host keeps in them: `async with shop.begin() as work: work.hosted(DAYS)`."""
    join: Callable[[Any], Retail] | None = field(default=None, repr=False)
    previewed: Callable[[Clock], Retail] = field(repr=False)
    """The same shop by another clock, to be looked at: whatever would decide raises PreviewDecidesNothing (DOR-R11)."""
    aclose: Callable[[], Awaitable[None]] = field(repr=False)
    """Closes what the shop opened itself: a database file, HTTP clients."""

    def joined(self, connection: Any) -> Retail:
        """The same shop inside a transaction the host has open; the host commits or rolls back (GEN-R20).

        `connection` is an AsyncConnection or an AsyncSession of SQLAlchemy, on PostgreSQL; anything else raises TypeError, and
        says what to give. What a session holds back is flushed before the shop looks. Nothing is retried or batched there, and
        use cases that talk to a provider raise NeedsOwnTransaction; so does a store that has no transactions of a host.
        """
        if self.join is None:
            raise NeedsOwnTransaction()
        return self.join(connection)
