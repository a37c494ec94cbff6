"""Laws of wallets: every unit of money stands where its entries say, and the books say of wallets what these say."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import and_, case, exists, func, not_, or_, select, union_all
from sqlalchemy.sql.functions import coalesce

from retail_adapters.sql.laws.law import law, one_of
from retail_adapters.sql.tables.payments import ledger_entries
from retail_adapters.sql.tables.wallet import wallet_accounts, wallet_entries, wallet_lots, wallet_uses, withdrawals
from retail_domain.wallet import WAITING, WalletBecause, WalletMoney, WithdrawalState

BOOKED_AS: Final = "wallet"
"""The account of wallets in the books of payments."""
_lot = (wallet_lots.c.member_id, wallet_lots.c.ref, wallet_lots.c.whence)


def _of_lot(other: Any) -> Any:
    return and_(*(getattr(other.c, column.name) == column for column in _lot))


def _net(standing: WalletMoney) -> Any:
    entry = wallet_entries.c
    moved = case((entry.went_to == standing, entry.amount_minor), (entry.out_of == standing, -entry.amount_minor), else_=0)
    return func.sum(moved).label(standing.value)


_INSIDE: Final = tuple(one for one in WalletMoney if one is not WalletMoney.OUTSIDE)
_told = (
    select(
        wallet_entries.c.member_id, wallet_entries.c.ref, wallet_entries.c.whence, func.count().label("written"),
        *map(_net, _INSIDE),
    )
    .group_by(wallet_entries.c.member_id, wallet_entries.c.ref, wallet_entries.c.whence)
    .subquery("told")
)  # fmt: skip
_taken = (
    select(
        wallet_uses.c.member_id, wallet_uses.c.ref, wallet_uses.c.whence,
        func.sum(
            case((wallet_uses.c.because == WalletBecause.ORDER, wallet_uses.c.minor - wallet_uses.c.back), else_=0)
        ).label("used"),
        func.sum(
            case((wallet_uses.c.because == WalletBecause.WITHDRAWAL, wallet_uses.c.minor - wallet_uses.c.back), else_=0)
        ).label("withdrawn"),
    )
    .group_by(wallet_uses.c.member_id, wallet_uses.c.ref, wallet_uses.c.whence)
    .subquery("taken_of")
)  # fmt: skip
_frozen = (
    select(wallet_uses.c.cause_ref, func.sum(wallet_uses.c.minor - wallet_uses.c.back).label("minor"))
    .where(wallet_uses.c.because == WalletBecause.WITHDRAWAL)
    .group_by(wallet_uses.c.cause_ref)
    .subquery("frozen_for")
)
_paid = (
    select(wallet_entries.c.cause_ref, func.sum(wallet_entries.c.amount_minor).label("minor"))
    .where(wallet_entries.c.went_to == WalletMoney.PAID_OUT)
    .group_by(wallet_entries.c.cause_ref)
    .subquery("paid_for")
)
_outside = case(
    (wallet_entries.c.went_to == WalletMoney.USED, wallet_entries.c.amount_minor), else_=-wallet_entries.c.amount_minor
)
_books_against_wallets = union_all(
    select(ledger_entries.c.order_id, ledger_entries.c.currency, ledger_entries.c.amount_minor.label("minor")).where(
        ledger_entries.c.account == BOOKED_AS
    ),
    select(wallet_entries.c.cause_ref, wallet_entries.c.currency, -_outside).where(
        wallet_entries.c.because == WalletBecause.ORDER
    ),
).subquery("books_against_wallets")
_off = func.sum(_books_against_wallets.c.minor)

_HAS_MONEY = one_of(withdrawals.c.state, *WAITING, WithdrawalState.PAID)

LAWS: Final = (
    law(
        "MSC-R6",
        "every unit of money of a lot stands where its entries have put it (PAY-R11)",
        select(*_lot, wallet_lots.c.written, coalesce(_told.c.written, 0).label("entries"))
        .outerjoin(_told, _of_lot(_told))
        .where(
            or_(
                _told.c.written.is_(None),
                _told.c.written != wallet_lots.c.written,
                *(getattr(_told.c, one.value) != getattr(wallet_lots.c, one.value) for one in _INSIDE),
            )
        ),
    ),
    law(
        "MSC-R6-entries",
        "no entry without its lot",
        select(wallet_entries.c.member_id, wallet_entries.c.ref, wallet_entries.c.number).where(
            ~exists().where(
                wallet_lots.c.member_id == wallet_entries.c.member_id,
                wallet_lots.c.ref == wallet_entries.c.ref,
                wallet_lots.c.whence == wallet_entries.c.whence,
            )
        ),
    ),
    law(
        "MSC-R6-accounts",
        "no lot without the account that rivals for it meet at",
        select(*_lot).where(~exists().where(wallet_accounts.c.member_id == wallet_lots.c.member_id)),
    ),
    law(
        "PAY-R11-uses",
        "what orders took of a lot and did not give back is used, and what withdrawals took is frozen or paid out",
        select(*_lot, wallet_lots.c.used, wallet_lots.c.frozen, wallet_lots.c.paid_out)
        .outerjoin(_taken, _of_lot(_taken))
        .where(
            or_(
                wallet_lots.c.used != coalesce(_taken.c.used, 0),
                wallet_lots.c.frozen + wallet_lots.c.paid_out != coalesce(_taken.c.withdrawn, 0),
            )
        ),
    ),
    law(
        "MSC-I4",
        "a withdrawal has frozen what it is of while it waits, has moved that once when it is paid, and else nothing",
        select(withdrawals.c.id, withdrawals.c.state, withdrawals.c.amount_minor, _frozen.c.minor)
        .outerjoin(_frozen, _frozen.c.cause_ref == withdrawals.c.id)
        .outerjoin(_paid, _paid.c.cause_ref == withdrawals.c.id)
        .where(
            or_(
                and_(
                    _HAS_MONEY,
                    coalesce(_frozen.c.minor, 0) != withdrawals.c.amount_minor,
                ),
                and_(not_(_HAS_MONEY), coalesce(_frozen.c.minor, 0) != 0),
                coalesce(_paid.c.minor, 0)
                != case((withdrawals.c.state == WithdrawalState.PAID, withdrawals.c.amount_minor), else_=0),
            )
        ),
    ),
    law(
        "PAY-R11-books",
        "the books say of each order what it has from wallets and gave into them, as wallets say it (R6)",
        select(_books_against_wallets.c.order_id, _books_against_wallets.c.currency, _off.label("off"))
        .group_by(_books_against_wallets.c.order_id, _books_against_wallets.c.currency)
        .having(_off != 0),
    ),
)
