"""Laws of money, held against the provider's books (R5, R6, R8 to R12)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from retail_domain.testing.simulation.auditor import Auditor, EndLaw, RowLaw
from retail_domain.testing.simulation.provider import Charge
from retail_domain.testing.simulation.traffic import RowChange
from retail_domain.testing.simulation.trouble import Rare


def only_real_money(auditor: Auditor, row: RowChange) -> str | None:
    """R9: an attempt succeeds only with the money, to the cent, that the provider has taken; it never stops succeeding."""
    before, after = row.before, row.after
    if after is None:
        return f"payment {row.key} is gone"
    if before is not None and before.state.value == "succeeded" and after.state.value != "succeeded":
        return f"payment {row.key} had succeeded, and is {after.state.value}"
    if after.state.value != "succeeded" or after.gateway == "counter" or after.tender != "gateway":
        return None
    _note_rare(auditor, row)
    charge = auditor.provider.charges.get(after.ref)
    if charge is None or charge.taken != after.amount:
        return f"payment {row.key} counts as {after.amount}, the provider has {charge.taken if charge else 'nothing'}"
    return None


def never_more_back_than_came(auditor: Auditor, row: RowChange) -> str | None:
    """R5: refunds under way and done never exceed what was captured."""
    after = row.after
    captured = after.captured.minor if after.captured else 0
    if not 0 <= after.refunded_minor <= after.refunding_minor <= captured:
        return f"payment {row.key}: {after.refunded_minor}, {after.refunding_minor} of {captured} given back"
    return None


def one_payment_pays(auditor: Auditor, row: RowChange) -> str | None:
    """R8: of each tender, the money of at most one attempt pays an order."""
    if row.after.money.value != "applied" or (row.before is not None and row.before.money.value == "applied"):
        return None
    applied = sum(one.tender == row.after.tender for one in _applied(auditor, row.after.order_id))
    return f"{applied} payments of one tender pay one order" if applied > 1 else None


def paid_with_money(auditor: Auditor, row: RowChange) -> str | None:
    """R8, R10: an order becomes paid in the transaction in which its money is applied, that of all its tenders."""
    order = row.after
    if order.paid_at is None or (row.before is not None and row.before.paid_at is not None):
        return None
    applied = sum(one.amount.minor for one in _applied(auditor, order.id))
    total = sum(line.payable_minor for line in order.lines) + order.freight_minor
    return None if applied == total else f"order {row.key} is paid without its money"


def refunds_are_decided_once(auditor: Auditor, row: RowChange) -> str | None:
    """R12: a refund that succeeded is one that the provider made."""
    refund = row.after
    if refund.replaces is not None and row.before is None:
        auditor.trouble.happened(Rare.REFUND_ANEW)
    if refund.state.value != "succeeded" or refund.gateway == "counter" or refund.tender != "gateway":
        return None
    if row.before is not None and row.before.state.value == "needs_attention":
        auditor.trouble.happened(Rare.PAID_AFTER_ALL)
    made = _refunding(auditor, refund)
    if made is None or made.status.value != "succeeded" or made.amount != refund.amount:
        return f"refund {row.key} counts as done, the provider says {made.status.value if made else 'nothing'}"
    return None


def nothing_in_limbo(auditor: Auditor) -> Iterator[str]:
    """R10, R11: in the end everything a provider holds has paid an order, or waits visibly for a person."""
    visible = {one.payment_id.hex: one for one in auditor.shown.suspects}
    stuck = list(auditor.shown.stuck_refunds)
    by_ref = {one.ref: one for one in auditor.mirror.tables["payments"].values()}
    for ref, charge in auditor.provider.charges.items():
        if charge.taken is None:
            continue
        payment = by_ref.get(ref)
        if payment is None:
            yield f"{charge.taken} was taken for {ref}, of which the shop knows nothing"
            continue
        waiting = sum(one.amount.minor for one in stuck if one.payment_id == payment.id)
        left = charge.taken.minor - charge.given_back - waiting
        if ref not in visible and left != _earned(auditor, payment):
            yield f"{left} of {charge.taken} of payment {payment.id} are left, {_earned(auditor, payment)} were earned"


def given_back_once(auditor: Auditor) -> Iterator[str]:
    """R5, R12: in the end what the provider paid back is what the shop's refunds gave back, each under its own name."""
    refunds = {one.ref: one for one in auditor.mirror.tables["refunds"].values()}
    for charge in auditor.provider.charges.values():
        for ref, made in charge.refunds.items():
            refund = refunds.get(ref)
            if made.status.value == "succeeded" and (refund is None or refund.state.value != "succeeded"):
                says = refund.state.value if refund is not None else "nothing"
                yield f"the provider paid back {made.amount} as {ref}, the shop says {says}"


def contradictions_are_shown(auditor: Auditor) -> Iterator[str]:
    """R10: in the end every acknowledged notice that contradicts what is known stands where staff see it."""
    shown = {one.key.event_id for one in auditor.shown.odd_notices}
    yield from (f"notice {event_id} contradicts what is known, and is in no list" for event_id in auditor.provider.odd - shown)


