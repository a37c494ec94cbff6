"""The auditor: watches every commit, judges every answer, and never asks the shop what is right."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import define, field, frozen

from retail_domain.kernel.ids import LocationId, MemberId, OrderId, ProductId
from retail_domain.ordering import OrderTimers
from retail_domain.testing.simulation.book import AFTER, NEXT, Book, Figure, Promise
from retail_domain.testing.simulation.provider import Provider
from retail_domain.testing.simulation.scheduler import Scheduler
from retail_domain.testing.simulation.traffic import Committed, RowChange
from retail_domain.testing.simulation.trouble import Trouble

TRACE_LENGTH: Final = 400


@frozen
class Violation:
    """A law that did not hold: which, and what was seen."""

    law: str
    says: str

    def __str__(self) -> str:
        return f"{self.law}: {self.says}"


@define(eq=False)
class Mirror:
    """What was committed, as the auditor writes it down row by row, and the sums it keeps by itself."""

    tables: dict[str, dict[Hashable, Any]] = field(factory=lambda: defaultdict(dict))
    promised: Counter[Hashable] = field(factory=Counter)
    """Open units of reservations by shelf."""
    promises: dict[OrderId, dict[int, Counter[LocationId]]] = field(factory=lambda: defaultdict(lambda: defaultdict(Counter)))
    """Open units of reservations by order, line and place."""
    shared: Counter[Hashable] = field(factory=Counter)
    """Units of campaign quotas that orders have, open or used."""
    shares: dict[OrderId, dict[int, Any]] = field(factory=lambda: defaultdict(dict))
    """What orders have of campaign quotas, by line."""
    moved: Counter[Hashable] = field(factory=Counter)
    bought: Counter[tuple[MemberId, ProductId]] = field(factory=Counter)
    """Units of live orders by member and product."""
    balances: Counter[tuple[str, str]] = field(factory=Counter)
    logs: dict[str, list[Any]] = field(factory=lambda: defaultdict(list))
    """What was written down once and for all: postings, days of the book, the trail."""
    told: Counter[tuple[Any, str]] = field(factory=Counter)
    """How often each thing happened to each aggregate."""

    def note(self, commit: Committed) -> None:
        """Write a commit down."""
        for row in commit.rows:
            self._note_row(row)
        for log, entry in commit.logged:
            self.logs[log].append(entry)
            if log == "ledger":
                for one in entry.entries:
                    self.balances[one.account, one.amount.currency] += one.amount.minor
        for event in commit.events:
            self.told[event.aggregate_id, event.name] += 1

    def _note_row(self, row: RowChange) -> None:
        table = self.tables[row.table]
        if row.after is None:
            table.pop(row.key, None)
        else:
            table[row.key] = row.after
        if row.table == "reservations":
            self.promised[row.after.key] += row.after.open - (row.before.open if row.before else 0)
            self.promises[row.after.owner.id][row.after.line][row.after.key.location_id] = row.after.open
        if row.table == "quota_shares":
            had = row.before.open + row.before.used if row.before else 0
            self.shared[row.after.sku_id] += row.after.open + row.after.used - had
            self.shares[row.after.order_id][row.after.line] = row.after
        if row.table == "orders":
            self._count(row.before, -1)
            self._count(row.after, 1)

    def _count(self, order: Any, sign: int) -> None:
        if order is None or (order.status.value == "closed" and order.paid_at is None):
            return
        for line in order.lines:
            kept = line.quantity - line.refunded_shipped - line.refunded_unshipped
            self.bought[order.member_id, line.product_id] += sign * kept


@frozen
class RowLaw:
    """A law that every committed row of a table obeys: `check` answers what is wrong, or None."""

    id: str
    table: str
    check: Callable[[Auditor, RowChange], str | None]


@frozen
class EndLaw:
    """A law that holds once all trouble is over and everything has settled: `check` tells everything that is wrong."""

    id: str
    check: Callable[[Auditor], Iterable[str]]


@define(eq=False)
class Auditor:
    """Holds what the shop stores and says against its own book and against the provider's."""

    scheduler: Scheduler
    trouble: Trouble
    provider: Provider
    row_laws: Mapping[str, tuple[RowLaw, ...]]
    end_laws: tuple[EndLaw, ...]
    limit: int | None = None
    timers: OrderTimers = field(factory=OrderTimers)
    """How long orders wait for each thing, as long as nobody sets anything else."""
    book: Book = field(factory=Book)
    mirror: Mirror = field(factory=Mirror)
    violations: list[Violation] = field(factory=list)
    trace: deque[tuple[int, str, str]] = field(factory=lambda: deque(maxlen=TRACE_LENGTH))
    commits: int = 0
    shown: Any = None
    """What the shop shows of everything once it has settled."""

    def tell(self, who: str, what: str) -> None:
        """A line of the trace."""
        self.trace.append((self.scheduler.steps, who, what))

    def blame(self, law: str, says: str) -> None:
        """A law did not hold."""
        self.tell("AUDITOR", f"{law}: {says}")
        self.violations.append(Violation(law, says))

    def expect(self, holds: bool, law: str, says: str) -> None:
        """Blame unless it holds."""
        if not holds:
            self.blame(law, says)

    def see_status(self, order: Promise, status: str, begun: int, ended: int) -> None:
        """Somebody was told this status: nothing that was known before may be undone (R13, R15, R29)."""
        if order.known_at <= begun and status != order.status:
            was = order.status
            self.expect(status in AFTER[was], "R13", f"order {order.order_id} was {was}, and is told to be {status}")
        if status in AFTER[order.status]:
            order.status, order.known_at = status, ended
        if status not in ("pending_payment", "closed"):
            order.paid_at = min(order.paid_at, ended)

    def see_order(self, order: Promise, view: Any, begun: int, ended: int) -> None:
        """Somebody was shown an order: it is what was promised."""
        self.see_status(order, view.status.value, begun, ended)
        self.expect(view.payable.minor in order.possible_costs(begun, ended), "R7", f"{view.number} shows {view.payable}")
        self.expect(order.number in (None, view.number), "R15", f"{order.number} shows itself as {view.number}")
        units = {line.sku_id: line.quantity for line in view.lines}
        self.expect(units == order.units, "R16", f"{view.number} shows {units}, ordered were {order.units}")
        for line in view.lines:
            shipped, back = order.shipped.get(line.sku_id), order.refunded.get(line.sku_id)
            wrong = _misfit(line.shipped, shipped, begun, ended)
            self.expect(wrong is None, "R15", f"{view.number} shows as shipped {wrong}")
            wrong = None if order.may_be_called_off else _misfit(line.refunded, back, begun, ended)
            self.expect(wrong is None, "R5", f"{view.number} shows as refunded {wrong}")

    def see_history(self, order: Promise, steps: Sequence[Any]) -> None:
        """Somebody was shown what happened to an order: a path, step by step, each for once (R13)."""
        stands: str | None = None
        for step in steps:
            start = step.from_status.value if step.from_status else None
            end = step.to_status.value
            legal = end == "pending_payment" if start is None else end == start or end in NEXT[start]
            self.expect(start == stands and legal, "R13", f"{order.number} went from {stands}: {start} to {end}")
            stands = end
        self.expect(stands is not None, "R13", f"{order.number} has no history")

    def committed(self, commit: Committed) -> None:
        """Write it down, then look at every row of it."""
        self.commits += 1
        self.mirror.note(commit)
        for row in commit.rows:
            for law in self.row_laws.get(row.table, ()):
                wrong = law.check(self, row)
                if wrong is not None:
                    self.blame(law.id, wrong)

    def settled(self) -> None:
        """Look at everything once all trouble is over."""
        for law in self.end_laws:
            for wrong in law.check(self):
                self.blame(law.id, wrong)

    def tail(self, lines: int = 60) -> Iterator[str]:
        """The end of the trace."""
        for step, who, what in list(self.trace)[-lines:]:
            yield f"{step:>8} {who:<12} {what}"


def _misfit(seen: int, figure: Figure | None, begun: int, ended: int) -> str | None:
    least, most = (figure.least(begun, ended), figure.most(begun, ended)) if figure is not None else (0, 0)
    return None if least <= seen <= most else f"{seen}, by the book {least} to {most}"


def by_table(laws: Iterable[RowLaw]) -> Mapping[str, tuple[RowLaw, ...]]:
    """Row laws by the table they watch."""
    found: dict[str, list[RowLaw]] = defaultdict(list)
    for law in laws:
        found[law.table].append(law)
    return {table: tuple(them) for table, them in found.items()}
