"""`/desk/money`: what goes back and how far it has come, what waits for a person, and what the books hold."""

from collections.abc import Awaitable, Sequence
from typing import Annotated
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter, URLEncodedBody

from retail_domain.accounts import Permission
from retail_domain.application import Retail
from retail_domain.kernel.ids import PaymentId, RefundId
from retail_domain.kernel.money import Money
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.kernel.places import Places
from retail_domain.payments import (
    CorrectRefund,
    PaymentNotFound,
    RefundAnswer,
    RefundAside,
    RefundNotFound,
    RefundStage,
    RetryRefund,
)
from retail_entrypoints.http.routing import Resource
from retail_entrypoints.settings import Settings
from retail_entrypoints.web.amounts import minor_typed
from retail_entrypoints.web.desk.showing import PAGE, Cursor, decide, show
from retail_entrypoints.web.forms import Form, NoFields, Typed
from retail_entrypoints.web.view import View

Stage = Annotated[RefundStage | None, QueryParameter(name="stage")]
STAGES = (RefundStage.UNDER_WAY, RefundStage.STUCK, RefundStage.DONE)


class ReasonForm(Form, frozen=True):
    """Why."""

    reason: Typed = ""


class RefundCorrectionForm(Form, frozen=True):
    """What is given back instead, and why."""

    amount: Typed = ""
    reason: Typed = ""


def money_pages(retail: Retail, settings: Settings) -> Sequence[HTTPRouteHandler]:
    """Refunds and doubtful money at one's places; the books for whoever is bound to none."""
    return [*_looking(retail), *_books(retail), *_deciding(retail, settings)]


async def _refunds(  # noqa: PLR0913 - which, and the form that was refused
    retail: Retail, view: View, within: Places, stage: RefundStage | None, cursor: str | None = None, tried: str = ""
) -> Response[bytes]:
    found = await retail.payments.show.refunds(PageRequest(PAGE, cursor), stage, within)
    return show(
        view, "money/refunds.html", rows=found.items, stages=STAGES, stage=stage, next_cursor=found.next_cursor, tried=tried
    )  # fmt: skip


async def _aside(retail: Retail, view: View, within: Places, cursor: str | None = None, tried: str = "") -> Response[bytes]:
    found = await retail.payments.show.suspects(PageRequest(PAGE, cursor), within)
    return show(view, "money/aside.html", rows=found.items, next_cursor=found.next_cursor, tried=tried)


def _looking(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/desk/money", permission=Permission.PAYMENTS_SEE, tag="desk")

    @pages.get()
    async def show_refunds_at_desk(
        view: NamedDependency[View], within: NamedDependency[Places], stage: Stage = None, cursor: Cursor = None
    ) -> Response[bytes]:
        return await _refunds(retail, view, within, stage, cursor)

    @pages.get("/aside")
    async def show_money_aside(
        view: NamedDependency[View], within: NamedDependency[Places], cursor: Cursor = None
    ) -> Response[bytes]:
        return await _aside(retail, view, within, cursor)

    return pages.all


def _books(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/desk/money", permission=Permission.PAYMENTS_SEE, tag="desk")

    @pages.get("/balances")
    async def show_balances(view: NamedDependency[View]) -> Response[bytes]:
        return show(view, "money/balances.html", rows=await retail.payments.show.balances())

    @pages.get("/notices")
    async def show_odd_notices(view: NamedDependency[View], cursor: Cursor = None) -> Response[bytes]:
        found = await retail.payments.show.odd_notices(PageRequest(PAGE, cursor))
        return show(view, "money/notices.html", rows=found.items, next_cursor=found.next_cursor)

    return pages.all


def _deciding(retail: Retail, settings: Settings) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/desk/money", permission=Permission.PAYMENTS_DECIDE, tag="desk")

    @pages.post("/refunds/{refund_id:uuid}/retry", does=retail.payments.retry_refund, raises=[RefundNotFound])
    async def retry_refund_at_desk(
        refund_id: FromPath[UUID],
        data: URLEncodedBody[NoFields],
        view: NamedDependency[View],
        within: NamedDependency[Places],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        wish = RetryRefund(refund_id=RefundId(refund_id), actor=view.actor, within=within, once=once)
        return await decide(
            view, retail.payments.retry_refund(wish), lambda _: view.go("/desk/money?stage=under_way", "desk.said.retried"),
            lambda: _refunds(retail, view, within, RefundStage.STUCK),
        )  # fmt: skip

    @pages.post("/refunds/{refund_id:uuid}/correct", does=retail.payments.correct_refund, raises=[RefundNotFound])
    async def correct_refund_at_desk(
        refund_id: FromPath[UUID],
        data: URLEncodedBody[RefundCorrectionForm],
        view: NamedDependency[View],
        within: NamedDependency[Places],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        async def correct() -> RefundAnswer:
            wish = CorrectRefund(
                refund_id=RefundId(refund_id), amount=Money(minor_typed(data.amount, "amount"), settings.currency),
                reason=data.reason, actor=view.actor, within=within, once=once,
            )  # fmt: skip
            return await retail.payments.correct_refund(wish)

        return await decide(
            view, correct(), lambda _: view.go("/desk/money?stage=under_way", "desk.said.refunding"),
            lambda: _refunds(retail, view, within, RefundStage.STUCK, tried=str(refund_id)),
        )  # fmt: skip

    @pages.post("/aside/{payment_id:uuid}/refund", does=retail.payments.refund_aside, raises=[PaymentNotFound])
    async def refund_aside_at_desk(
        payment_id: FromPath[UUID],
        data: URLEncodedBody[ReasonForm],
        view: NamedDependency[View],
        within: NamedDependency[Places],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        wish = RefundAside(payment_id=PaymentId(payment_id), reason=data.reason, actor=view.actor, within=within, once=once)
        deed: Awaitable[RefundAnswer] = retail.payments.refund_aside(wish)
        return await decide(
            view, deed, lambda _: view.go("/desk/money/aside", "desk.said.refunding"),
            lambda: _aside(retail, view, within, tried=str(payment_id)),
        )  # fmt: skip

    return pages.all
