"""`/v1/payments` and `/v1/staff/payments`: money in and out."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta

from retail_domain.accounts import Permission
from retail_domain.application import Retail
from retail_domain.approvals import AwaitsSecondPerson
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.ids import MemberId, OrderId, PaymentId, RefundId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.kernel.places import Places
from retail_domain.ordering import OrderInOtherPlacesToo, OrderIsClosing, OrderNotFound, OrderPaymentOverdue, OrderWrongState
from retail_domain.payments import (
    AskedTooOften,
    AttemptOpen,
    ConfirmCounterPayment,
    CorrectRefund,
    CounterAmountDiffers,
    Flow,
    GatewayNotOffered,
    GatewayUnknownHere,
    Misconfigured,
    NotSent,
    OutcomeUnknown,
    PaymentNotAtCounter,
    PaymentNotFound,
    PaymentNotOpen,
    PaymentNotSuspect,
    PaymentTooLate,
    RefreshPayment,
    RefundAside,
    RefundExceedsPayment,
    RefundNotConfirmed,
    RefundNotFound,
    RefundNotRetriable,
    RefundStage,
    Rejected,
    RetryRefund,
    StartPayment,
)
from retail_domain.payments.gateway import ReferenceConflict
from retail_entrypoints.http.becoming import becoming
from retail_entrypoints.http.lists import PageShape, listing, part_of
from retail_entrypoints.http.orders import seen
from retail_entrypoints.http.payment_shapes import (
    BalanceShape,
    MyRefundShape,
    NoticeShape,
    PaymentShape,
    RefundAnswerShape,
    RefundShape,
    SuspectShape,
    WaitingShape,
)
from retail_entrypoints.http.routing import MEMBER, Resource
from retail_entrypoints.http.shapes import Body, MoneyShape, Reason, Url

GatewayWord = Annotated[
    str, Meta(pattern=r"^[a-z][a-z0-9_]{0,31}$(?!\n)", description="A gateway's code.", examples=["sandbox"])
]
StageFilter = Annotated[RefundStage | None, QueryParameter(description="Only refunds that have come so far.")]
_PROVIDER = (Rejected, ReferenceConflict, NotSent, OutcomeUnknown, Misconfigured, GatewayUnknownHere)
_STARTING = (
    OrderNotFound, OrderWrongState, OrderIsClosing, OrderPaymentOverdue, PaymentTooLate, GatewayNotOffered, AttemptOpen,
    *_PROVIDER,
)  # fmt: skip


class StartPaymentBody(Body, frozen=True):
    """How to pay; how much is the shop's business alone (R7)."""

    gateway: GatewayWord
    flow: Flow
    return_url: Url | None = None

    to_command = becoming(StartPayment, "order_id", "member_id", "client_ip", "once", left=("payer_ref",))


class CounterBody(Body, frozen=True):
    """What a clerk has taken at the counter, typed by hand: it must be the amount due."""

    amount: MoneyShape

    to_command = becoming(ConfirmCounterPayment, "payment_id", "actor", "within", "once")


class CorrectionBody(Body, frozen=True):
    """The sum that shall go back instead, and why."""

    amount: MoneyShape
    reason: Reason

    to_command = becoming(CorrectRefund, "refund_id", "actor", "within", "once")


class ReasonBody(Body, frozen=True):
    """Why."""

    reason: Reason

    to_command = becoming(RefundAside, "payment_id", "actor", "within", "once", left=("seconded_by",))


def payment_routes(retail: Retail) -> Sequence[HTTPRouteHandler]:
    """What members and staff do with payments."""
    return [
        *_attempts(retail),
        *_my_refunds(retail),
        *_payments(retail),
        *_money_of_orders(retail),
        *_looking(retail),
        *_deciding(retail),
        *_refunds(retail),
    ]


def _attempts(retail: Retail) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/orders/{order_id:uuid}/payments", permission=MEMBER, tag="payments")

    @routes.post(raises=_STARTING, summary="Start to pay an order")
    async def start_payment(
        order_id: FromPath[UUID],
        data: JSONBody[StartPaymentBody],
        member_id: NamedDependency[MemberId],
        client_address: NamedDependency[str],
        once: NamedDependency[Once | None],
    ) -> PaymentShape:
        """Answers with `action`: what the buyer's device does next, by its `kind`. Sent again under the same key, it is
        the same attempt.
        """
        command = data.to_command(order_id=OrderId(order_id), member_id=member_id, client_ip=client_address, once=once)
        return PaymentShape.of(await retail.payments.start(command))

    @routes.get(raises=[OrderNotFound], summary="Attempts to pay")
    async def list_order_payments(
        order_id: FromPath[UUID], member_id: NamedDependency[MemberId], short_page: NamedDependency[PageRequest]
    ) -> PageShape[PaymentShape]:
        """Every attempt, the oldest first."""
        view = await retail.ordering.show.show_mine(member_id, OrderId(order_id))
        return part_of(await retail.payments.show.of_order(view.order_id), short_page, PaymentShape.of)

    return routes.all


