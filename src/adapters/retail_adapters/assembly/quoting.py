"""Quotes, wired."""

from __future__ import annotations

from attrs import evolve

from retail_adapters.assembly.parts import Parts
from retail_domain.pricing import (
    ForgetExpiredQuotesHandler,
    ListFreightTemplatesHandler,
    RemoveFreightTemplateHandler,
    ShowQuoteHandler,
    StoreFreightTemplateHandler,
)
from retail_domain.processes.purchase.quoting import QuoteAgainHandler, QuoteBasketHandler, Quoting, QuotingRules


def quoting(parts: Parts) -> Quoting:
    """The quotes of a shop made of these parts."""
    begin, clock, ids, rules = parts.begin, parts.clock, parts.ids, quoting_rules(parts)
    return Quoting(
        quote=parts.unit(QuoteBasketHandler(begin=begin, clock=clock, ids=ids, rules=rules)),
        again=parts.unit(QuoteAgainHandler(begin=begin, clock=clock, ids=ids, rules=rules)),
        show=ShowQuoteHandler(begin=parts.look or begin),
        store_freight_template=parts.unit(StoreFreightTemplateHandler(begin=begin, clock=clock, ids=ids)),
        remove_freight_template=parts.unit(RemoveFreightTemplateHandler(begin=begin, clock=clock)),
        freight_templates=ListFreightTemplatesHandler(begin=parts.look or begin),
        forget_expired=parts.unit(ForgetExpiredQuotesHandler(begin=begin, clock=clock)),
    )


def quoting_rules(parts: Parts) -> QuotingRules:
    """The rules of quotes and carts, in the currency of the shop: it has one; and with the steps and kinds of its host."""
    price = parts.policies.quoting.price
    for step in parts.steps:
        price = price.with_step(step)
    return evolve(
        parts.policies.quoting, currency=parts.policies.currency, price=price, takings=parts.takings,
        split=parts.policies.checkout.split,
    )  # fmt: skip
