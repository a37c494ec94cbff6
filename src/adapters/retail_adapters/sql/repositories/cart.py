"""Carts in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, select

from retail_adapters.sql.database import Flush
from retail_adapters.sql.rows import Rows, spread
from retail_adapters.sql.session import SqlCollection, Values, inserted, updated
from retail_adapters.sql.statement import AnyOf, Row, Statement
from retail_adapters.sql.tables.cart import cart_lines, carts
from retail_adapters.sql.writes import delete_from, insert_into, update_of
from retail_domain.cart import Cart, CartLine, CartNotFound, CartOwner
from retail_domain.kernel.ids import CartId

_CARTS = (
    select(carts, cart_lines.c.sku_id, cart_lines.c.quantity, cart_lines.c.wished_in)
    .select_from(carts.outerjoin(cart_lines, cart_lines.c.cart_id == carts.c.id))
    .order_by(cart_lines.c.position)
)
_ROWS: Final = Rows(carts, Cart, parts={"owner": spread(CartOwner)}, apart=frozenset({"lines"}))
_LINES: Final = Rows(cart_lines, CartLine, others=frozenset({"cart_id", "position"}))
_BY_ID: Final = Statement("carts.get", _CARTS.where(carts.c.id == bindparam("id")))
_LOCK: Final = Statement("carts.lock", select(carts.c.id).where(carts.c.id == bindparam("id")).with_for_update())
_LOCK_OF_MEMBER: Final = Statement(
    "carts.lock_of_member", select(carts.c.id).where(carts.c.member_id == bindparam("member_id")).with_for_update()
)
_LOCK_OF_GUEST: Final = Statement(
    "carts.lock_of_guest", select(carts.c.id).where(carts.c.token_hash == bindparam("token_hash")).with_for_update()
)
_OF_MEMBER: Final = Statement("carts.of_member", _CARTS.where(carts.c.member_id == bindparam("member_id")))
_OF_GUEST: Final = Statement("carts.of_guest", _CARTS.where(carts.c.token_hash == bindparam("token_hash")))

_LEFT_BY_GUESTS: Final = Statement(
    "carts.left_by_guests",
    select(carts.c.id)
    .where(carts.c.member_id.is_(None), carts.c.changed_at < bindparam("before"))
    .order_by(carts.c.changed_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True),
)
_FORGET_LINES: Final = Statement("cart_lines.forget", delete(cart_lines).where(AnyOf(cart_lines.c.cart_id, "ids")))
_FORGET: Final = Statement("carts.forget", delete(carts).where(AnyOf(carts.c.id, "ids")))


class SqlCarts(SqlCollection[CartId, Cart]):
    """The carts; see the port for the promises."""

    table = carts

    def key(self, state: Cart) -> CartId:
        """Its id."""
        return state.id

    async def get(self, id: CartId) -> Cart:
        """Staged or stored. Raises CartNotFound."""
        found = self.seen(id, _cart(await self._session.tx.rows(_BY_ID, id=id)))
        if found is None:
            raise CartNotFound()
        return found

    async def of(self, owner: CartOwner) -> Cart | None:
        """Staged or stored, if there is one."""
        staged = [state for _, state in self._staged.values() if state.owner == owner]
        return staged[0] if staged else _cart(await self._rows_of(owner))

    async def claim(self, owner: CartOwner) -> Cart | None:
        """Locked, then read: a statement that waits for a lock sees the lines of its own old moment.

        Who has not lost a race yet only reads, in one statement, hence as of one moment; the cart's version guards all of it.
        """
        if self._session.may_hope:
            return await self.of(owner)
        if owner.member_id is not None:
            await self._session.tx.rows(_LOCK_OF_MEMBER, member_id=owner.member_id)
        else:
            await self._session.tx.rows(_LOCK_OF_GUEST, token_hash=owner.token_hash)
        return await self.of(owner)

    async def claim_id(self, id: CartId) -> Cart:
        """Locked, then read."""
        await self._session.tx.rows(_LOCK, id=id)
        return await self.get(id)

    async def forget_guests(self, before: datetime, limit: int) -> int:
        """Locked first: whoever comes back in that moment finds his cart, or none."""
        rows = await self._session.tx.rows(_LEFT_BY_GUESTS, before=before, most=limit)
        ids = [row["id"] for row in rows]
        if not ids:
            return 0
        await self._session.tx.changed(_FORGET_LINES, ids=ids)
        return await self._session.tx.changed(_FORGET, ids=ids)

    async def _rows_of(self, owner: CartOwner) -> Sequence[Row]:
        if owner.member_id is not None:
            return await self._session.tx.rows(_OF_MEMBER, member_id=owner.member_id)
        return await self._session.tx.rows(_OF_GUEST, token_hash=owner.token_hash)

    def flushes(self) -> Sequence[Flush]:
        """Carts, then the lines that differ."""
        new = [inserted(state, _ROWS.row(state)) for state in self.new()]
        changed = [updated(before, _ROWS.row(state)) for before, state in self.changed()]
        lines = [(_lines(before), _lines(state)) for before, state in self._staged.values()]
        gone = [was[key] for was, now in lines for key in was if key not in now]
        came = [now[key] for was, now in lines for key in now if key not in was]
        differ = [now[key] for was, now in lines for key in now if key in was and was[key] != now[key]]
        return [
            Flush(insert_into(carts), new), Flush(update_of(carts), changed, "cart"), Flush(delete_from(cart_lines), gone),
            Flush(insert_into(cart_lines), came), Flush(update_of(cart_lines, guard=None), differ),
        ]  # fmt: skip


def _cart(rows: Sequence[Row]) -> Cart | None:
    if not rows:
        return None
    return _ROWS.state(rows[0], lines=tuple(_LINES.state(row) for row in rows if row["sku_id"]))


def _lines(cart: Cart | None) -> dict[object, Values]:
    lines = cart.lines if cart else ()
    return {line.sku_id: _LINES.row(line, cart_id=cart.id, position=position) for position, line in enumerate(lines) if cart}
