"""What members and staff do with quotes and freight templates; drawing up a quote is in `processes.purchase.quoting`."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from attrs import evolve, frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.checked import NoneOrMore, checked
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.errors import InvalidInput, require_seen
from retail_domain.kernel.ids import FreightTemplateId, MemberId, QuoteId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once
from retail_domain.kernel.reading import LINE
from retail_domain.pricing.model import ChargeBy, ComingFreight, FreightTemplate, FreightZone, Quote
from retail_domain.pricing.ports import PricingWork

KEPT: Final = timedelta(days=2)
"""So long expired quotes are still found."""


@frozen(kw_only=True)
@checked
class ShowQuote:
    """A member looks at a quote again."""

    member_id: MemberId
    quote_id: QuoteId


async def show_quote(work: PricingWork, command: ShowQuote) -> Quote:
    """Answers the quote. Raises QuoteNotFound, also for a quote of somebody else (GEN-R14)."""
    quote = await work.quotes.get(command.quote_id)
    return quote.owned_by(command.member_id)


@frozen(kw_only=True)
@checked
class StoreFreightTemplate:
    """Staff write a freight template, or rewrite the one of that id (MSC-R5)."""

    name: str
    charge_by: ChargeBy
    zones: tuple[FreightZone, ...]
    actor: Actor
    template_id: FreightTemplateId | None = None
    is_default: bool = False
    coming: ComingFreight | None = None
    """What it charges from a moment on; None: nothing is planned any more."""
    seen: NoneOrMore | None = None
    """The edition that was looked at: with it, nobody may have written the template since."""
    once: Once | None = None


@brings(Effect.SELLING_PRICE)
async def store_freight_template(work: PricingWork, command: StoreFreightTemplate, means: Means) -> FreightTemplate:
    """Answers the stored template, as it charges now and from a moment on.

    Raises InvalidInput, ChangedMeanwhile, TooManyFreightTemplates; FreightTemplateNotFound when one to rewrite is not there.
    """
    command, at = evolve(command, name=LINE.read(command.name, "name", 100, 1)), means.clock.now()
    if command.coming is not None and command.coming.effective_at <= at:
        raise InvalidInput.of("coming.effective_at", "future", "what is coming takes effect later than now")
    book = await work.price_book.claim()
    if command.template_id is not None:
        require_seen(command.seen, book.template(command.template_id).edition)
    template_id = command.template_id or FreightTemplateId(means.ids.new())
    change = book.store_template(_template(template_id, command), actor=command.actor, at=at)
    if change.events:
        work.price_book.save(change)
    return change.state.template(template_id).at(at)


@frozen(kw_only=True)
@checked
class RemoveFreightTemplate:
    """Staff take a freight template out of force."""

    template_id: FreightTemplateId
    actor: Actor
    once: Once | None = None


@brings(Effect.SELLING_PRICE)
async def remove_freight_template(work: PricingWork, command: RemoveFreightTemplate, means: Means) -> None:
    """From now on it is in force no more. Raises FreightTemplateNotFound."""
    book = await work.price_book.claim()
    work.price_book.save(book.remove_template(command.template_id, actor=command.actor, at=means.clock.now()))


async def freight_templates(work: PricingWork, clock: Clock) -> tuple[FreightTemplate, ...]:
    """Answers every freight template by name, as it charges now and from a moment on; there are few."""
    book, at = await work.price_book.get(), clock.now()
    return tuple(sorted((one.at(at) for one in book.templates.values()), key=lambda template: (template.name, template.id)))


@frozen
@checked
class ForgetExpiredQuotes:
    """Housekeeping: quotes that expired long ago may go, so many at a time."""

    limit: NoneOrMore = 1_000


async def forget_expired_quotes(work: PricingWork, command: ForgetExpiredQuotes, means: Means) -> int:
    """Answers how many quotes went."""
    return await work.quotes.forget_expired(means.clock.now() - KEPT, command.limit)


def _template(id: FreightTemplateId, command: StoreFreightTemplate) -> FreightTemplate:
    try:
        return FreightTemplate(
            id=id, name=command.name, charge_by=command.charge_by, zones=command.zones, is_default=command.is_default,
            coming=command.coming,
        )  # fmt: skip
    except InvalidInput:
        raise
    except ValueError as problem:
        raise InvalidInput.of("zones", "freight_template", str(problem)) from problem
