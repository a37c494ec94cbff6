"""What the checkout shows: a quote, where it goes, and how its price came about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from attrs import frozen

from retail_domain.accounts import Address, AddressBook
from retail_domain.kernel.ids import AddressId, QuoteId
from retail_domain.kernel.money import Money
from retail_domain.points import PointsPay
from retail_domain.pricing import POINTS, Quote
from retail_entrypoints.web.shop.cart.models import Apart, Line, MissedOffer
from retail_entrypoints.web.shop.checkout.onward import anew
from retail_entrypoints.web.shop.coupons.models import ChosenTicket


@frozen(kw_only=True)
class DeliveryPlace:
    """An address to choose."""

    address_id: AddressId
    recipient: str
    phone: str
    region: str
    detail: str
    is_chosen: bool

    @classmethod
    def of(cls, address: Address, chosen: AddressId | None) -> DeliveryPlace:
        """An entry of the address book."""
        contact = address.contact
        return cls(
            address_id=address.id, recipient=contact.recipient, phone=contact.phone.e164, region=contact.region,
            detail=contact.detail, is_chosen=address.id == chosen,
        )  # fmt: skip


@frozen(kw_only=True)
class PriceStep:
    """What one step of the price added or took off."""

    kind: str
    amount: Money


@frozen(kw_only=True)
class PointsAtHand:
    """The buyer's points, where they pay for something here."""

    available: int
    used: int
    off: Money

    @classmethod
    def of(cls, quote: Quote, available: int, pay: PointsPay) -> PointsAtHand | None:
        """None where they pay for nothing, or are too few and none are used."""
        used = sum(ground.quantity for ground in quote.basket.grounds if ground.kind == POINTS)
        if not pay.unit_worth_minor or not (used or available >= pay.spend_unit):
            return None
        off = -sum(share.amount_minor for share in quote.basket.by_source() if share.source_kind == POINTS)
        return cls(available=available, used=used, off=Money(off, quote.basket.currency))


@frozen(kw_only=True)
class CheckoutModel:
    """Everything that is agreed to with one tap."""

    quote_id: QuoteId
    hash: str
    expires_at: datetime
    place: DeliveryPlace | None
    places: tuple[DeliveryPlace, ...]
    lines: tuple[Line, ...]
    apart: tuple[Apart, ...]
    goods: Money
    freight: Money
    payable: Money
    steps: tuple[PriceStep, ...]
    missed: tuple[MissedOffer, ...]
    points: PointsAtHand | None
    coupons: tuple[ChosenTicket, ...]
    """Those that can be used, then those that cannot, with why."""
    anew: str
    """Where the same is checked out again, after another address was added."""

    @classmethod
    def of(
        cls, quote: Quote, book: AddressBook, coupons: Sequence[ChosenTicket] = (), points: PointsAtHand | None = None
    ) -> CheckoutModel:
        """A quote with the member's addresses."""
        currency, chosen = quote.basket.currency, quote.delivery.address_id
        places = tuple(DeliveryPlace.of(address, chosen) for address in book.addresses)
        return cls(
            quote_id=quote.id, hash=quote.hash, expires_at=quote.expires_at,
            place=next((place for place in places if place.is_chosen), None), places=places,
            lines=tuple(Line.of(line, currency) for line in quote.lines),
            apart=_apart(quote), anew=anew(() if quote.cart is not None else quote.wanted),
            missed=MissedOffer.all_of(quote.basket), points=points, coupons=tuple(coupons),
            goods=Money(quote.basket.goods_minor, currency), freight=quote.freight, payable=quote.payable,
            steps=tuple(
                PriceStep(kind=share.source_kind, amount=Money(share.amount_minor, currency))
                for share in quote.basket.by_source()
            ),
        )  # fmt: skip


def _apart(quote: Quote) -> tuple[Apart, ...]:
    found: Sequence[Apart] = [
        Apart(sku_id=one.sku_id, title=one.title, quantity=one.quantity, reason=one.reason, sellable=one.sellable)
        for one in (*quote.unavailable, *quote.basket.undeliverable)
    ]
    return tuple(found)
