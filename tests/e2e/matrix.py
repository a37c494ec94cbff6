"""Every route of the shop and who may call it, written by hand: a route that is not here is a mistake (R35)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_TABLE: Final = """
GET /health/live public
GET /health/ready public
GET /pictures/{file} public
GET /problems/{code} public
POST /v1/auth/accounts public
POST /v1/auth/codes public
PUT /v1/auth/password logged_in
POST /v1/auth/password/reset public
DELETE /v1/auth/sessions logged_in
POST /v1/auth/sessions public
DELETE /v1/auth/sessions/current logged_in
POST /v1/behaviour public
GET /v1/brands public
GET /v1/cart guest_or_member
POST /v1/cart/lines guest_or_member
DELETE /v1/cart/lines/{sku_id} guest_or_member
PUT /v1/cart/lines/{sku_id} guest_or_member
POST /v1/cart/merge member
POST /v1/carts public
GET /v1/categories public
POST /v1/gateways/{gateway}/notices public
GET /v1/me member
PATCH /v1/me member
GET /v1/me/addresses member
POST /v1/me/addresses member
DELETE /v1/me/addresses/{address_id} member
GET /v1/me/addresses/{address_id} member
PUT /v1/me/addresses/{address_id} member
GET /v1/me/check-ins member
POST /v1/me/check-ins member
PUT /v1/me/phone member
GET /v1/orders member
POST /v1/orders member
DELETE /v1/orders/{order_id} member
GET /v1/orders/{order_id} member
PUT /v1/orders/{order_id}/address member
POST /v1/orders/{order_id}/cancel member
GET /v1/orders/{order_id}/contact member
GET /v1/orders/{order_id}/payments member
POST /v1/orders/{order_id}/payments member
POST /v1/orders/{order_id}/receipt member
GET /v1/orders/{order_id}/refunds member
GET /v1/payments/{payment_id} member
POST /v1/payments/{payment_id}/refresh member
DELETE /v1/pictures/{picture_id} member
GET /v1/pictures/{picture_id} member
POST /v1/pictures member
GET /v1/products public
GET /v1/products/{product_id} public
POST /v1/quotes member
GET /v1/quotes/{quote_id} member
GET /v1/regions public
DELETE /v1/staff/pictures/{picture_id} catalog.change
GET /v1/staff/pictures/{picture_id} catalog.see
POST /v1/staff/pictures catalog.change
POST /v1/staff/brands catalog.change
POST /v1/staff/categories catalog.change
PUT /v1/staff/categories/{category_id}/parent catalog.change
GET /v1/staff/events events.see
GET /v1/staff/freight-templates catalog.see
POST /v1/staff/freight-templates prices.change
DELETE /v1/staff/freight-templates/{template_id} prices.change
PUT /v1/staff/freight-templates/{template_id} prices.change
GET /v1/staff/locations stock.see
POST /v1/staff/locations stock.change
GET /v1/staff/members members.see
GET /v1/staff/members/{id} members.see
POST /v1/staff/members/{id}/ban members.ban
GET /v1/staff/members/{id}/contact members.contact
POST /v1/staff/members/{id}/readmit members.ban
GET /v1/staff/orders orders.see
GET /v1/staff/orders/{order_id} orders.see
PUT /v1/staff/orders/{order_id}/address orders.change
POST /v1/staff/orders/{order_id}/close orders.close
GET /v1/staff/orders/{order_id}/contact members.contact
GET /v1/staff/orders/{order_id}/history orders.see
GET /v1/staff/orders/{order_id}/payments payments.see
GET /v1/staff/orders/{order_id}/refunds payments.see
POST /v1/staff/orders/{order_id}/refunds refunds.make
POST /v1/staff/orders/{order_id}/ship orders.ship
GET /v1/staff/payments/balances payments.see
GET /v1/staff/payments/notices payments.see
GET /v1/staff/payments/suspects payments.see
GET /v1/staff/payments/waiting payments.see
POST /v1/staff/payments/{payment_id}/confirm payments.confirm
POST /v1/staff/payments/{payment_id}/refund refunds.make+payments.decide
GET /v1/staff/products catalog.see
POST /v1/staff/products catalog.change
GET /v1/staff/products/{product_id} catalog.see
PUT /v1/staff/products/{product_id} catalog.change
PUT /v1/staff/products/{product_id}/sale catalog.change
POST /v1/staff/products/{product_id}/skus catalog.change
GET /v1/staff/refunds payments.see
GET /v1/staff/refunds/stuck payments.see
POST /v1/staff/refunds/{refund_id}/correct refunds.make+payments.decide
POST /v1/staff/refunds/{refund_id}/retry refunds.make+payments.decide
PUT /v1/staff/skus/{sku_id} catalog.change
PUT /v1/staff/skus/{sku_id}/price prices.change
DELETE /v1/staff/roles/{code} staff.manage
GET /v1/staff/roles staff.see
POST /v1/staff/roles staff.manage
PUT /v1/staff/roles/{code} staff.manage
GET /v1/staff/staff staff.see
POST /v1/staff/staff staff.manage
PUT /v1/staff/staff/{id}/password staff.manage
POST /v1/staff/staff/{id}/roles staff.manage
GET /v1/staff/stock stock.see
POST /v1/staff/stock/adjustments stock.change
GET /v1/staff/stock/alerts stock.see
POST /v1/staff/stock/receipts stock.change
POST /v1/staff/stock/watches stock.change
GET /v1/staff/stock/{sku_id} stock.see
GET /v1/staff/stock/{sku_id}/moves stock.see
GET /v1/staff/trail audit.see
"""

MATRIX: Final[Mapping[tuple[str, str], str]] = {
    (method, path): permission for method, path, permission in (line.split() for line in _TABLE.strip().splitlines())
}
"""(method, path) -> permission; several that are all needed are joined by `+`."""
