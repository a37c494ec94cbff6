"""Quotes, the price book and what can be sold, in SQL."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import select, true

from retail_adapters.serialization import converter, kept
from retail_adapters.sql.database import Flush
from retail_adapters.sql.portions import ended_before
from retail_adapters.sql.rows import Part, Rows, spread_if_any
from retail_adapters.sql.session import SqlCollection, inserted, updated
from retail_adapters.sql.statement import AnyOf, Statement
from retail_adapters.sql.tables.pricing import freight_templates, price_books, quotes
from retail_adapters.sql.writes import delete_from, insert_into, update_of
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import OfferId, QuoteId
from retail_domain.pricing import (
    CartRef,
    ComingFreight,
    FreightTemplate,
    FreightZone,
    Offer,
    PriceBook,
    PricedBasket,
    Quote,
    QuoteDelivery,
    QuoteNotFound,
    UnavailableLine,
    Wish,
    kept_offer,
    told_offer,
)

_CLAIM_QUOTES: Final = Statement("quotes.claim", select(quotes).where(AnyOf(quotes.c.id, "ids")))
_BASKET: Final = kept(PricedBasket)
_QUOTES: Final = Rows(
    quotes,
    Quote,
    parts={
        "basket": Part(
            ("basket", "currency", "payable_minor"),
            lambda basket: (basket, basket.currency, basket.payable.minor),
            lambda stored, _, __: _BASKET(stored),
        ),
        "delivery": Part(
            ("address_id", "region_code"),
            attrgetter("address_id", "region_code"),
            lambda address_id, region_code: QuoteDelivery(address_id=address_id, region_code=region_code),
        ),
        "unavailable": Part(("unavailable",), None, kept(tuple[UnavailableLine, ...])),
        "cart": spread_if_any(CartRef, "cart_id", "cart_version"),
        "wishes": Part(("wishes",), None, kept(tuple[Wish, ...])),
    },
)
_INSERT_QUOTES: Final = insert_into(quotes)
_FORGET_QUOTES: Final = Statement("quotes.forget", ended_before(quotes, quotes.c.expires_at))


class SqlQuotes(SqlCollection[QuoteId, Quote]):
    """The quotes; see the port for the promises."""

    table = quotes

    def key(self, state: Quote) -> QuoteId:
        """Its id."""
        return state.id

    async def get(self, id: QuoteId) -> Quote:
        """Staged or stored. Raises QuoteNotFound."""
        found = (await self.claim((id,))).get(id)
        if found is None:
            raise QuoteNotFound(quote_id=id)
        return found

    async def claim(self, ids: Iterable[QuoteId]) -> Mapping[QuoteId, Quote]:
        """Staged or stored ones, in one statement."""
        wanted = sorted(set(ids))
        if not wanted:
            return {}
        rows = await self._session.tx.rows(_CLAIM_QUOTES, ids=wanted)
        stored = {quote.id: quote for quote in map(_QUOTES.state, rows)}
        return stored | {id: state for id, (_, state) in self._staged.items() if id in wanted}

    async def forget_expired(self, before: datetime, limit: int) -> int:
        """The oldest first."""
        return await self._session.tx.changed(_FORGET_QUOTES, before=before, most=limit)

    def flushes(self) -> Sequence[Flush]:
        """New ones: a quote never changes."""
        return [Flush(_INSERT_QUOTES, [inserted(state, _QUOTES.row(state)) for state in self.new()])]


# One statement, hence one moment: a version never goes with the templates of another one (CRT-R4).
_BOOK: Final = Statement(
    "price_book.get",
    select(price_books.c.version, price_books.c.offers.is_not(None).label("has_offers"), freight_templates).select_from(
        price_books.outerjoin(freight_templates, true())
    ),
)
_OFFERS: Final = Statement("price_book.offers", select(price_books.c.version, price_books.c.offers))
_BOOK_VERSION: Final = Statement("price_book.version", select(price_books.c.version))
_LOCK_BOOK: Final = Statement("price_book.lock", select(price_books.c.version).with_for_update())
_TEMPLATES: Final = Rows(
    freight_templates,
    FreightTemplate,
    parts={
        "zones": Part(("zones",), converter.unstructure, kept(tuple[FreightZone, ...])),
        "coming": Part(("coming",), converter.unstructure, kept(ComingFreight | None)),
    },
)
THE_BOOK: Final = 1


class SqlPriceBookShelf(SqlCollection[int, PriceBook]):
    """The one price book; its version guards every template in it."""

    table = price_books

    def key(self, state: PriceBook) -> int:
        """There is one."""
        return THE_BOOK

    async def get(self) -> PriceBook:
        """Staged or stored, or empty."""
        rows = await self._session.tx.rows(_BOOK)
        version, offers = rows[0]["version"] if rows else 0, dict[OfferId, Offer]()
        if rows and rows[0]["has_offers"]:
            told = (await self._session.tx.rows(_OFFERS))[0]
            if told["version"] != version:  # somebody has changed it between the two: it never goes with offers of another one
                return await self.get()
            offers = _offers(told["offers"])
        templates = {template.id: template for template in (_TEMPLATES.state(row) for row in rows if row["id"])}
        stored = PriceBook(templates=templates, offers=offers, version=version)
        return self.seen(THE_BOOK, stored) or stored

    async def claim(self) -> PriceBook:
        """Locked, then read: a statement that waits for a lock sees the templates of its own old moment."""
        await self._session.tx.rows(_LOCK_BOOK)
        return await self.get()

    async def current_version(self) -> int:
        """That of the stored book."""
        rows = await self._session.tx.rows(_BOOK_VERSION)
        return int(rows[0]["version"]) if rows else 0

    def save(self, change: Change[PriceBook]) -> None:
        """Stage a change; the empty book that nobody ever stored counts as not there."""
        before = change.before if change.before and change.before.version else None
        super().save(Change(before, change.state, change.events))

    def flushes(self) -> Sequence[Flush]:
        """The book, then the templates that differ."""
        new = [inserted(state, _book_row(state)) for state in self.new()]
        changed = [updated(before, _book_row(after)) for before, after in self.changed()]
        flushes = [Flush(insert_into(price_books), new), Flush(update_of(price_books), changed, "price book")]
        for before, state in self._staged.values():
            flushes += _template_flushes(before or PriceBook(), state)
        return flushes


def _book_row(book: PriceBook) -> Mapping[str, Any]:
    offers = [told_offer(one) for _, one in sorted(book.offers.items())]
    return {"id": THE_BOOK, "offers": json.dumps(offers, ensure_ascii=False, separators=(",", ":")) if offers else None}


def _offers(text: str | None) -> dict[OfferId, Offer]:
    return {one.id: one for one in map(kept_offer, json.loads(text or "[]"))}


def _template_flushes(before: PriceBook, state: PriceBook) -> Sequence[Flush]:
    gone = [{"id": key} for key in before.templates if key not in state.templates]
    new = [_TEMPLATES.row(template) for key, template in state.templates.items() if key not in before.templates]
    changed = [
        _TEMPLATES.row(template) for key, template in state.templates.items()
        if key in before.templates and before.templates[key] != template
    ]  # fmt: skip
    return [
        Flush(delete_from(freight_templates), gone), Flush(insert_into(freight_templates), new),
        Flush(update_of(freight_templates, guard=None), changed),
    ]  # fmt: skip
