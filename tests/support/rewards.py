"""Doubles of what orders bring: points with an account, and a benefit that has a threshold. The shop has no such thing yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Final, TypeAlias

from attrs import evolve, frozen
from sqlalchemy import Column, MetaData, Table

from retail_adapters.memory import hosting as memory
from retail_adapters.sql import hosting as sql
from retail_domain.kernel.change import Change
from retail_domain.kernel.hosted import Hosted, HostedRows, HostingWork
from retail_domain.kernel.ids import MemberId, OrderId
from retail_domain.kernel.money import worth_of_units
from retail_domain.kernel.ranks import Rank
from retail_domain.ordering import Order, OrderLine, Returning
from retail_domain.processes.takings import Earning, Why, was_completed, was_paid

MINOR_A_POINT: Final = 100
"""So much paid brings a point."""
POINT_MINOR: Final = 30
"""So much of a refund is kept back for a point that is spent."""


@frozen(kw_only=True)
class Account:
    """A member's points: what can be spent, what was spent, what was given otherwise."""

    member_id: MemberId
    spendable: int = 0
    spent: int = 0
    given: int = 0
    version: int = 0

    def __attrs_post_init__(self) -> None:
        assert min(self.spendable, self.spent, self.given) >= 0, "nobody has less than no points"


@frozen(kw_only=True)
class Grant:
    """The points of one order: `granted = frozen + released + revoked`; `owed` are revoked ones that were spent by then."""

    order_id: OrderId
    member_id: MemberId
    granted: int
    frozen: int
    released: int = 0
    revoked: int = 0
    owed: int = 0
    version: int = 0

    def __attrs_post_init__(self) -> None:
        assert min(self.frozen, self.released, self.revoked, self.owed) >= 0
        assert self.granted == self.frozen + self.released + self.revoked, "every point is frozen, released or revoked"
        assert self.owed <= self.revoked

    def revoke(self, in_all: int, spendable: int) -> tuple[Grant, int]:
        """So many are revoked by now: frozen ones first, then spendable ones; the rest is owed. Answers what is taken."""
        more = in_all - self.revoked
        of_frozen = min(more, self.frozen)
        wanted = self.owed + more - of_frozen
        taken = min(wanted, spendable)
        after = evolve(
            self, frozen=self.frozen - of_frozen, released=self.released - (more - of_frozen), revoked=in_all,
            owed=wanted - taken,
        )  # fmt: skip
        return after, taken


Accounts: TypeAlias = HostedRows[MemberId, Account]
ACCOUNTS: Final[Hosted[Accounts]] = Hosted("reward_accounts")
GRANTS: Final[Hosted[HostedRows[OrderId, Grant]]] = Hosted("reward_grants")


class Points(Earning[HostingWork, "Change[Account] | None", "Change[Grant] | None"]):
    """A point for so much paid and one for each unit; those that are spent are kept back in money (RECLAIM)."""

    kind: ClassVar[str] = "stars"
    rank: ClassVar[Rank] = Rank.HOST
    locks: ClassVar[frozenset[Why]] = frozenset({Why.RELEASING, Why.COMPLETING})
    reads: ClassVar[frozenset[Why]] = frozenset({Why.RELEASING, Why.COMPLETING})

    async def lock(self, work: HostingWork, order: Order) -> Change[Account]:
        """Its buyer's account."""
        account = (await work.hosted(ACCOUNTS).claim([order.member_id]))[order.member_id]
        return Change(account, account)

    async def own(self, work: HostingWork, order: Order) -> Change[Grant] | None:
        """Its grant; none when it was paid before there were points."""
        grant = (await work.hosted(GRANTS).of([order.id])).get(order.id)
        return Change(grant, grant) if grant is not None else None

    def keeps_back(self, shared: Change[Account] | None, own: Change[Grant] | None, order: Order, returning: Returning) -> int:
        """What is owed once these are revoked."""
        if own is None:
            return 0
        assert shared is not None
        due = due_in_all(own.state, order, returning.lines, returning.worth_minor)
        return own.state.revoke(due, shared.state.spendable)[0].owed * POINT_MINOR

    def follow(
        self, shared: Change[Account] | None, own: Change[Grant] | None, change: Change[Order], at: datetime
    ) -> tuple[Change[Account] | None, Change[Grant] | None]:
        """Frozen, released, revoked."""
        order = change.state
        if was_paid(change):
            points = earned(order)
            grant = Grant(order_id=order.id, member_id=order.member_id, granted=points, frozen=points)
            return shared, Change(None, grant)
        if shared is None or own is None:
            return shared, own
        account, grant = shared.state, own.state
        if was_completed(change):
            account = evolve(account, spendable=account.spendable + grant.frozen)
            grant = evolve(grant, frozen=0, released=grant.released + grant.frozen)
        due = due_in_all(grant, order, order.lines, order.returned_minor)
        if due != grant.revoked:
            grant, taken = grant.revoke(due, account.spendable)
            account = evolve(account, spendable=account.spendable - taken)
        return _then(shared, account), _then(own, grant)

    def save(self, work: HostingWork, shared: Change[Account] | None, own: Sequence[Change[Grant] | None]) -> None:
        """Account and grants."""
        if shared is not None:
            work.hosted(ACCOUNTS).save(shared)
        for grant in own:
            if grant is not None:
                work.hosted(GRANTS).save(grant)


