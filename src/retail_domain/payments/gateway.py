"""What payments need from a provider: begin, query, close, refund, and its notices read (rulings 36).

The verbs and promises are the same for every provider, the counter included. Nothing of a provider's own format crosses this
port: adapters take and give only the types below.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import ClassVar, Final, Literal, NewType, Protocol, TypeAlias
from uuid import UUID

from attrs import field, frozen

from retail_domain.kernel.errors import DomainError, Kind, refusal
from retail_domain.kernel.money import Money

MerchantRef = NewType("MerchantRef", str)
"""Our name for one payment attempt, `[0-9A-Za-z]{8,32}`, stored before the provider hears it and never reused (R12)."""

RefundRef = NewType("RefundRef", str)
"""Our name for one refund decision, `[0-9A-Za-z]{8,32}`, stored before the provider hears it and never reused (R12)."""

_REF: Final = re.compile(r"[0-9A-Za-z]{8,32}")


def merchant_ref(id: UUID) -> MerchantRef:
    """The reference under which a payment attempt is known to every provider: its id in 32 hexadecimal digits."""
    return MerchantRef(id.hex)


def refund_ref(id: UUID) -> RefundRef:
    """The reference under which a refund is known to every provider: its id in 32 hexadecimal digits."""
    return RefundRef(id.hex)


# ---- what a gateway can do -------------------------------------------------------------------------------------------


class Flow(Enum):
    """Where and how the buyer pays."""

    IN_APP_H5 = "in_app_h5"
    MINI_PROGRAM = "mini_program"
    DESKTOP_QR = "desktop_qr"
    DESKTOP_PAGE = "desktop_page"
    MOBILE_WEB = "mobile_web"
    NATIVE_APP = "native_app"
    WALLET = "wallet"
    COUNTER = "counter"


@frozen(kw_only=True)
class Capabilities:
    """What a gateway offers; the shop asks it for nothing else."""

    flows: frozenset[Flow]
    currencies: frozenset[str] | None = None
    """The currencies it takes; None takes any."""
    partial_refund: bool = True
    refunds_per_payment_max: int | None = None
    settles_in_our_transaction: bool = False
    """Wallet and counter: there is no outside service, and no call that could time out."""
    notification_carries_time: bool = True

    def offers(self, flow: Flow, currency: str) -> bool:
        """Whether a buyer can pay this way in this currency."""
        return flow in self.flows and (self.currencies is None or currency in self.currencies)


# ---- starting a payment ----------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class ChargeRequest:
    """Ask a provider to take this amount, under our reference, until an absolute time."""

    ref: MerchantRef
    amount: Money
    flow: Flow
    description: str
    expires_at: datetime
    payer_ref: str | None = field(default=None, repr=False)
    client_ip: str | None = field(default=None, repr=False)
    return_url: str | None = None

    def __attrs_post_init__(self) -> None:
        _check(self.ref, self.amount)
        if self.expires_at.tzinfo is None:
            raise ValueError("a payment expires at an aware time")


@frozen
class OpenUrl:
    """The buyer's device opens this page."""

    url: str


@frozen
class PostForm:
    """The buyer's browser posts this form."""

    url: str
    fields: Mapping[str, str]


@frozen
class ShowQr:
    """The buyer scans this content as a QR code."""

    content: str


@frozen
class CallClientSdk:
    """The page or app calls the provider's own kit with these parameters."""

    sdk: Literal["wechat_jsapi", "wechat_app", "alipay_app", "stripe_js"]
    parameters: Mapping[str, str]


@frozen
class PayAtCounter:
    """The buyer shows this code at the counter and pays there."""

    code: str


@frozen
class NothingToDo:
    """The buyer's device need not do anything: the payment is already decided."""


NextAction: TypeAlias = OpenUrl | PostForm | ShowQr | CallClientSdk | PayAtCounter | NothingToDo
"""What the buyer's device does next."""


# ---- what a provider says --------------------------------------------------------------------------------------------


