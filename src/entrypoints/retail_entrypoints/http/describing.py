"""The words of the description that stand beside its schemas: the purchase as prose, the tags in its order, who may call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from retail_entrypoints.http.routing import Access, Allowed

PROSE: Final = """\
The whole shop over HTTP: members buy, staff run it, machines do either.

## A purchase, step by step

1. **Find**: `GET /v1/products` finds goods, `GET /v1/products/{product_id}` shows their kinds (SKUs) and prices. Nobody
   needs to be logged in.
2. **Be somebody**: `POST /v1/auth/codes` sends a code to a phone, `POST /v1/auth/sessions` takes it and answers a
   token, which goes into `Authorization: Bearer ...` from then on. A number that is new becomes a member.
3. **Collect**, if you like: `POST /v1/cart/lines`. Guests begin with `POST /v1/carts`; `POST /v1/cart/merge` brings
   their cart along when they log in. A cart reserves nothing.
4. **Say where to**: `POST /v1/me/addresses`, with a code of `GET /v1/regions`.
5. **Ask what it costs**: `POST /v1/quotes` prices the goods for that address and explains every step.
6. **Agree**: `POST /v1/orders` with the `quote_id` and `hash` of the quote. What it says is what it costs, or the order
   is refused and says what changed. Stock is reserved until `pay_by`.
7. **Pay**: `POST /v1/orders/{order_id}/payments` answers an `action`: what the buyer's device does next. Look at `GET
   /v1/payments/{payment_id}` until its `status` is decided, and use `POST /v1/payments/{payment_id}/refresh` when the
   buyer says that they have paid.
8. **Follow**: `GET /v1/orders/{order_id}` shows parcels, refunds and the state; `POST /v1/orders/{order_id}/receipt`
   confirms that the goods are there.

## What holds everywhere

- Money is in minor units with its currency; times are RFC 3339 in UTC; ids are UUIDs; unknown fields are refused.
- Send an `Idempotency-Key` with everything that decides something. A repeat under the same key with the same body gets
  the same answer, marked `Idempotent-Replayed: true`; with another body it is refused.
- A refusal is a `Problem` (RFC 9457). Its `code` is stable: decide by it, never by `detail`. `GET /problems/{code}`
  explains it.
- `503` and `429` say in `Retry-After` when to come again; nothing was changed.
- Lists are read page by page: `next_cursor` goes into `cursor` as it is.
"""

TAGS: Final[Mapping[str, str]] = {
    "shop": "What the shop says of itself.",
    "catalog": "Goods, their kinds and prices.",
    "auth": "Codes, passwords and sessions.",
    "me": "What a member says of themselves.",
    "cart": "What somebody may buy.",
    "regions": "Where parcels can go.",
    "quotes": "What it costs, and why.",
    "orders": "What was bought, and how far it has come.",
    "payments": "Attempts to pay, and what providers say.",
    "reviews": "What buyers say of goods they have.",
    "pictures": "What members show of what they bought.",
    "membership": "What makes a member come back.",
    "coupons": "What takes something off one order.",
    "messages": "What a member is told, and how.",
    "behaviour": "What was looked at, with consent.",
    "staff: catalog": "Goods, prices and freight.",
    "staff: stock": "Shelves, and what moves on them.",
    "staff: orders": "Shipping, redirecting, calling off, paying back.",
    "staff: reviews": "What waits to be read by everybody.",
    "staff: payments": "Money that waits for a person.",
    "staff: books": "What every account did on each day, and days that are closed.",
    "staff: members": "Who buys here.",
    "staff: coupons": "Kinds of coupons, codes, and what became of them.",
    "staff: messages": "What staff are told at work.",
    "staff: staff": "Who works here, and what they may.",
    "staff: keys": "Programs that come in, and what they may.",
    "staff: jobs": "Files that a worker does, and how far they are.",
    "staff: approvals": "What is too large for one person, and waits for another.",
    "staff: settings": "What is changed while the shop runs.",
    "staff: trail": "What staff did.",
    "staff: events": "What happened, for machines that follow it.",
    "staff: webhooks": "Who outside is told what happened.",
    "problems": "What a code means.",
    "health": "For those who watch over the process.",
}
"""Every tag, in the order of a purchase; then those of staff, then those of machines."""

STATUSES: Final[Mapping[str, str]] = {
    "200": "Done, or what was asked for.",
    "201": "Created.",
    "202": "Taken note of.",
    "204": "Done; there is nothing to tell.",
}

_WHO: Final[Mapping[Access, str]] = {
    Access.PUBLIC: "Anybody may call it.",
    Access.GUEST_OR_MEMBER: "For members, and for guests with a cart.",
    Access.MEMBER: "For members who are logged in.",
    Access.LOGGED_IN: "For whoever is logged in.",
    Access.STAFF: "For staff, whatever their role.",
}


def description_of(words: str, permission: Allowed, codes: Iterable[str]) -> str:
    """What an operation does beyond its summary, who may call it, and how it may refuse."""
    who = _WHO[permission] if isinstance(permission, Access) else f"For staff who may `{permission.value}`."
    return f"{words}\n\n{who}\n\nRefuses with: {', '.join(f'`{code}`' for code in codes)}."
