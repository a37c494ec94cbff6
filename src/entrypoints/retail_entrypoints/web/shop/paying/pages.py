"""`/orders/.../pay`: choose how to pay, do it, and say so."""

from collections.abc import Sequence
from urllib.parse import urlsplit
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, URLEncodedBody

from retail_domain.application import Retail
from retail_domain.kernel.ids import MemberId, OrderId, PaymentId
from retail_domain.kernel.once import Once
from retail_domain.ordering import OrderNotFound, OrderStatus
from retail_domain.payments import (
    Flow,
    PayFromAccount,
    PaymentState,
    PaymentView,
    RefreshPayment,
    StartPayment,
    TakeBackHeld,
)
from retail_entrypoints.http.routing import MEMBER, Resource
from retail_entrypoints.http.wallet import WALLET
from retail_entrypoints.settings import Settings
from retail_entrypoints.web import policy
from retail_entrypoints.web.forms import Form, Word
from retail_entrypoints.web.shop.paying.models import PayingModel
from retail_entrypoints.web.view import View


class MethodForm(Form, frozen=True):
    """How to pay."""

    gateway: Word


class WalletForm(Form, frozen=True):
    """Use the wallet, or take back what it pays."""

    back: Word | None = None


class PaidForm(Form, frozen=True):
    """The attempt that the buyer says is paid."""

    payment: UUID


def paying_pages(retail: Retail, settings: Settings) -> Sequence[HTTPRouteHandler]:
    """Pay an order."""
    pages = Resource("/orders/{order_id:uuid}", permission=MEMBER, tag="paying")

    async def shown(view: View, member_id: MemberId, order_id: UUID) -> Response[bytes]:
        order = await retail.ordering.show.show_mine(member_id, OrderId(order_id))
        if order.status is not OrderStatus.PENDING_PAYMENT:
            return view.go(f"/orders/{order_id}", "paying.paid" if order.paid_at else None)
        attempts = await retail.payments.show.of_order(order.order_id)
        balances = await retail.wallet.show.balances(member_id)
        has = next((one.available.minor for one in balances if one.currency == order.payable.currency), 0)
        model = PayingModel.of(order, attempts, settings.gateway_codes, has)
        return view.page("shop/paying/pay.html", m=model, keeping=policy.NEVER, forms=_origin_of(model))

    @pages.get("/pay", raises=[OrderNotFound])
    async def show_paying(
        order_id: FromPath[UUID], view: NamedDependency[View], member_id: NamedDependency[MemberId]
    ) -> Response[bytes]:
        return await shown(view, member_id, order_id)

    @pages.post("/pay", raises=[OrderNotFound])
    async def pay_from_page(  # noqa: PLR0913 - what is asked for by name
        order_id: FromPath[UUID],
        data: URLEncodedBody[MethodForm],
        view: NamedDependency[View],
        member_id: NamedDependency[MemberId],
        client_address: NamedDependency[str],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        wish = StartPayment(
            member_id=member_id, order_id=OrderId(order_id), gateway=data.gateway,
            flow=Flow.COUNTER if data.gateway == "counter" else Flow.DESKTOP_QR, client_ip=client_address, once=once,
        )  # fmt: skip
        deed = retail.payments.start(wish)
        return await view.decide(deed, lambda _: view.go(f"/orders/{order_id}/pay"), lambda: shown(view, member_id, order_id))

    @pages.post("/wallet", raises=[OrderNotFound])
    async def use_wallet_at_page(
        order_id: FromPath[UUID],
        data: URLEncodedBody[WalletForm],
        view: NamedDependency[View],
        member_id: NamedDependency[MemberId],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        def told(payment: PaymentView) -> Response[bytes]:
            is_paid = payment.status is PaymentState.SUCCEEDED
            return view.go(f"/orders/{order_id}" if is_paid else f"/orders/{order_id}/pay", "paying.paid" if is_paid else None)

        id, payments = OrderId(order_id), retail.payments
        deed = (
            payments.take_back(TakeBackHeld(member_id=member_id, order_id=id, tender=WALLET, once=once))
            if data.back
            else payments.pay_from_account(PayFromAccount(member_id=member_id, order_id=id, tender=WALLET, once=once))
        )
        return await view.decide(deed, told, lambda: shown(view, member_id, order_id))

    @pages.post("/paid", raises=[OrderNotFound])
    async def say_paid(
        order_id: FromPath[UUID],
        data: URLEncodedBody[PaidForm],
        view: NamedDependency[View],
        member_id: NamedDependency[MemberId],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        def told(payment: PaymentView) -> Response[bytes]:
            is_paid = payment.status is PaymentState.SUCCEEDED
            return view.go(
                f"/orders/{order_id}" if is_paid else f"/orders/{order_id}/pay", "paying.paid" if is_paid else "paying.not_yet"
            )

        wish = RefreshPayment(member_id=member_id, payment_id=PaymentId(data.payment), once=once)
        return await view.decide(retail.payments.refresh(wish), told, lambda: shown(view, member_id, order_id))

    return pages.all


def _origin_of(model: PayingModel) -> str:
    """Where a provider's own form may be sent to."""
    if model.action is None or model.kind != "post_form":
        return ""
    address = urlsplit(str(model.action["url"]))
    return f"{address.scheme}://{address.netloc}"