class PaymentStatus(Enum):
    """What a provider says about a payment."""

    NOT_FOUND = "not_found"
    """It knows nothing of it yet; final only after the expiry and some grace."""
    PENDING = "pending"
    AUTHORIZED = "authorized"
    """Reserved for two-step capture, which no gateway here offers."""
    SUCCEEDED = "succeeded"
    """Money was taken; refunds do not undo this, see `refunded`."""
    FAILED = "failed"
    """Final: this reference can never succeed."""
    CLOSED = "closed"
    """Final: closed unpaid."""


class RefundStatus(Enum):
    """What a provider says about a refund."""

    NOT_FOUND = "not_found"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    CLOSED = "closed"
    """Final: not refunded; another try needs a new reference."""
    NEEDS_ATTENTION = "needs_attention"
    """The money left, and the buyer's bank would not take it: work for a person."""


@frozen(kw_only=True)
class PaymentSnapshot:
    """A payment as the provider tells it at one moment; what it does not tell is None."""

    ref: MerchantRef
    status: PaymentStatus
    amount: Money | None = None
    """The order's total as the provider took it; the application compares it with what was due (PAY-R2)."""
    refunded: Money | None = None
    provider_ref: str | None = None
    occurred_at: datetime | None = None


@frozen(kw_only=True)
class ChargeStarted:
    """A payment was begun: what the buyer does next, until when, and how things stand."""

    action: NextAction
    snapshot: PaymentSnapshot
    action_expires_at: datetime | None = None


@frozen(kw_only=True)
class RefundRequest:
    """Ask a provider to give back part or all of a payment, under our own refund reference."""

    refund_ref: RefundRef
    payment_ref: MerchantRef
    amount: Money
    payment_total: Money
    reason: str

    def __attrs_post_init__(self) -> None:
        _check(self.refund_ref, self.amount)
        _check(self.payment_ref, self.payment_total)
        if self.amount.currency != self.payment_total.currency:
            raise ValueError("a refund is paid in the currency of the payment")


@frozen(kw_only=True)
class RefundSnapshot:
    """A refund as the provider tells it at one moment; what it does not tell is None."""

    refund_ref: RefundRef
    payment_ref: MerchantRef
    status: RefundStatus
    amount: Money | None = None
    provider_ref: str | None = None


def _check(ref: str, amount: Money) -> None:
    if not _REF.fullmatch(ref):
        raise ValueError("a reference is 8 to 32 letters and digits")
    if amount.minor <= 0:
        raise ValueError("a provider moves more than nothing")


# ---- notices ---------------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class RawNotification:
    """A notice as it came in at the door: nothing parsed, nothing believed."""

    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    query: Mapping[str, str] = field(factory=dict)
    received_at: datetime


@frozen(kw_only=True)
class Notification:
    """A genuine notice to us; `event_id` is the provider's and the same in every redelivery."""

    event_id: str
    subject: PaymentSnapshot | RefundSnapshot
    signed_at: datetime | None = None


class Ack(Enum):
    """What we tell the provider about its notice."""

    DONE = "done"
    """Stored by a commit; do not send it again."""
    RETRY_LATER = "retry_later"
    """Genuine, but we could not store it."""
    REFUSED = "refused"
    """Not believed."""


@frozen
class RawReply:
    """The provider's exact acknowledgement, for the door to send as it is."""

    status: int
    body: bytes
    media_type: str


# ---- what goes wrong -------------------------------------------------------------------------------------------------


@refusal
class GatewayError(DomainError):
    """The payment provider did not do what was asked."""

    outcome: ClassVar[Literal["not_done", "unknown"]] = "not_done"

    gateway: str
    reason: str = ""
    """A short word for logs and staff; never a body, a key or a buyer's data (R41)."""


@refusal
class Rejected(GatewayError):
    """The payment provider refused; please pay another way or try anew."""

    code = "gateway.rejected"
    kind = Kind.REFUSED


@refusal
class ReferenceConflict(Rejected):
    """The payment provider knows this reference with another content."""

    code = "gateway.reference_conflict"
    kind = Kind.CONFLICT


@refusal
class NotSent(GatewayError):
    """The payment provider cannot be reached right now; please try again shortly."""

    code = "gateway.not_sent"
    kind = Kind.UNAVAILABLE


@refusal
class Misconfigured(GatewayError):
    """This way of paying is out of order; please choose another."""

    code = "gateway.misconfigured"
    kind = Kind.UNAVAILABLE


