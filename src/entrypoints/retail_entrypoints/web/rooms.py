"""Every room of the pages, one line each; a room has `<room>_pages(...)`."""

from __future__ import annotations

from collections.abc import Sequence

from litestar.handlers import HTTPRouteHandler

from retail_domain.application import Retail
from retail_entrypoints.settings import Settings
from retail_entrypoints.web.serving_files import file_pages
from retail_entrypoints.web.shop.account.pages import account_pages
from retail_entrypoints.web.shop.cart.pages import cart_pages
from retail_entrypoints.web.shop.checkins.pages import check_in_pages
from retail_entrypoints.web.shop.checkout.pages import checkout_pages
from retail_entrypoints.web.shop.entering.pages import entering_pages
from retail_entrypoints.web.shop.goods.pages import goods_pages
from retail_entrypoints.web.shop.help.pages import help_pages
from retail_entrypoints.web.shop.home.pages import home_pages
from retail_entrypoints.web.shop.me.pages import me_pages
from retail_entrypoints.web.shop.messages.pages import message_pages
from retail_entrypoints.web.shop.orders.pages import order_pages
from retail_entrypoints.web.shop.paying.pages import paying_pages
from retail_entrypoints.web.shop.privacy.pages import privacy_pages
from retail_entrypoints.web.shop.reviews.pages import review_pages


def pages_of(retail: Retail, settings: Settings) -> Sequence[HTTPRouteHandler]:
    """The pages of all rooms."""
    return [
        *file_pages(retail, settings),
        *home_pages(retail, settings),
        *goods_pages(retail, settings),
        *entering_pages(retail, settings),
        *cart_pages(retail),
        *checkout_pages(retail),
        *paying_pages(retail, settings),
        *order_pages(retail),
        *review_pages(retail),
        *me_pages(retail),
        *message_pages(retail, settings),
        *check_in_pages(retail),
        *account_pages(retail),
        *privacy_pages(retail, settings),
        *help_pages(),
    ]