def given_back_as_promised(auditor: Auditor) -> Iterator[str]:
    """R5, R15: in the end what was paid back of an order is what was acknowledged, to the cent."""
    for order_id, view in auditor.shown.orders.items():
        order = auditor.book.orders.get(order_id)
        if order is None or view.paid_at is None:
            continue
        is_whole = order.called_off and view.status.value == "closed"
        promised = view.payable.minor if is_whole else order.refunded_minor
        if view.given_back.decided.minor != promised:
            yield f"{view.given_back.decided} of order {view.number} was given back, {promised} was promised"


def books_balance(auditor: Auditor) -> Iterator[str]:
    """R6: the books balance in every currency, and say of the provider what the provider says."""
    sums: dict[str, int] = {}
    for (_, currency), minor in auditor.mirror.balances.items():
        sums[currency] = sums.get(currency, 0) + minor
    yield from (f"the books are off by {minor} {currency}" for currency, minor in sums.items() if minor)
    shown = {(one.account, one.balance.currency): one.balance.minor for one in auditor.shown.balances}
    for key, minor in auditor.mirror.balances.items():
        if shown.get(key, 0) != minor:
            yield f"{key} shows {shown.get(key, 0)}, its entries say {minor}"
    for currency in {"CNY", "USD"}:
        held = sum(
            one.taken.minor - one.given_back
            for one in auditor.provider.charges.values()
            if one.taken and one.taken.currency == currency
        )
        booked = auditor.mirror.balances["gateway:sandbox", currency]
        if held != booked:
            yield f"the provider holds {held} {currency}, the books say {booked}"


def all_decided(auditor: Auditor) -> Iterator[str]:
    """R10, R11, R12: in the end no attempt is open, nothing is held, no refund under way, no money unapplied."""
    for one in auditor.mirror.tables["payments"].values():
        if one.state.value in ("created", "pending", "held") or one.money.value == "unapplied":
            yield f"payment {one.id} is {one.state.value}, its money {one.money.value}"
    for one in auditor.mirror.tables["refunds"].values():
        if one.state.value in ("requested", "pending"):
            yield f"refund {one.id} is {one.state.value}"


def _earned(auditor: Auditor, payment: Any) -> int:
    if payment.money.value != "applied":
        return 0
    view = auditor.shown.orders[payment.order_id]
    others = sum(one.amount.minor - one.refunding_minor for one in _applied(auditor, payment.order_id) if one.id != payment.id)
    return int(view.payable.minor - view.given_back.decided.minor - others)


def _applied(auditor: Auditor, order_id: Any) -> list[Any]:
    payments = auditor.mirror.tables["payments"].values()
    return [one for one in payments if one.order_id == order_id and one.money.value == "applied"]


def _refunding(auditor: Auditor, refund: Any) -> Any:
    charge: Charge | None = auditor.provider.charges.get(refund.payment_id.hex)
    return charge.refunds.get(refund.ref) if charge is not None else None


def _note_rare(auditor: Auditor, row: RowChange) -> None:
    if row.before is None or row.before.money is row.after.money:
        return
    money, charge = row.after.money.value, auditor.provider.charges.get(row.after.ref)
    if charge is not None and charge.unheard:
        auditor.trouble.happened(Rare.HEALED_BY_POLL)
    if money == "extra":
        auditor.trouble.happened(Rare.TWICE_PAID)
    if money == "late":
        auditor.trouble.happened(Rare.LATE_MONEY_BACK)
    if row.before.state.value == "created":
        auditor.trouble.happened(Rare.NOTICE_FIRST)


def suspicions(auditor: Auditor, row: RowChange) -> str | None:
    """R9: money of another amount is put aside, and never pays."""
    if row.after.money.value == "suspect" and (row.before is None or row.before.money.value != "suspect"):
        auditor.trouble.happened(Rare.SUSPECT_MONEY)
        charge = auditor.provider.charges.get(row.after.ref)
        if charge is None or charge.taken is None or charge.taken == row.after.amount:
            return f"payment {row.key} is suspect, and the provider took what was asked"
    return None


ROW_LAWS: Final = (
    RowLaw("R9", "payments", only_real_money),
    RowLaw("R5", "payments", never_more_back_than_came),
    RowLaw("R8", "payments", one_payment_pays),
    RowLaw("R9", "payments", suspicions),
    RowLaw("R8", "orders", paid_with_money),
    RowLaw("R12", "refunds", refunds_are_decided_once),
)
END_LAWS: Final = (
    EndLaw("R10", nothing_in_limbo),
    EndLaw("R12", given_back_once),
    EndLaw("R10", contradictions_are_shown),
    EndLaw("R5", given_back_as_promised),
    EndLaw("R6", books_balance),
    EndLaw("R11", all_decided),
)
