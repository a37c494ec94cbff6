"""Every route of `/v1`, one line for each context; each module has `<context>_routes(retail)`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from litestar import Controller, Router
from litestar.handlers import HTTPRouteHandler

from retail_domain.application import Retail
from retail_domain.kernel.clock import Clock
from retail_entrypoints.http.approvals import approval_routes
from retail_entrypoints.http.auth import auth_routes
from retail_entrypoints.http.behaviour import behaviour_routes
from retail_entrypoints.http.books import book_routes
from retail_entrypoints.http.cart import cart_routes
from retail_entrypoints.http.catalog import catalog_routes
from retail_entrypoints.http.coupons import coupon_routes
from retail_entrypoints.http.events import event_routes
from retail_entrypoints.http.favourites import favourites_routes
from retail_entrypoints.http.history import history_routes
from retail_entrypoints.http.inventory import inventory_routes
from retail_entrypoints.http.jobs import job_routes
from retail_entrypoints.http.me import me_routes
from retail_entrypoints.http.membership import membership_routes
from retail_entrypoints.http.messages import message_routes
from retail_entrypoints.http.notes import note_routes
from retail_entrypoints.http.notices import notice_routes
from retail_entrypoints.http.offers import offer_routes
from retail_entrypoints.http.orders import order_routes
from retail_entrypoints.http.payments import payment_routes
from retail_entrypoints.http.pictures import picture_routes, staff_picture_routes
from retail_entrypoints.http.placing_for import placing_for_routes
from retail_entrypoints.http.points import points_routes
from retail_entrypoints.http.privacy import privacy_routes
from retail_entrypoints.http.quotes import freight_routes, quote_routes
from retail_entrypoints.http.reviews import review_routes
from retail_entrypoints.http.run_time_settings import settings_routes
from retail_entrypoints.http.staff_accounts import staff_account_routes
from retail_entrypoints.http.staff_catalog import staff_catalog_routes
from retail_entrypoints.http.staff_coupons import staff_coupon_routes
from retail_entrypoints.http.staff_files import staff_files_routes
from retail_entrypoints.http.staff_keys import staff_key_routes
from retail_entrypoints.http.staff_kinds import staff_kinds_routes
from retail_entrypoints.http.staff_members import staff_member_routes
from retail_entrypoints.http.staff_orders import staff_order_routes
from retail_entrypoints.http.staff_roles import staff_role_routes
from retail_entrypoints.http.staff_shelves import staff_shelves_routes
from retail_entrypoints.http.tiers import tier_routes
from retail_entrypoints.http.wallet import wallet_routes
from retail_entrypoints.http.webhooks import webhook_routes
from retail_entrypoints.settings import Settings

Routable: TypeAlias = type[Controller] | Router | HTTPRouteHandler


def context_routes(retail: Retail, settings: Settings, clock: Clock) -> Sequence[Routable]:
    """The routes of all contexts."""
    return [
        *auth_routes(retail.accounts),
        *me_routes(retail.accounts, settings.terms_version),
        *membership_routes(retail.membership),
        *tier_routes(retail.tiers),
        *points_routes(retail.points),
        *wallet_routes(retail),
        *coupon_routes(retail.coupons),
        *staff_coupon_routes(retail.coupons),
        *message_routes(retail.messages),
        *staff_account_routes(retail.accounts, retail.notes),
        *staff_member_routes(retail),
        *staff_role_routes(retail),
        *approval_routes(retail, clock),
        *staff_key_routes(retail),
        *settings_routes(retail.settings),
        *catalog_routes(retail.catalog, retail.insight, settings.currency),
        *staff_catalog_routes(retail.catalog, settings.currency, retail.notes),
        *favourites_routes(retail.membership),
        *history_routes(retail.insight),
        *staff_files_routes(retail.edits),
        *job_routes(retail),
        *staff_kinds_routes(retail.catalog, settings.currency),
        *staff_shelves_routes(retail.catalog),
        *note_routes(retail.notes),
        *picture_routes(retail.pictures),
        *staff_picture_routes(retail.pictures),
        *behaviour_routes(retail.insight),
        *cart_routes(retail.cart),
        *quote_routes(retail.quoting),
        *freight_routes(retail.quoting),
        *offer_routes(retail.promotions),
        *inventory_routes(retail.inventory),
        *order_routes(retail),
        *payment_routes(retail),
        *book_routes(retail.books),
        *privacy_routes(retail.privacy),
        *review_routes(retail.reviews),
        *staff_order_routes(retail),
        *placing_for_routes(retail),
        *event_routes(retail.events),
        *webhook_routes(retail.webhooks),
        *notice_routes(retail.payments.take_notice, settings.notice_bytes_max),
    ]
