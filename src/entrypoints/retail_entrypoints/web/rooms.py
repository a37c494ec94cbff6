"""Every room of the pages, one line each; a room has `<room>_pages(...)`."""

from __future__ import annotations

from collections.abc import Sequence

from litestar.handlers import HTTPRouteHandler

from retail_domain.application import Retail
from retail_domain.kernel.calendar import Calendar
from retail_entrypoints.http.shop import ServedShop
from retail_entrypoints.settings import Settings
from retail_entrypoints.web.desk.approvals.pages import approval_pages
from retail_entrypoints.web.desk.coupons.pages import desk_coupon_pages
from retail_entrypoints.web.desk.deliveries.pages import delivery_pages
from retail_entrypoints.web.desk.entering.pages import desk_entering_pages
from retail_entrypoints.web.desk.goods.adding import adding_goods
from retail_entrypoints.web.desk.goods.pages import desk_goods_pages
from retail_entrypoints.web.desk.home.pages import desk_home_pages
from retail_entrypoints.web.desk.jobs.by_file import files_of_staff
from retail_entrypoints.web.desk.jobs.pages import job_pages
from retail_entrypoints.web.desk.members.pages import member_pages
from retail_entrypoints.web.desk.money.pages import money_pages
from retail_entrypoints.web.desk.offers.pages import desk_offer_pages
from retail_entrypoints.web.desk.orders.by_file import shipping_by_file
from retail_entrypoints.web.desk.orders.deciding import deciding_about_orders
from retail_entrypoints.web.desk.orders.looking import looking_at_orders
from retail_entrypoints.web.desk.orders.redirecting import redirecting_orders
from retail_entrypoints.web.desk.overview.pages import overview_pages
from retail_entrypoints.web.desk.preview.pages import preview_pages
from retail_entrypoints.web.desk.reviews.pages import desk_review_pages
from retail_entrypoints.web.desk.sales.pages import sales_pages
from retail_entrypoints.web.desk.settings.pages import settings_pages
from retail_entrypoints.web.desk.staff.pages import staff_pages
from retail_entrypoints.web.desk.staff.roles import role_pages
from retail_entrypoints.web.desk.stock.pages import stock_pages
from retail_entrypoints.web.desk.trail.pages import trail_pages
from retail_entrypoints.web.desk.wallets.pages import desk_wallet_pages
from retail_entrypoints.web.serving_files import file_pages
from retail_entrypoints.web.shop.account.pages import account_pages
from retail_entrypoints.web.shop.cart.pages import cart_pages
from retail_entrypoints.web.shop.checkins.pages import check_in_pages
from retail_entrypoints.web.shop.checkout.pages import checkout_pages
from retail_entrypoints.web.shop.coupons.pages import coupon_pages
from retail_entrypoints.web.shop.entering.forgotten import forgotten_pages
from retail_entrypoints.web.shop.entering.pages import entering_pages
from retail_entrypoints.web.shop.goods.pages import goods_pages
from retail_entrypoints.web.shop.help.pages import help_pages
from retail_entrypoints.web.shop.home.pages import home_pages
from retail_entrypoints.web.shop.me.pages import me_pages
from retail_entrypoints.web.shop.messages.pages import message_pages
from retail_entrypoints.web.shop.orders.pages import order_pages
from retail_entrypoints.web.shop.paying.pages import paying_pages
from retail_entrypoints.web.shop.points.pages import points_pages
from retail_entrypoints.web.shop.privacy.pages import privacy_pages
from retail_entrypoints.web.shop.reviews.pages import review_pages
from retail_entrypoints.web.shop.tiers.pages import tier_pages
from retail_entrypoints.web.shop.wallet.pages import wallet_pages


def pages_of(shop: ServedShop[Retail]) -> Sequence[HTTPRouteHandler]:
    """The pages of all rooms."""
    mine = coupon_pages(shop.retail, shop.settings, shop.clock)
    return [*_of_the_shop(shop.retail, shop.settings), *mine, *_of_the_desk(shop)]


def _of_the_shop(retail: Retail, settings: Settings) -> Sequence[HTTPRouteHandler]:
    return [
        *file_pages(retail, settings),
        *home_pages(retail, settings),
        *goods_pages(retail, settings),
        *entering_pages(retail, settings),
        *forgotten_pages(retail, settings.terms_version),
        *cart_pages(retail),
        *checkout_pages(retail),
        *paying_pages(retail, settings),
        *order_pages(retail),
        *review_pages(retail),
        *me_pages(retail),
        *message_pages(retail),
        *check_in_pages(retail),
        *tier_pages(retail, settings),
        *points_pages(retail),
        *wallet_pages(retail, settings),
        *account_pages(retail),
        *privacy_pages(retail, settings),
        *help_pages(),
    ]


def _of_the_desk(shop: ServedShop[Retail]) -> Sequence[HTTPRouteHandler]:
    retail, calendar = shop.retail, Calendar(shop.settings.timezone)
    return [
        *desk_entering_pages(retail),
        *overview_pages(shop, calendar),
        *sales_pages(shop, calendar),
        *shipping_by_file(retail),
        *looking_at_orders(retail),
        *deciding_about_orders(retail),
        *redirecting_orders(retail),
        *approval_pages(shop),
        *money_pages(retail, shop.settings),
        *files_of_staff(shop),
        *job_pages(shop),
        *adding_goods(shop),
        *stock_pages(retail),
        *desk_goods_pages(shop),
        *member_pages(retail, calendar),
        *desk_wallet_pages(retail, shop.settings.currency),
        *desk_offer_pages(retail, shop.settings.currency),
        *desk_review_pages(retail),
        *desk_coupon_pages(shop, calendar),
        *staff_pages(retail),
        *role_pages(retail),
        *desk_home_pages(shop, calendar),
        *preview_pages(shop, calendar),
        *settings_pages(retail, calendar),
        *trail_pages(retail, calendar),
        *delivery_pages(retail),
    ]
