"""What pricing refuses."""

from __future__ import annotations

from retail_domain.kernel.errors import DomainError, Kind, refusal
from retail_domain.kernel.ids import AddressId, FreightTemplateId, QuoteId, SkuId
from retail_domain.pricing.unavailable import UnavailableLine


@refusal
class QuoteNotFound(DomainError):
    """There is no such quote."""

    code = "quote.not_found"
    kind = Kind.MISSING
    quote_id: QuoteId


@refusal
class QuoteExpired(DomainError):
    """This quote is no longer good; please ask for a new one."""

    code = "quote.expired"
    kind = Kind.REFUSED
    quote_id: QuoteId


@refusal
class QuoteHashMismatch(DomainError):
    """What was agreed to is not what this quote says."""

    code = "quote.hash_mismatch"
    kind = Kind.CONFLICT
    quote_id: QuoteId


@refusal
class QuotePriceChanged(DomainError):
    """Prices have changed since the quote; please look at the new one."""

    code = "quote.price_changed"
    kind = Kind.CONFLICT
    quote_id: QuoteId
    sku_ids: tuple[SkuId, ...] = ()
    fresh_quote_id: QuoteId | None = None
    fresh_hash: str | None = None


@refusal
class QuoteEmpty(DomainError):
    """Nothing of what was asked for can be sold and delivered."""

    code = "quote.empty"
    kind = Kind.REFUSED
    unavailable: tuple[UnavailableLine, ...] = ()


@refusal
class QuoteTooManyLines(DomainError):
    """These are more different goods than one order takes."""

    code = "quote.too_many_lines"
    kind = Kind.REFUSED
    lines: int
    lines_max: int


@refusal
class QuoteQuantityTooLarge(DomainError):
    """These are more units of one article than one order takes."""

    code = "quote.quantity_too_large"
    kind = Kind.REFUSED
    sku_id: SkuId
    quantity: int
    quantity_max: int


@refusal
class QuoteTooLarge(DomainError):
    """The sum is larger than the shop handles in one order."""

    code = "quote.too_large"
    kind = Kind.REFUSED
    payable_minor: int


@refusal
class QuoteAddressNotFound(DomainError):
    """There is no such address in the member's address book."""

    code = "quote.address_not_found"
    kind = Kind.MISSING
    address_id: AddressId | None = None


@refusal
class QuoteRegionNotServed(DomainError):
    """The shop does not deliver to this region at the moment."""

    code = "quote.region_not_served"
    kind = Kind.REFUSED
    region_code: str


@refusal
class FreightTemplateNotFound(DomainError):
    """There is no such freight template."""

    code = "freight_template.not_found"
    kind = Kind.MISSING
    template_id: FreightTemplateId


@refusal
class TooManyFreightTemplates(DomainError):
    """The shop has as many freight templates as it can hold."""

    code = "freight_template.too_many"
    kind = Kind.REFUSED
    templates_max: int


@refusal
class OfferClusterTooLarge(DomainError):
    """Too many offers would meet on the same goods at the same time."""

    code = "offer.cluster_too_large"
    kind = Kind.REFUSED
    offers: int
    offers_max: int
    meets: tuple[str, ...] = ()


@refusal
class TooManyOffers(DomainError):
    """As many offers are in force as the shop can hold."""

    code = "offer.too_many"
    kind = Kind.REFUSED
    offers_max: int
