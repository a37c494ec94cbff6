"""`/me/wallet`: what I have with the shop, what moved it, and being paid out."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter, URLEncodedBody

from retail_domain.application import Retail
from retail_domain.kernel.ids import MemberId, WithdrawalId
from retail_domain.kernel.money import Money
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.wallet import CancelWithdrawal, ForfeitWallet, RequestWithdrawal, WithdrawalNotFound, WithdrawalView
from retail_entrypoints.http.providers import CURSOR_PATTERN
from retail_entrypoints.http.routing import MEMBER, Resource
from retail_entrypoints.settings import Settings
from retail_entrypoints.web import policy
from retail_entrypoints.web.amounts import minor_typed
from retail_entrypoints.web.forms import Form, Typed
from retail_entrypoints.web.shop.wallet.models import WalletPage
from retail_entrypoints.web.view import View

Cursor = Annotated[str | None, QueryParameter(pattern=CURSOR_PATTERN, max_length=512)]
_PAGE = 20
_HOME = "/me/wallet"


class WithdrawForm(Form, frozen=True):
    """How much, and where it is to go."""

    amount: Typed = ""
    pay_to: Typed = ""


def wallet_pages(retail: Retail, settings: Settings) -> Sequence[HTTPRouteHandler]:
    """Balance, history, withdrawals."""
    pages = Resource(_HOME, permission=MEMBER, tag="membership")
    wallet = retail.wallet

    async def shown(view: View, member_id: MemberId, cursor: str | None = None) -> Response[bytes]:
        model = WalletPage.of(
            await wallet.show.balances(member_id),
            await wallet.show.entries(member_id, PageRequest(_PAGE, cursor)),
            await wallet.show.withdrawals_of(member_id, PageRequest(_PAGE)),
            settings.currency,
        )
        return view.page("shop/wallet/wallet.html", m=model, keeping=policy.NEVER)

    @pages.get()
    async def show_wallet_page(
        view: NamedDependency[View], member_id: NamedDependency[MemberId], cursor: Cursor = None
    ) -> Response[bytes]:
        return await shown(view, member_id, cursor)

    @pages.post("/withdrawals")
    async def withdraw_at_page(
        data: URLEncodedBody[WithdrawForm],
        view: NamedDependency[View],
        member_id: NamedDependency[MemberId],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        async def ask() -> WithdrawalView:
            amount = Money(minor_typed(data.amount, "amount"), settings.currency)
            wish = RequestWithdrawal(member_id=member_id, amount=amount, pay_to=data.pay_to, once=once)
            return await wallet.request_withdrawal(wish)

        return await view.decide(ask(), lambda _: view.go(_HOME, "wallet.asked"), lambda: shown(view, member_id))

    @pages.post("/withdrawals/{withdrawal_id:uuid}/cancel", raises=[WithdrawalNotFound])
    async def cancel_withdrawal_at_page(
        withdrawal_id: FromPath[UUID],
        view: NamedDependency[View],
        member_id: NamedDependency[MemberId],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        wish = CancelWithdrawal(member_id=member_id, withdrawal_id=WithdrawalId(withdrawal_id), once=once)
        deed = wallet.cancel_withdrawal(wish)
        return await view.decide(deed, lambda _: view.go(_HOME, "wallet.cancelled"), lambda: shown(view, member_id))

    @pages.post("/forfeit")
    async def forfeit_at_page(
        view: NamedDependency[View], member_id: NamedDependency[MemberId], once: NamedDependency[Once | None]
    ) -> Response[bytes]:
        deed = wallet.forfeit(ForfeitWallet(member_id=member_id, once=once))
        return await view.decide(deed, lambda _: view.go(_HOME, "wallet.given_up"), lambda: shown(view, member_id))

    return pages.all
