"""Laws of what takes two people: nothing above a limit happens without two, and each request is decided once (ACC-R14)."""

from __future__ import annotations

from typing import Final

from retail_domain.approvals import ApprovalState
from retail_domain.ordering import cut_in_all
from retail_domain.testing.simulation.auditor import Auditor, RowLaw
from retail_domain.testing.simulation.traffic import RowChange


def decided_once_by_somebody_else(auditor: Auditor, row: RowChange) -> str | None:
    """ACC-R14: what was decided stays so, and nobody approves what they asked for themselves."""
    before, after = row.before, row.after
    if after is None or (before is not None and before.state is not ApprovalState.WAITING):
        return f"the request {row.key} was decided, and then something else"
    if after.state is ApprovalState.APPROVED and after.decided_by in (None, after.asked_by):
        return f"the request {row.key} was approved by who asked for it"
    return None


def two_people_above(refund: int, price_cut: int) -> RowLaw:
    """The law of a play in which only people of staff give money back and agree on prices, under these limits."""

    def held(auditor: Auditor, row: RowChange) -> str | None:
        """Whoever gives back more in all, or takes more off, was not alone."""
        before, after = row.before, row.after
        if before is None:
            return None
        if after.refunded_minor > max(refund, before.refunded_minor) and not _seconded(auditor, "ordering.refund", row):
            return f"{after.refunded_minor} in all of {after.number} went back by one person's word"
        cut, was = cut_in_all(after.lines), cut_in_all(before.lines)
        if cut > max(price_cut, was) and not _seconded(auditor, "ordering.reprice", row):
            return f"{cut} in all were taken off {after.number} by one person's word"
        return None

    return RowLaw("ACC-R14", "orders", held)


def _seconded(auditor: Auditor, does: str, row: RowChange) -> bool:
    """Whether this very commit, or one before it, approved a request about this order."""
    requests = auditor.mirror.tables["approvals"].values()
    named = f"{row.key}"
    return any(one.does == does and named in one.about and one.state is ApprovalState.APPROVED for one in requests)


ROW_LAWS: Final = (RowLaw("ACC-R14", "approvals", decided_once_by_somebody_else),)