@refusal
class OutcomeUnknown(GatewayError):
    """The payment is being confirmed; please wait a moment."""

    code = "gateway.outcome_unknown"
    kind = Kind.UNAVAILABLE
    outcome: ClassVar[Literal["not_done", "unknown"]] = "unknown"


@refusal
class NotificationRefused(DomainError):
    """This notice is not accepted."""

    kind = Kind.FORBIDDEN

    gateway: str
    reason: str = ""


@refusal
class NotificationForged(NotificationRefused):
    """This notice was not signed by the payment provider."""

    code = "gateway.notice_forged"


@refusal
class NotificationStale(NotificationRefused):
    """This notice was signed too long ago, or in the future."""

    code = "gateway.notice_stale"


@refusal
class NotificationForAnother(NotificationRefused):
    """This notice is meant for another shop."""

    code = "gateway.notice_for_another"


@refusal
class NotificationUnreadable(NotificationRefused):
    """This notice is genuine but makes no sense."""

    code = "gateway.notice_unreadable"


# ---- the ports -------------------------------------------------------------------------------------------------------


class PaymentGateway(Protocol):
    """One way of taking money.

    Every verb may raise `NotSent` (surely not processed: repeat with the same reference), `OutcomeUnknown` (it may have been
    processed: `query` with the same reference until it is decided, and never mint a new one) or `Misconfigured` (take the
    gateway out of offer and alert). No adapter retries by itself: that is decided with the stored reference in hand (R12).
    """

    @property
    def code(self) -> str:
        """The gateway's name in settings, addresses and the ledger: `sandbox`, `counter`."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What it offers; constant for the life of the process."""
        ...

    async def begin(self, request: ChargeRequest) -> ChargeStarted:
        """Start a payment, or find it started.

        Idempotent in `request.ref`: an equal request gives an equal or refreshed action and never a second charge. The caller
        has stored reference, amount, gateway and expiry before. The expiry reaches the provider as an absolute time. A gateway
        that settles in our transaction makes no call and is awaited inside the unit of work.

        Raises:
            ReferenceConflict: another request was made under this reference.
            Rejected: surely not begun, and final for this reference.
        """
        ...

    async def query(self, ref: MerchantRef) -> PaymentSnapshot:
        """How the payment stands: the authority. Reads only; `NOT_FOUND` means that nothing is known *yet*."""
        ...

    async def close(self, ref: MerchantRef) -> PaymentSnapshot:
        """Make sure the payment can no longer be paid, and tell how it stands now.

        Idempotent. Answers CLOSED or FAILED, SUCCEEDED when the buyer was faster, or NOT_FOUND as `query` does; never raises
        because it was closed or paid already.
        """
        ...

    async def refund(self, request: RefundRequest) -> RefundSnapshot:
        """Give money back; PENDING is a normal answer.

        Idempotent in `refund_ref` with an equal amount. The caller has reserved the amount against the payment before.

        Raises:
            ReferenceConflict: another refund was made under this reference.
            Rejected: surely not refunded.
        """
        ...

    async def query_refund(self, payment_ref: MerchantRef, refund_ref: RefundRef) -> RefundSnapshot:
        """How the refund stands, as `query`."""
        ...


class NotificationReader(Protocol):
    """Reads one provider's notices: pure, synchronous, no input or output, no logging of bodies."""

    def read(self, raw: RawNotification) -> Notification:
        """The notice, if and only if it is genuine, fresh and ours (R9).

        The signature holds over the raw bytes under a configured key with the configured algorithm, the time is fresh where
        the protocol carries one, and our merchant is addressed. Promises nothing about amounts: the application compares
        amount, currency, reference and gateway with the stored attempt.

        Raises:
            NotificationForged, NotificationStale, NotificationForAnother, NotificationUnreadable: not believed; nothing is
                looked up and nobody is called.
        """
        ...

    def reply(self, ack: Ack) -> RawReply:
        """The provider's exact acknowledgement; `DONE` is said only after a commit."""
        ...


Gateways: TypeAlias = Mapping[str, PaymentGateway]
"""The gateways on offer, by code."""

NotificationReaders: TypeAlias = Mapping[str, NotificationReader]
"""Who reads the notices of which gateway, by code; the counter sends none."""
