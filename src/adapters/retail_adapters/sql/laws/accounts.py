"""Laws of what staff did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from attrs import define, field, frozen
from sqlalchemy import bindparam, select

from retail_adapters.sql.database import Transaction
from retail_adapters.sql.laws.law import FINDINGS_MAX, Finding
from retail_adapters.sql.repositories.accounts import BEHIND, SEALS, trail_row
from retail_adapters.sql.statement import Statement
from retail_adapters.sql.tables.accounts import trail_seals
from retail_domain.accounts import NO_SEAL, TrailRow, TrailSeal, digest_over

_PORTION: Final = 1_000
_SEALS: Final = Statement(
    "audit.r42",
    select(trail_seals)
    .where(trail_seals.c.number > bindparam("after", type_=trail_seals.c.number.type))
    .order_by(trail_seals.c.number)
    .limit(_PORTION),
)


@frozen
class _TrailIsAsItWasSealed:
    """Every seal is made again from the rows under it; one that is off is named, and what follows is judged by itself."""

    id: str = "R42"
    says: str = "the trail is as it was sealed: nothing in it was changed, put between or taken away"
    broken: Statement = _SEALS

    async def findings(self, snapshot: Transaction, before: datetime) -> Sequence[Finding]:
        """Rows are read once, in portions, as the seals come."""
        found: list[Finding] = []
        trail, last, digest = _Trail(snapshot), 0, NO_SEAL
        while seals := [SEALS.state(row) for row in await snapshot.rows(self.broken, after=last)]:
            for seal in seals:
                rows = await trail.up_to(seal.until)
                if seal.number != last + 1 or len(rows) != seal.rows or digest_over(digest, rows) != seal.digest:
                    found.append(self._finding(seal, len(rows)))
                last, digest = seal.number, seal.digest
                if len(found) == FINDINGS_MAX:
                    return found
        return found

    def _finding(self, seal: TrailSeal, rows: int) -> Finding:
        told = {"seal": str(seal.number), "until": str(seal.until), "rows": str(rows), "sealed": str(seal.rows)}
        return Finding(self.id, self.says, told)


@define
class _Trail:
    snapshot: Transaction
    ahead: list[TrailRow] = field(factory=list)
    read_to: int = 0

    async def up_to(self, place: int) -> Sequence[TrailRow]:
        """The rows that were not taken yet, up to this place."""
        while not self.ahead or self.ahead[-1].position < place:
            more = [trail_row(row) for row in await self.snapshot.rows(BEHIND, after=self.read_to, most=_PORTION)]
            if not more:
                break
            self.ahead.extend(more)
            self.read_to = more[-1].position
        taken = [row for row in self.ahead if row.position <= place]
        del self.ahead[: len(taken)]
        return taken


LAWS: Final = (_TrailIsAsItWasSealed(),)
