"""The way back to the checkout: what somebody wanted to order outlives the entrance and the form of an address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID

from litestar import Response

from retail_domain.application import Retail
from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.ids import AddressId, MemberId, SkuId
from retail_domain.kernel.once import Once
from retail_domain.pricing import WantedLine
from retail_domain.processes.purchase.quoting import QuoteBasket
from retail_entrypoints.web.view import View

NEW: Final = "/checkout/new"
_QUANTITY_MAX: Final = 9_999


def anew(lines: Sequence[WantedLine]) -> str:
    """The address of a checkout of one kind of goods, or of the cart."""
    return f"{NEW}?{urlencode({'sku': lines[0].sku_id, 'quantity': lines[0].quantity})}" if len(lines) == 1 else NEW


def wanted(then: str) -> Sequence[WantedLine] | None:
    """What a checkout is wanted of, the cart if of nothing; None if no checkout is wanted."""
    place = urlsplit(then)
    if place.path != NEW:
        return None
    asked = {name: values[0] for name, values in parse_qs(place.query).items()}
    quantity = asked.get("quantity", "1")
    try:
        sku = UUID(asked["sku"])
    except (KeyError, ValueError):
        return ()
    is_number = quantity.isascii() and quantity.isdigit() and len(quantity) <= len(str(_QUANTITY_MAX))
    return (WantedLine(SkuId(sku), max(1, int(quantity)) if is_number else 1),)


async def to_checkout(  # noqa: PLR0913 - what is asked for by name
    retail: Retail, view: View, member_id: MemberId, lines: Sequence[WantedLine], once: Once | None = None,
    address: AddressId | None = None,
) -> Response[bytes]:  # fmt: skip
    """A quote and its page; whoever has no address yet is asked for one first, and comes back here."""
    chosen = address or (await retail.accounts.show.address_book(member_id)).default_id
    if chosen is None:
        return view.go(view.address("/me/addresses/new", then=anew(lines)), "checkout.address_first")
    basket = QuoteBasket(member_id=member_id, address_id=chosen, from_cart=not lines, lines=tuple(lines), once=once)
    try:
        quote = await retail.quoting.quote(basket)
    except DomainError as refused:
        return view.go("/cart", "checkout.refused", why=view.sentence(refused))
    return view.go(f"/checkout/{quote.id}")


async def go_on(retail: Retail, view: View, member_id: MemberId, then: str, saying: str) -> Response[bytes]:
    """After something was done on the way: where somebody wanted to go, and straight on where that is the checkout."""
    lines = wanted(then)
    if lines is None:
        return view.go(then, saying)
    return await to_checkout(retail, view, member_id, lines)
