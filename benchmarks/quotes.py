"""Quotes made beforehand: some drawn up by the shop, then copied under new ids, since a quote buys once."""

from __future__ import annotations

import itertools
import json
import random
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg
from attrs import define, field

from benchmarks.furnished import Buyer, Furnished, in_loop, opened
from benchmarks.load import request
from retail_adapters.sql.tables.pricing import quotes as quotes_table
from retail_adapters.system.ids import UuidSevenIds
from retail_domain.kernel.ids import AddressId, MemberId, SkuId
from retail_domain.pricing import WantedLine
from retail_domain.processes.purchase.quoting import QuoteBasket

_NEW: Final = ("id", "cart_id", "cart_version", "expires_at")
_SAME: Final = tuple(column.name for column in quotes_table.columns if column.name not in _NEW)
_COPY_POSTGRES: Final = f"""
INSERT INTO retail.quotes ({", ".join((*_NEW, *_SAME))})
SELECT u.id, u.id, 1, $3, {", ".join(f"q.{name}" for name in _SAME)}
FROM unnest($1::uuid[], $2::uuid[]) AS u(id, old) JOIN retail.quotes q ON q.id = u.old
"""
_COPY_SQLITE: Final = f"""
INSERT INTO retail_quotes ({", ".join((*_NEW, *_SAME))})
SELECT ?1, ?1, 1, ?3, {", ".join(f"q.{name}" for name in _SAME)} FROM retail_quotes q WHERE q.id = ?2
"""
_CLOSED: Final = "SET status = 'closed', closed_at = placed_at, due_at = NULL WHERE status = 'pending_payment'"


@define(kw_only=True)
class Pattern:
    """A quote that the shop drew up, to be copied."""

    id: UUID
    hash: str
    buyer: Buyer


@define(kw_only=True)
class QuoteBook:
    """Gives requests that place orders, as many as wanted: each has a quote, a cart and a key of its own."""

    database: str
    patterns: Sequence[Pattern]
    luck: random.Random = field(factory=lambda: random.Random(3))
    ids: UuidSevenIds = field(factory=UuidSevenIds)
    _in_turn: Iterator[Pattern] = field(init=False)

    @_in_turn.default
    def _every_pattern(self) -> Iterator[Pattern]:
        return itertools.cycle(self.patterns)

    def orders(self, number: int) -> list[bytes]:
        """So many orders, ready to be sent; every pattern has its turn, so that no buyer has more of them than others."""
        chosen = [(self.ids.new(), next(self._in_turn)) for _ in range(number)]
        _copy(self.database, [id for id, _ in chosen], [pattern.id for _, pattern in chosen])
        return [_order(id, pattern) for id, pattern in chosen]

    def call_off(self) -> None:
        """Orders that nobody paid are closed by hand: a member may have only so many of them, and no worker runs here."""
        if self.database.startswith("sqlite"):
            with sqlite3.connect(self.database.removeprefix("sqlite:///"), timeout=60) as connection:
                connection.execute(f"UPDATE retail_orders {_CLOSED}")
            connection.close()
            return
        in_loop(_call_off_on_postgres(self.database))

    def orders_of(self, buyers: Sequence[Buyer]) -> list[bytes]:
        """An order for each of these buyers, in turn."""
        own = {
            buyer.member_id: [one for one in self.patterns if one.buyer.member_id == buyer.member_id] for buyer in set(buyers)
        }
        chosen = [(self.ids.new(), self.luck.choice(own[buyer.member_id])) for buyer in buyers]
        _copy(self.database, [id for id, _ in chosen], [pattern.id for _, pattern in chosen])
        return [_order(id, pattern) for id, pattern in chosen]


def draw_up(database: str, furnished: Furnished, *, patterns: int, hot: bool) -> QuoteBook:
    """Let the shop quote baskets of three goods; in hot ones the first is always the same."""
    return QuoteBook(database=database, patterns=in_loop(_draw_up(database, furnished, patterns, hot)))


async def _draw_up(database: str, furnished: Furnished, patterns: int, hot: bool) -> list[Pattern]:
    luck, drawn = random.Random(patterns), []
    goods = [one.sku_id for one in furnished.goods]
    async with opened(database) as shop:
        for number in range(patterns):
            buyer = furnished.buyers[number % len(furnished.buyers)]
            chosen = [goods[0], *luck.sample(goods[1:], 2)] if hot else luck.sample(goods, 3)
            quote = await shop.retail.quoting.quote(
                QuoteBasket(
                    member_id=MemberId(UUID(buyer.member_id)),
                    address_id=AddressId(UUID(buyer.address_id)),
                    lines=tuple(WantedLine(SkuId(UUID(sku_id)), 1) for sku_id in chosen),
                )
            )
            drawn.append(Pattern(id=quote.id, hash=quote.hash, buyer=buyer))
    return drawn


def _order(id: UUID, pattern: Pattern) -> bytes:
    body = json.dumps({"quote_id": str(id), "hash": pattern.hash}).encode()
    headers = [("Authorization", f"Bearer {pattern.buyer.token}"), ("Idempotency-Key", f"order-{id}")]
    return request("POST", "/v1/orders", body, headers)


def _copy(database: str, ids: Sequence[UUID], olds: Sequence[UUID]) -> None:
    expires_at = datetime.now(UTC) + timedelta(days=1)
    if database.startswith("sqlite"):
        moment = round(expires_at.timestamp() * 1_000_000)
        with sqlite3.connect(database.removeprefix("sqlite:///"), timeout=60) as connection:
            connection.executemany(_COPY_SQLITE, [(id.bytes, old.bytes, moment) for id, old in zip(ids, olds, strict=True)])
        connection.close()
        return
    in_loop(_copy_on_postgres(database, ids, olds, expires_at))


async def _call_off_on_postgres(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"UPDATE retail.orders {_CLOSED}")
    finally:
        await connection.close()


async def _copy_on_postgres(url: str, ids: Sequence[UUID], olds: Sequence[UUID], expires_at: datetime) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(_COPY_POSTGRES, list(ids), list(olds), expires_at)
    finally:
        await connection.close()
