"""Starting a payment: what a gateway offers, what is asked of it, and what the buyer does next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Literal, TypeAlias

from attrs import field, frozen

from retail_domain.kernel.money import Money
from retail_domain.payments.gateway.references import MerchantRef, check_asked


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
        check_asked(self.ref, self.amount)
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