def _my_refunds(retail: Retail) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/orders/{order_id:uuid}/refunds", permission=MEMBER, tag="payments")

    @routes.get(raises=[OrderNotFound], summary="Money of one of my orders that goes back, and how far it has come")
    async def list_my_order_refunds(
        order_id: FromPath[UUID], member_id: NamedDependency[MemberId], short_page: NamedDependency[PageRequest]
    ) -> PageShape[MyRefundShape]:
        """What was decided, what is under way, what has arrived and what is stuck, the oldest first."""
        view = await retail.ordering.show.show_mine(member_id, OrderId(order_id))
        found = await retail.payments.show.refunds_of_order(view.order_id)
        return part_of([one for one in found if one.stage is not RefundStage.REPLACED], short_page, MyRefundShape.of)

    return routes.all


def _payments(retail: Retail) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/payments/{payment_id:uuid}", permission=MEMBER, tag="payments")

    @routes.get(raises=[PaymentNotFound], summary="One of my payments")
    async def get_payment(payment_id: FromPath[UUID], member_id: NamedDependency[MemberId]) -> PaymentShape:
        """As it is known; ask for a refresh when the buyer says that they have paid."""
        return PaymentShape.of(await retail.payments.show.show_mine(member_id, PaymentId(payment_id)))

    @routes.post(
        "/refresh", status=200, raises=[PaymentNotFound, AskedTooOften, *_PROVIDER],
        summary="Ask the provider how a payment stands",
    )  # fmt: skip
    async def refresh_payment(
        payment_id: FromPath[UUID], member_id: NamedDependency[MemberId], once: NamedDependency[Once | None]
    ) -> PaymentShape:
        """Asks the provider now rather than waiting for its notice. May be asked every few seconds."""
        command = RefreshPayment(member_id=member_id, payment_id=PaymentId(payment_id), once=once)
        return PaymentShape.of(await retail.payments.refresh(command))

    return routes.all


def _money_of_orders(retail: Retail) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/staff/orders/{order_id:uuid}", permission=Permission.PAYMENTS_SEE, tag="staff: payments")
    show = retail.payments.show

    @routes.get("/payments", summary="Attempts to pay any order")
    async def list_any_order_payments(
        order_id: FromPath[UUID],
        short_page: NamedDependency[PageRequest],
        within: NamedDependency[Places],
    ) -> PageShape[PaymentShape]:
        """Every attempt, the oldest first."""
        await seen(retail, OrderId(order_id), within)
        return part_of(await show.of_order(OrderId(order_id)), short_page, PaymentShape.of)

    @routes.get("/refunds", summary="Refunds of any order")
    async def list_order_refunds(
        order_id: FromPath[UUID],
        short_page: NamedDependency[PageRequest],
        within: NamedDependency[Places],
    ) -> PageShape[RefundShape]:
        """How far each has come."""
        await seen(retail, OrderId(order_id), within)
        return part_of(await show.refunds_of_order(OrderId(order_id)), short_page, RefundShape.of)

    return routes.all


def _looking(retail: Retail) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/staff/payments", permission=Permission.PAYMENTS_SEE, tag="staff: payments")
    show = retail.payments.show

    @routes.get("/suspects", summary="Money that waits for a person, oldest first")
    async def list_suspects(
        page: NamedDependency[PageRequest],
        within: NamedDependency[Places],
    ) -> PageShape[SuspectShape]:
        """What arrived twice, late, or in another amount than was asked for."""
        return listing(await show.suspects(page, within), SuspectShape.of)

    @routes.get("/waiting", summary="Payments and refunds whose gateway a worker did not know, oldest first")
    async def list_waiting_payments(
        page: NamedDependency[PageRequest],
        within: NamedDependency[Places],
    ) -> PageShape[WaitingShape]:
        """They wait until a worker runs that knows the gateway."""
        return listing(await show.waiting(page, within), WaitingShape.of)

    @routes.get("/notices", summary="Notices nobody can place, or that contradict")
    async def list_odd_notices(page: NamedDependency[PageRequest]) -> PageShape[NoticeShape]:
        """Genuine ones that concern money, the oldest first."""
        return listing(await show.odd_notices(page), NoticeShape.of)

    @routes.get("/balances", summary="Every account of the ledger")
    async def list_balances(short_page: NamedDependency[PageRequest]) -> PageShape[BalanceShape]:
        """Positive is ours, negative is owed or earned."""
        return part_of(await show.balances(), short_page, BalanceShape.of)

    return routes.all


