"""What payments and refunds look like from outside."""

from typing import TypeAlias

import msgspec

from retail_domain.payments import (
    Balance,
    Flow,
    MoneyState,
    Notice,
    NoticeKind,
    PaymentState,
    PaymentView,
    RefundAnswer,
    RefundSource,
    RefundStage,
    RefundState,
    RefundView,
    SuspectView,
    Verdict,
    WaitingView,
)
from retail_entrypoints.http.shapes import Answer, Count, Instant, MoneyShape, Uuid
from retail_entrypoints.http.shaping import derived


class OpenUrlAction(Answer, frozen=True, tag_field="kind", tag="open_url"):
    """Open this address, in the browser or in the provider's app."""

    url: str


class PostFormAction(Answer, frozen=True, tag_field="kind", tag="post_form"):
    """Post these fields to this address as a form."""

    url: str
    fields: dict[str, str]


class ShowQrAction(Answer, frozen=True, tag_field="kind", tag="show_qr"):
    """Show this as a QR code for another device."""

    content: str


class CallClientSdkAction(Answer, frozen=True, tag_field="kind", tag="call_client_sdk"):
    """Hand these parameters to the provider's own library."""

    sdk: str
    parameters: dict[str, str]


class PayAtCounterAction(Answer, frozen=True, tag_field="kind", tag="pay_at_counter"):
    """Pay in the store, and show this code there."""

    code: str


class NothingToDoAction(Answer, frozen=True, tag_field="kind", tag="nothing_to_do"):
    """Nothing is to be done: the payment is decided."""


Action: TypeAlias = OpenUrlAction | PostFormAction | ShowQrAction | CallClientSdkAction | PayAtCounterAction | NothingToDoAction
"""What the buyer's device does next; `kind` tells which."""


def _action(view: PaymentView) -> Action | None:
    return None if view.action is None else msgspec.convert(view.action, type=Action)


class PaymentShape(Answer, frozen=True):
    """A payment attempt: how it stands, and what the buyer's device must do next.

    `refunded` has gone back, `refunding` shall and has not yet.
    """

    payment_id: Uuid
    order_id: Uuid
    gateway: str
    flow: Flow
    status: PaymentState
    money: MoneyState
    amount: MoneyShape
    refunding: MoneyShape
    refunded: MoneyShape
    action: Action | None
    action_expires_at: Instant | None
    expires_at: Instant
    received_at: Instant | None

    of = derived(PaymentView, action=_action)


class MyRefundShape(Answer, frozen=True):
    """Money on its way back to a member, and how far it has come; `stuck` is the shop's to solve."""

    refund_id: Uuid
    order_id: Uuid
    amount: MoneyShape
    source: RefundSource
    reason: str
    stage: RefundStage
    requested_at: Instant
    succeeded_at: Instant | None

    of = derived(RefundView)


class RefundShape(Answer, frozen=True):
    """A refund, and how far it has come."""

    refund_id: Uuid
    payment_id: Uuid
    order_id: Uuid
    gateway: str
    amount: MoneyShape
    source: RefundSource
    reason: str
    stage: RefundStage
    status: RefundState
    trouble: str | None
    tries: Count
    requested_at: Instant
    succeeded_at: Instant | None

    of = derived(RefundView, status="state")


class RefundAnswerShape(Answer, frozen=True):
    """The refund that is under way."""

    refund_id: Uuid
    status: RefundState
    amount: MoneyShape

    of = derived(RefundAnswer, status="state")


class SuspectShape(Answer, frozen=True):
    """Money that waits for a person (R10)."""

    payment_id: Uuid
    order_id: Uuid
    gateway: str
    provider_ref: str | None
    money: MoneyState
    reason: str | None
    due: MoneyShape
    captured: MoneyShape | None
    refunding_minor: Count
    refunded_minor: Count
    received_at: Instant | None

    of = derived(SuspectView)


class WaitingShape(Answer, frozen=True):
    """A payment to be asked about, or a refund to be sent, whose gateway a worker did not know; `refund_id` tells which."""

    payment_id: Uuid
    refund_id: Uuid | None
    order_id: Uuid
    gateway: str
    amount: MoneyShape
    since: Instant

    of = derived(WaitingView)


class NoticeShape(Answer, frozen=True):
    """A genuine notice that nobody can place, or that contradicts what is known."""

    gateway: str
    event_id: str
    kind: NoticeKind
    ref: str
    status: str
    amount: MoneyShape | None
    provider_ref: str | None
    verdict: Verdict
    received_at: Instant

    of = derived(Notice, within="key")


class BalanceShape(Answer, frozen=True):
    """What an account holds: positive is ours, negative is owed or earned."""

    account: str
    balance: MoneyShape

    of = derived(Balance)
