"""What accounts hold: the last balances that were carried forward, and the entries since (decision 0031)."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Subquery, cast, func, select, union_all

from retail_adapters.sql.tables.payments import carried_balances, ledger_entries
from retail_adapters.sql.types import Whole

CARRIED_UP_TO: Final = func.coalesce(select(func.max(carried_balances.c.up_to)).scalar_subquery(), 0)
"""The position up to which balances were carried forward."""


def holdings(*, up_to: Any = None) -> Subquery:
    """Account, currency and balance, after all entries or after the one at a position that is not carried forward yet."""
    since = select(ledger_entries.c.account, ledger_entries.c.currency, ledger_entries.c.amount_minor.label("minor")).where(
        ledger_entries.c.position > CARRIED_UP_TO
    )
    parts = union_all(
        select(carried_balances.c.account, carried_balances.c.currency, carried_balances.c.balance_minor.label("minor")).where(
            carried_balances.c.up_to == CARRIED_UP_TO
        ),
        since if up_to is None else since.where(ledger_entries.c.position <= up_to),
    ).subquery("parts")
    return (
        select(parts.c.account, parts.c.currency, cast(func.sum(parts.c.minor), Whole()).label("balance"))
        .group_by(parts.c.account, parts.c.currency)
        .subquery("held")
    )
