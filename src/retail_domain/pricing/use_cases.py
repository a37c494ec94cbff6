"""What members and staff do with quotes and freight templates; drawing up a quote is in `processes.purchase.quoting`."""

from __future__ import annotations

from datetime import timedelta

from attrs import frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import FreightTemplateId, Ids, MemberId, QuoteId
from retail_domain.kernel.once import DONE, Done, Once
from retail_domain.kernel.units import Begin
from retail_domain.pricing.model import ChargeBy, FreightTemplate, FreightZone, Quote
from retail_domain.pricing.ports import PricingWork


@frozen(kw_only=True)
class ShowQuote:
    """A member looks at a quote again."""

    member_id: MemberId
    quote_id: QuoteId


@frozen(kw_only=True)
class ShowQuoteHandler:
    """Answers the quote. Raises QuoteNotFound, also for a quote of somebody else (GEN-R14)."""

    begin: Begin[PricingWork]

    async def __call__(self, command: ShowQuote) -> Quote:
        """Carry it out."""
        async with self.begin() as work:
            quote = await work.quotes.get(command.quote_id)
        return quote.owned_by(command.member_id)


@frozen(kw_only=True)
class StoreFreightTemplate:
    """Staff write a freight template, or rewrite the one of that id (MSC-R5)."""

    name: str
    charge_by: ChargeBy
    zones: tuple[FreightZone, ...]
    actor: Actor
    template_id: FreightTemplateId | None = None
    is_default: bool = False
    once: Once | None = None


@frozen(kw_only=True)
class StoreFreightTemplateHandler:
    """Answers the stored template. Raises FreightTemplateNotFound when one to rewrite is not there."""

    begin: Begin[PricingWork]
    clock: Clock
    ids: Ids

    async def __call__(self, command: StoreFreightTemplate) -> FreightTemplate:
        """Carry it out."""
        async with self.begin() as work:
            told = await work.answers.recall(command.once, FreightTemplate)
            if told is not None:
                return told
            book = await work.price_book.claim()
            if command.template_id is not None:
                book.template(command.template_id)
            template_id = command.template_id or FreightTemplateId(self.ids.new())
            change = book.store_template(_template(template_id, command), actor=command.actor, at=self.clock.now())
            work.price_book.save(change)
            stored = change.state.template(template_id)
            work.answers.remember(command.once, stored)
            await work.commit()
        return stored


@frozen(kw_only=True)
class RemoveFreightTemplate:
    """Staff take a freight template out of force."""

    template_id: FreightTemplateId
    actor: Actor
    once: Once | None = None


@frozen(kw_only=True)
class RemoveFreightTemplateHandler:
    """Raises FreightTemplateNotFound."""

    begin: Begin[PricingWork]
    clock: Clock

    async def __call__(self, command: RemoveFreightTemplate) -> None:
        """Carry it out."""
        async with self.begin() as work:
            if await work.answers.recall(command.once, Done):
                return
            book = await work.price_book.claim()
            work.price_book.save(book.remove_template(command.template_id, actor=command.actor, at=self.clock.now()))
            work.answers.remember(command.once, DONE)
            await work.commit()


@frozen(kw_only=True)
class ListFreightTemplatesHandler:
    """Answers every freight template by name; there are few."""

    begin: Begin[PricingWork]

    async def __call__(self) -> tuple[FreightTemplate, ...]:
        """Carry it out."""
        async with self.begin() as work:
            book = await work.price_book.get()
        return tuple(sorted(book.templates.values(), key=lambda template: (template.name, template.id)))


@frozen
class ForgetExpiredQuotes:
    """Housekeeping: quotes that expired long ago may go, so many at a time."""

    limit: int = 1_000


@frozen(kw_only=True)
class ForgetExpiredQuotesHandler:
    """Answers how many quotes went."""

    begin: Begin[PricingWork]
    clock: Clock
    keep: timedelta = timedelta(days=2)

    async def __call__(self, command: ForgetExpiredQuotes) -> int:
        """Carry it out."""
        async with self.begin() as work:
            gone = await work.quotes.forget_expired(self.clock.now() - self.keep, command.limit)
            await work.commit()
        return gone


def _template(id: FreightTemplateId, command: StoreFreightTemplate) -> FreightTemplate:
    try:
        return FreightTemplate(
            id=id, name=command.name, charge_by=command.charge_by, zones=command.zones, is_default=command.is_default
        )
    except ValueError as problem:
        raise InvalidInput.of("zones", "freight_template", str(problem)) from problem
