#!/bin/sh
# Buy two cups from a shop that `make shop` has started: sh examples/buy.sh
# Needs curl, and python3 to read the answers. docs/tutorial/your-first-sale.md explains the steps.
set -eu
. "$(dirname "$0")/shop.sh"

TOKEN=$(call /v1/auth/sessions -d '{"login": "demo", "password": "demo-shop-2026"}' | pick token)
echo "logged in as demo"

GOODS=$(call /v1/products -G --data-urlencode "query=茶杯")
SKU=$(echo "$GOODS" | pick items 0 skus 0 sku_id)
call "/v1/cart/lines/$SKU" -X PUT -d '{"quantity": 2}' > /dev/null
echo "two of $(echo "$GOODS" | pick items 0 title) are in the cart"

ADDRESS=$(call /v1/me/addresses | pick items 0 address_id)
QUOTE=$(call /v1/quotes -d '{"from_cart": true, "delivery": {"kind": "address", "address_id": "'"$ADDRESS"'"}}')
echo "they cost $(echo "$QUOTE" | pick payable minor) fen, delivered"

AGREED='{"quote_id": "'$(echo "$QUOTE" | pick quote_id)'", "hash": "'$(echo "$QUOTE" | pick hash)'"}'
ORDER=$(call /v1/orders -d "$AGREED")
ORDER_ID=$(echo "$ORDER" | pick order_id)
echo "order $(echo "$ORDER" | pick number): $(echo "$ORDER" | pick status)"

PAYMENT=$(call "/v1/orders/$ORDER_ID/payments" -d '{"gateway": "sandbox", "flow": "desktop_qr"}')
REF=$(echo "$PAYMENT" | pick payment_id | tr -d -)
curl -sS -X POST "$SANDBOX/control/payments/$REF/pay" > /dev/null
echo "paid at the provider; waiting for its notice"

STATUS=pending_payment TRIES=0
while [ "$STATUS" = pending_payment ] && [ "$TRIES" -lt 30 ]; do
  sleep 1
  TRIES=$((TRIES + 1))
  STATUS=$(call "/v1/orders/$ORDER_ID" | pick status)
done
echo "the order is now $STATUS"
[ "$STATUS" = to_ship ]
