#!/bin/sh
# Buy two cups from a shop that `make shop` has started, and ship them to yourself: sh examples/buy.sh
# Needs curl, and python3 to read the answers. The steps are explained in docs/tutorial/your-first-sale.md.
set -eu
SHOP=${SHOP:-http://127.0.0.1:8000}
SANDBOX=${SANDBOX:-http://127.0.0.1:8901}

pick() { python3 -c 'import json, sys; it = json.load(sys.stdin)
for key in sys.argv[1:]: it = it[int(key) if key.isdigit() else key]
print(it)' "$@"; }
call() { curl -sS -H "Authorization: Bearer ${TOKEN:-}" -H "Content-Type: application/json" "$@"; }

TOKEN=$(call "$SHOP/v1/auth/sessions" -d '{"login": "demo", "password": "demo-shop-2026"}' | pick token)
echo "logged in as demo"

GOODS=$(call -G "$SHOP/v1/products" --data-urlencode "query=茶杯")
SKU=$(echo "$GOODS" | pick items 0 skus 0 sku_id)
call -X PUT "$SHOP/v1/cart/lines/$SKU" -d '{"quantity": 2}' > /dev/null
echo "two of $(echo "$GOODS" | pick items 0 title) are in the cart"

HOME_ID=$(call "$SHOP/v1/me/addresses" | pick items 0 address_id)
QUOTE=$(call "$SHOP/v1/quotes" -d '{"from_cart": true, "delivery": {"kind": "address", "address_id": "'"$HOME_ID"'"}}')
echo "they cost $(echo "$QUOTE" | pick payable minor) fen, delivered"

AGREED='{"quote_id": "'$(echo "$QUOTE" | pick quote_id)'", "hash": "'$(echo "$QUOTE" | pick hash)'"}'
ORDER=$(call "$SHOP/v1/orders" -d "$AGREED")
ORDER_ID=$(echo "$ORDER" | pick order_id)
echo "order $(echo "$ORDER" | pick number): $(echo "$ORDER" | pick status)"

PAYMENT=$(call "$SHOP/v1/orders/$ORDER_ID/payments" -d '{"gateway": "sandbox", "flow": "desktop_qr"}')
REF=$(echo "$PAYMENT" | pick payment_id | tr -d -)
curl -sS -X POST "$SANDBOX/control/payments/$REF/pay" > /dev/null
echo "paid at the provider; waiting for its notice"

STATUS=pending_payment TRIES=0
while [ "$STATUS" = pending_payment ] && [ "$TRIES" -lt 30 ]; do
  sleep 1
  TRIES=$((TRIES + 1))
  STATUS=$(call "$SHOP/v1/orders/$ORDER_ID" | pick status)
done
echo "the order is now $STATUS"
[ "$STATUS" = to_ship ]
