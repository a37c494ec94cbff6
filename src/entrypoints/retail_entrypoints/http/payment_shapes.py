"""What payments and refunds look like from outside."""

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
    RefundState,
    RefundView,
    SuspectView,
    Verdict,
)
from retail_entrypoints.http.shapes import Answer, Count, FactValue, Instant, MoneyShape, Uuid


class PaymentShape(Answer, frozen=True):
    """A payment attempt: how it stands, and what the buyer's device must do next."""

    payment_id: Uuid
    order_id: Uuid
    gateway: str
    flow: Flow
    status: PaymentState
    money: MoneyState
    amount: MoneyShape
    refunded: MoneyShape
    action: dict[str, FactValue] | None
    action_expires_at: Instant | None
    expires_at: Instant
    received_at: Instant | None

    @classmethod
    def of(cls, view: PaymentView) -> "PaymentShape":
        """As it is sent."""
        return cls(
            view.payment_id, view.order_id, view.gateway, view.flow, view.status, view.money, MoneyShape.of(view.amount),
            MoneyShape.of(view.refunded), dict(view.action) if view.action is not None else None, view.action_expires_at,
            view.expires_at, view.received_at,
        )  # fmt: skip


class RefundShape(Answer, frozen=True):
    """A refund, and how far it has come."""

    refund_id: Uuid
    payment_id: Uuid
    order_id: Uuid
    gateway: str
    amount: MoneyShape
    source: RefundSource
    reason: str
    status: RefundState
    trouble: str | None
    tries: Count
    requested_at: Instant
    succeeded_at: Instant | None

    @classmethod
    def of(cls, view: RefundView) -> "RefundShape":
        """As it is sent."""
        return cls(
            view.refund_id, view.payment_id, view.order_id, view.gateway, MoneyShape.of(view.amount), view.source,
            view.reason, view.state, view.trouble, view.tries, view.requested_at, view.succeeded_at,
        )  # fmt: skip


class RefundAnswerShape(Answer, frozen=True):
    """The refund that is under way."""

    refund_id: Uuid
    status: RefundState
    amount: MoneyShape

    @classmethod
    def of(cls, answer: RefundAnswer) -> "RefundAnswerShape":
        """As it is sent."""
        return cls(answer.refund_id, RefundState(answer.state), MoneyShape.of(answer.amount))


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
    received_at: Instant | None

    @classmethod
    def of(cls, view: SuspectView) -> "SuspectShape":
        """As it is sent."""
        return cls(
            view.payment_id, view.order_id, view.gateway, view.provider_ref, view.money, view.reason,
            MoneyShape.of(view.due), MoneyShape.of(view.captured) if view.captured else None, view.refunding_minor,
            view.received_at,
        )  # fmt: skip


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

    @classmethod
    def of(cls, notice: Notice) -> "NoticeShape":
        """As it is sent."""
        return cls(
            notice.key.gateway, notice.key.event_id, notice.kind, notice.ref, notice.status,
            MoneyShape.of(notice.amount) if notice.amount else None, notice.provider_ref, notice.verdict,
            notice.received_at,
        )  # fmt: skip


class BalanceShape(Answer, frozen=True):
    """What an account holds: positive is ours, negative is owed or earned."""

    account: str
    balance: MoneyShape

    @classmethod
    def of(cls, balance: Balance) -> "BalanceShape":
        """As it is sent."""
        return cls(balance.account, MoneyShape.of(balance.balance))
