"""Buys something with the client that `make clients` makes: python buy.py URL TOKEN."""

import json
import sys
from uuid import uuid4  # noqa: TID251 - a client makes its keys itself

from shop_client import AuthenticatedClient
from shop_client.api.catalog import list_products
from shop_client.api.me import list_addresses
from shop_client.api.orders import place_order
from shop_client.api.payments import start_payment
from shop_client.api.quotes import create_quote
from shop_client.models import (
    DeliveryBody,
    Flow,
    PayAtCounterAction,
    PlaceOrderBody,
    Problem,
    QuoteBody,
    StartPaymentBody,
    WantedLineBody,
)

url, token = sys.argv[1:]
shop = AuthenticatedClient(base_url=url, token=token)

goods = list_products.sync(client=shop).items[0]
address = list_addresses.sync(client=shop).items[0]
basket = QuoteBody(
    lines=[WantedLineBody(sku_id=goods.skus[0].sku_id, quantity=1)],
    delivery=DeliveryBody(kind="address", address_id=address.address_id),
)
quote = create_quote.sync(client=shop, body=basket)

agreed, key = PlaceOrderBody(quote_id=quote.quote_id, hash_=quote.hash_), str(uuid4())
first = place_order.sync_detailed(client=shop, body=agreed, idempotency_key=key)
again = place_order.sync_detailed(client=shop, body=agreed, idempotency_key=key)
order = first.parsed

way = StartPaymentBody(gateway="counter", flow=Flow.COUNTER)
payment = start_payment.sync(order.order_id, client=shop, body=way)
assert isinstance(payment.action, PayAtCounterAction)  # known by its kind, not guessed

refused = place_order.sync(client=shop, body=PlaceOrderBody(quote_id=uuid4(), hash_=quote.hash_))
assert isinstance(refused, Problem)

print(
    json.dumps(
        {
            "paid_by": payment.action.kind,
            "minor": order.payable.minor,
            "refused": refused.code,
            "replayed": [answer.headers.get("idempotent-replayed") for answer in (first, again)],
            "same_order": again.parsed.order_id == order.order_id,
        }
    )
)
