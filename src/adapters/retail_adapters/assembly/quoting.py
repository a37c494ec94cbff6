"""Quotes, wired."""

from __future__ import annotations

from attrs import evolve

from retail_adapters.assembly.parts import Parts
from retail_domain.pricing.use_cases import (
    forget_expired_quotes,
    freight_templates,
    remove_freight_template,
    show_quote,
    store_freight_template,
)
from retail_domain.processes.purchase.quoting import Quoting, QuotingRules, quote_again, quote_basket


def quoting(parts: Parts) -> Quoting:
    """The quotes of a shop made of these parts."""
    rules = quoting_rules(parts)
    return Quoting(
        quote=parts.answering(quote_basket, rules),
        again=parts.deciding(quote_again, rules),
        show=parts.reading(show_quote),
        store_freight_template=parts.deciding(store_freight_template),
        remove_freight_template=parts.deciding(remove_freight_template),
        freight_templates=parts.looking(freight_templates, parts.clock),
        forget_expired=parts.deciding(forget_expired_quotes),
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
