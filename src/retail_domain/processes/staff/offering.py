"""Staff write offers, launch them and stop them: what is launched stands in the price book (PRC-R8, GEN-R13)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

from attrs import frozen

from retail_domain.accounts import AuditTrail, StaffAction
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.checked import NoneOrMore, checked
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.errors import require_seen
from retail_domain.kernel.ids import OfferId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once
from retail_domain.pricing import Offer, OfferKind, PriceBook, PriceBookShelf, cluster_of, read_text, terms_text
from retail_domain.promotions import Promotion, PromotionsWork

LISTED_MAX = 1_000
"""So many offers are listed, the newest first."""


class OfferingWork(PromotionsWork, Protocol):
    """The unit of work of offers."""

    @property
    def price_book(self) -> PriceBookShelf: ...
    @property
    def audit_trail(self) -> AuditTrail: ...


@frozen(kw_only=True)
@checked
class MakeOffer:
    """Staff write an offer; nobody sees it before it is launched."""

    actor: Actor
    terms: str
    once: Once | None = None


@frozen(kw_only=True)
@checked
class ChangeOffer:
    """Staff write other terms; of a launched offer they hold at once."""

    actor: Actor
    offer_id: OfferId
    terms: str
    seen: NoneOrMore | None = None
    """The edition that was looked at: with it, nobody may have changed the offer since."""
    once: Once | None = None


@frozen(kw_only=True)
@checked
class LaunchOffer:
    """An offer comes into force."""

    actor: Actor
    offer_id: OfferId
    once: Once | None = None


@frozen(kw_only=True)
@checked
class StopOffer:
    """An offer is in force no more."""

    actor: Actor
    offer_id: OfferId
    once: Once | None = None


@frozen(kw_only=True)
class OfferBound:
    """The most that an offer can ever cost: for one order, where terms say so, and together with what it meets."""

    per_order_minor: int | None
    """None: it depends on what is bought."""
    share_bps: int
    """So much of what its goods cost at most."""
    with_others_minor: int | None
    """For one order, with every offer that it meets."""
    meets: tuple[str, ...]


@frozen(kw_only=True)
class OfferView:
    """An offer as staff see it."""

    offer: Offer
    promotion: Promotion
    bound: OfferBound
    is_on: bool
    """Whether it holds now."""


@brings(Effect.SELLING_PRICE)
async def make_offer(work: OfferingWork, command: MakeOffer, means: Means) -> Promotion:
    """Answers the draft. Raises InvalidInput, which names all that is wrong."""
    at, id = means.clock.now(), OfferId(means.ids.new())
    offer = read_text(command.terms, id)
    change = Promotion.made(id, offer.name, terms_text(offer), at)
    work.promotions.save(change)
    return change.state


@brings(Effect.SELLING_PRICE)
async def change_offer(work: OfferingWork, command: ChangeOffer, means: Means) -> Promotion:
    """Answers it. Raises OfferNotFound, InvalidInput, ChangedMeanwhile, OfferClusterTooLarge, TooManyOffers."""
    at, book = means.clock.now(), await work.price_book.claim()
    known = await work.promotions.get(command.offer_id)
    require_seen(command.seen, known.edition)
    offer = read_text(command.terms, known.id)
    change = known.change(offer.name, terms_text(offer))
    if change.state is known:
        return known
    if known.is_live:
        _in_force(work, book, change.state, command.actor, at)
    return _decided(work, change, command.actor, at, "offers.change")


@brings(Effect.SELLING_PRICE)
async def launch_offer(work: OfferingWork, command: LaunchOffer, means: Means) -> Promotion:
    """Answers it. Raises OfferNotFound, OfferWrongState, OfferClusterTooLarge, TooManyOffers."""
    at, book = means.clock.now(), await work.price_book.claim()
    change = (await work.promotions.get(command.offer_id)).launch(at)
    _in_force(work, book, change.state, command.actor, at)
    return _decided(work, change, command.actor, at, "offers.launch")


@brings(Effect.SELLING_PRICE)
async def stop_offer(work: OfferingWork, command: StopOffer, means: Means) -> Promotion:
    """Answers it. Raises OfferNotFound, OfferWrongState."""
    at, book = means.clock.now(), await work.price_book.claim()
    change = (await work.promotions.get(command.offer_id)).withdraw(at)
    without = book.withdraw(command.offer_id, actor=command.actor, at=at)
    if without.events:
        work.price_book.save(without)
    return _decided(work, change, command.actor, at, "offers.stop")


async def show_offer(work: OfferingWork, offer_id: OfferId, clock: Clock) -> OfferView:
    """An offer, and the most that it can cost. Raises OfferNotFound."""
    return _seen(await work.promotions.get(offer_id), await work.price_book.get(), clock.now())


async def list_offers(work: OfferingWork, clock: Clock) -> tuple[OfferView, ...]:
    """All offers, the newest first."""
    book, at = await work.price_book.get(), clock.now()
    return tuple(_seen(one, book, at) for one in await work.promotions.all(LISTED_MAX))


def bound_of(offer: Offer, book: PriceBook) -> OfferBound:
    """What an offer can cost at most, by its terms and by what it meets in this book."""
    met = [one for one in cluster_of(offer, book.offers.values()) if one.id != offer.id]
    most = [_per_order(one) for one in (offer, *met)]
    return OfferBound(
        per_order_minor=most[0], share_bps=_share(offer), meets=tuple(one.name for one in met),
        with_others_minor=None if None in most else sum(one for one in most if one is not None),
    )  # fmt: skip


def _per_order(offer: Offer) -> int | None:
    if offer.kind is not OfferKind.REDUCTION or any(step.off_bps for step in offer.steps):
        return None
    return max(step.off_minor for step in offer.steps) * offer.times_max


def _share(offer: Offer) -> int:
    if offer.kind is OfferKind.REDUCTION:
        return max(step.off_bps for step in offer.steps) or 10_000
    return offer.off_bps if offer.kind is OfferKind.DISCOUNT and offer.off_bps else 10_000


def _in_force(work: OfferingWork, book: PriceBook, of: Promotion, actor: Actor, at: datetime) -> None:
    work.price_book.save(book.launch(read_text(of.terms, of.id, of.edition), actor=actor, at=at))


def _decided(work: OfferingWork, change: Change[Promotion], actor: Actor, at: datetime, action: str) -> Promotion:
    work.promotions.save(change)
    work.audit_trail.note(StaffAction(actor=actor, action=action, object=f"{change.state.id} {change.state.edition}", at=at))
    return change.state


def _seen(promotion: Promotion, book: PriceBook, at: datetime) -> OfferView:
    offer = read_text(promotion.terms, promotion.id, promotion.edition)
    return OfferView(offer=offer, promotion=promotion, bound=bound_of(offer, book), is_on=promotion.is_live and offer.is_on(at))


@frozen(kw_only=True)
class OfferDesk:
    """Offers, as embedders call them."""

    make: Callable[[MakeOffer], Awaitable[Promotion]]
    change: Callable[[ChangeOffer], Awaitable[Promotion]]
    launch: Callable[[LaunchOffer], Awaitable[Promotion]]
    stop: Callable[[StopOffer], Awaitable[Promotion]]
    show: Callable[[OfferId], Awaitable[OfferView]]
    list: Callable[[], Awaitable[tuple[OfferView, ...]]]
