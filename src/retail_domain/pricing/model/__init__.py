"""The pricing engine, freight templates, the price book and quotes."""

from retail_domain.pricing.model.basket import (
    PricedBasket,
    PricedLine,
    RejectedOffer,
    Share,
    Source,
    Stage,
    Wish,
)
from retail_domain.pricing.model.book import TEMPLATES_MAX, PriceBook
from retail_domain.pricing.model.coupon import NOTHING_TO_TAKE_OFF, CouponAtHand, CouponEffect, before_coupons, effect_of
from retail_domain.pricing.model.engine import Pipeline, price
from retail_domain.pricing.model.freight import EVERYWHERE, ChargeBy, ComingFreight, FreightTemplate, FreightZone
from retail_domain.pricing.model.goods import GoodsFact, SaleLine, WantedLine, check_size, merged, sort_out
from retail_domain.pricing.model.kinds import MATRIX, Benefit, OrderKind
from retail_domain.pricing.model.offer import (
    CLUSTER_MAX,
    OFFER,
    OFFERS_MAX,
    SEARCHED,
    CountBy,
    Offer,
    OfferKind,
    OfferStep,
    Scope,
    cluster_of,
)
from retail_domain.pricing.model.offer_terms import kept_offer, read_terms, read_text, terms_text, told_offer, told_terms
from retail_domain.pricing.model.offering import gifts_for
from retail_domain.pricing.model.points import POINTS, PointsTerms
from retail_domain.pricing.model.quote import CartRef, DeliveryKind, Quote, QuoteDelivery, QuoteTerms, draw_up
from retail_domain.pricing.model.sheet import NOBODY, NOTHING, Adjustment, BuyerFacts, Outcome, PricingRequest, Sheet, Step
from retail_domain.pricing.model.steps import STEPS
from retail_domain.pricing.model.tier import TIER, TierTerms
from retail_domain.pricing.unavailable import Reason, UnavailableLine

__all__ = [
    "cluster_of",
    "kept_offer",
    "read_terms",
    "read_text",
    "terms_text",
    "told_offer",
    "told_terms",
    "OFFER",
    "CLUSTER_MAX",
    "OFFERS_MAX",
    "SEARCHED",
    "CountBy",
    "Offer",
    "OfferKind",
    "OfferStep",
    "Scope",
    "MATRIX",
    "Benefit",
    "OrderKind",
    "gifts_for",
    "EVERYWHERE",
    "NOBODY",
    "NOTHING",
    "NOTHING_TO_TAKE_OFF",
    "STEPS",
    "TIER",
    "TEMPLATES_MAX",
    "Adjustment",
    "BuyerFacts",
    "CartRef",
    "ChargeBy",
    "ComingFreight",
    "CouponAtHand",
    "CouponEffect",
    "QuoteDelivery",
    "DeliveryKind",
    "FreightTemplate",
    "FreightZone",
    "GoodsFact",
    "POINTS",
    "Outcome",
    "PointsTerms",
    "Pipeline",
    "PriceBook",
    "PricedBasket",
    "PricedLine",
    "PricingRequest",
    "Quote",
    "QuoteTerms",
    "Reason",
    "RejectedOffer",
    "SaleLine",
    "Share",
    "Sheet",
    "Source",
    "Stage",
    "Step",
    "TierTerms",
    "UnavailableLine",
    "WantedLine",
    "Wish",
    "before_coupons",
    "draw_up",
    "check_size",
    "effect_of",
    "merged",
    "price",
    "sort_out",
]