def _then(change: Change[Any], state: Any) -> Change[Any]:
    return change if state == change.state else Change(change.before, state)


def _weight(payable_minor: int, lines: Sequence[OrderLine]) -> int:
    return payable_minor + sum(line.quantity for line in lines)


def earned(order: Order) -> int:
    """What an order brings: something for free ones, too."""
    return order.payable_minor // MINOR_A_POINT + sum(line.quantity for line in order.lines)


def due_in_all(grant: Grant, order: Order, lines: Sequence[OrderLine], returned_minor: int) -> int:
    """Points that are to be revoked by now: in proportion to all that was returned, and all of them in the end."""
    whole = _weight(order.payable_minor, order.lines)
    kept = whole - returned_minor - sum(line.refunded for line in lines)
    return grant.granted - worth_of_units(grant.granted, whole, kept)


@frozen
class Benefit(Earning[Any, None, None]):
    """Something worth so much that came with an order of at least so much: what falls below has to give it back in money."""

    from_minor: int
    worth_minor: int

    kind: ClassVar[str] = "benefit"
    rank: ClassVar[Rank] = Rank.HOST
    reads: ClassVar[frozenset[Why]] = frozenset({Why.RELEASING})

    async def lock(self, work: Any, order: Order) -> None:
        """Nothing is shared."""

    async def own(self, work: Any, order: Order) -> None:
        """The order says all of it."""

    def keeps_back(self, shared: None, own: None, order: Order, returning: Returning) -> int:
        """It is gone, whatever becomes of the order."""
        had, has = order.payable_minor >= self.from_minor, order.payable_minor - returning.worth_minor >= self.from_minor
        return self.worth_minor if had and not has else 0

    def save(self, work: Any, shared: None, own: Sequence[None]) -> None:
        """Nothing."""


@frozen
class Discount(Benefit):
    """So much off the price of an order of at least so much: what is kept and falls below has to give it back."""

    kind: ClassVar[str] = "discount"

    def keeps_back(self, shared: None, own: None, order: Order, returning: Returning) -> int:
        """To who keeps nothing it is worth nothing (PRC-R7)."""
        keeps_some = any(line.refundable for line in returning.lines)
        return super().keeps_back(shared, own, order, returning) if keeps_some else 0


_METADATA: Final = MetaData(schema="rewards")
_ACCOUNTS: Final = Table(
    "accounts", _METADATA, Column("member_id", sql.Id, primary_key=True),
    *(Column(name, sql.Whole, nullable=False) for name in ("spendable", "spent", "given", "version")),
)  # fmt: skip
_GRANTS: Final = Table(
    "grants", _METADATA, Column("order_id", sql.Id, primary_key=True), Column("member_id", sql.Id, nullable=False),
    *(Column(name, sql.Whole, nullable=False)
      for name in ("granted", "frozen", "released", "revoked", "owed", "version")),
)  # fmt: skip


def _begin(member_id: MemberId) -> Account:
    return Account(member_id=member_id)


IN_MEMORY: Final[Mapping[Hosted[Any], Any]] = {
    ACCOUNTS: memory.hosted_rows("reward_accounts", "member_id", begins=_begin),
    GRANTS: memory.hosted_rows("reward_grants", "order_id"),
}
IN_SQL: Final[Mapping[Hosted[Any], Any]] = {
    ACCOUNTS: sql.hosted_rows(_ACCOUNTS, Account, begins=_begin),
    GRANTS: sql.hosted_rows(_GRANTS, Grant),
}


def make_tables(url: str) -> None:
    """In a schema of their own."""
    sql.make_tables(url, _METADATA)


async def spend(begin: Any, member_id: MemberId, points: int) -> None:
    """A member spends as many as that, or all there are; a negative number is given."""
    async with begin() as work:
        account = (await work.hosted(ACCOUNTS).claim([member_id]))[member_id]
        fewer = min(points, account.spendable)
        given = max(0, -fewer)
        after = evolve(
            account, spendable=account.spendable - fewer, spent=account.spent + fewer + given, given=account.given + given
        )
        work.hosted(ACCOUNTS).save(_then(Change(account, account), after))
        await work.commit()
