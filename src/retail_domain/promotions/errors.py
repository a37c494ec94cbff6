"""What promotions refuse."""

from __future__ import annotations

from retail_domain.kernel.errors import DomainError, Kind, refusal
from retail_domain.kernel.ids import OfferId


@refusal
class OfferNotFound(DomainError):
    """There is no such offer."""

    code = "offer.not_found"
    kind = Kind.MISSING
    offer_id: OfferId


@refusal
class OfferWrongState(DomainError):
    """This offer is not where this could be done with it."""

    code = "offer.wrong_state"
    kind = Kind.CONFLICT
    offer_id: OfferId
    state: str
