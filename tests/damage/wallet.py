"""What to do to a sound shop so that laws of wallets are broken."""

from __future__ import annotations

from typing import Final

from tests.damage.damage import Damage

DAMAGE: Final[Damage] = {
    "MSC-R6": ("UPDATE {}wallet_lots SET free = free + 1, amount_minor = amount_minor + 1", "ref"),
    "MSC-R6-entries": ("UPDATE {}wallet_entries SET ref = 'no ' || ref", "ref"),
    "MSC-R6-accounts": ("DELETE FROM {}wallet_accounts", "ref"),
    "PAY-R11-uses": ("UPDATE {}wallet_lots SET used = used - 1, taken = taken + 1 WHERE used > 0", "used"),
    "MSC-I4": ("UPDATE {}withdrawals SET amount_minor = amount_minor + 1", "amount_minor"),
    "PAY-R11-books": ("UPDATE {}ledger_entries SET account = 'another' WHERE account = 'wallet'", "order_id"),
}