def _deciding(retail: Retail) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/staff/payments/{payment_id:uuid}", permission=Permission.PAYMENTS_DECIDE, tag="staff: payments")

    @routes.post(
        "/confirm", does=retail.payments.confirm_counter, status=200,
        raises=[PaymentNotFound, PaymentNotAtCounter, PaymentNotOpen, CounterAmountDiffers, OrderInOtherPlacesToo],
        summary="Confirm money taken at the counter",
    )  # fmt: skip
    async def confirm_counter_payment(
        payment_id: FromPath[UUID],
        data: JSONBody[CounterBody],
        actor: NamedDependency[Actor],
        within: NamedDependency[Places],
        once: NamedDependency[Once | None],
    ) -> PaymentShape:
        """Once the money is in the till."""
        command = ConfirmCounterPayment(
            payment_id=PaymentId(payment_id), amount=data.amount.to_money(), actor=actor, within=within, once=once
        )
        return PaymentShape.of(await retail.payments.confirm_counter(command))

    @routes.post(
        "/refund",
        does=retail.payments.refund_aside,
        raises=[PaymentNotFound, PaymentNotSuspect, OrderInOtherPlacesToo, AwaitsSecondPerson],
        summary="Give back money that was kept aside",
    )
    async def refund_suspect(
        payment_id: FromPath[UUID],
        data: JSONBody[ReasonBody],
        actor: NamedDependency[Actor],
        within: NamedDependency[Places],
        once: NamedDependency[Once | None],
    ) -> RefundAnswerShape:
        """Decides that it goes back; nothing else is changed."""
        command = data.to_command(payment_id=PaymentId(payment_id), actor=actor, within=within, once=once)
        return RefundAnswerShape.of(await retail.payments.refund_aside(command))

    return routes.all


def _refunds(retail: Retail) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/staff/refunds", permission=Permission.PAYMENTS_DECIDE, tag="staff: payments")
    refused = (OrderInOtherPlacesToo, RefundNotFound, RefundNotRetriable, RefundNotConfirmed, *_PROVIDER)

    @routes.get(permission=Permission.PAYMENTS_SEE, summary="All refunds, newest first")
    async def list_refunds(
        page: NamedDependency[PageRequest],
        within: NamedDependency[Places],
        stage: StageFilter = None,
    ) -> PageShape[RefundShape]:
        """All stages, or one: decided, under way, done or stuck."""
        return listing(await retail.payments.show.refunds(page, stage, within), RefundShape.of)

    @routes.get("/stuck", permission=Permission.PAYMENTS_SEE, summary="Refunds that need a person, oldest first")
    async def list_stuck_refunds(
        page: NamedDependency[PageRequest],
        within: NamedDependency[Places],
    ) -> PageShape[RefundShape]:
        """What a provider refused, or what nobody can tell."""
        return listing(await retail.payments.show.stuck_refunds(page, within), RefundShape.of)

    @routes.post(
        "/{refund_id:uuid}/retry", does=retail.payments.retry_refund, raises=refused,
        summary="Ask about a stuck refund; send it once more if it surely was not paid",
    )  # fmt: skip
    async def retry_refund(
        refund_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        within: NamedDependency[Places],
        once: NamedDependency[Once | None],
    ) -> RefundAnswerShape:
        """The provider is asked first, so that nothing is paid back twice."""
        command = RetryRefund(refund_id=RefundId(refund_id), actor=actor, within=within, once=once)
        return RefundAnswerShape.of(await retail.payments.retry_refund(command))

    @routes.post(
        "/{refund_id:uuid}/correct", does=retail.payments.correct_refund,
        raises=[*refused, PaymentNotSuspect, RefundExceedsPayment],
        summary="Give back another sum than a stuck refund of money kept aside",
    )  # fmt: skip
    async def correct_refund(
        refund_id: FromPath[UUID],
        data: JSONBody[CorrectionBody],
        actor: NamedDependency[Actor],
        within: NamedDependency[Places],
        once: NamedDependency[Once | None],
    ) -> RefundAnswerShape:
        """Replaces the sum of a refund that surely was not paid."""
        command = data.to_command(refund_id=RefundId(refund_id), actor=actor, within=within, once=once)
        return RefundAnswerShape.of(await retail.payments.correct_refund(command))

    return routes.all
