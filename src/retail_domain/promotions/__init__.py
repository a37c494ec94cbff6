"""Promotions (促销): offers as staff write, launch and stop them; what they do to prices is said by pricing."""

from typing import Final

from retail_domain.promotions.errors import OfferNotFound as OfferNotFound, OfferWrongState as OfferWrongState
from retail_domain.promotions.model import Promotion as Promotion, PromotionState as PromotionState
from retail_domain.promotions.ports import Promotions as Promotions, PromotionsWork as PromotionsWork

EVENTS: Final = ()
