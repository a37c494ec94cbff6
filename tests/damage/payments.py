"""What to do to a sound shop so that each law of payments is broken."""

from __future__ import annotations

from typing import Final

from tests.damage.damage import Damage

DAMAGE: Final[Damage] = {
    "PAY-I4": ("UPDATE {}payments SET refunded_minor = refunded_minor + 1 WHERE money = 'applied'", "id"),
    "PAY-I1": ("UPDATE {}payments SET money = 'late' WHERE money = 'applied'", "id"),
    "R6": ("UPDATE {}ledger_entries SET amount_minor = amount_minor + 1", "reference"),
    "R6-cash": ("DELETE FROM {}ledger_entries", "order_id"),
    "R6-carried": ("INSERT INTO {}carried_balances VALUES (1, 'counter', 'CNY', 5)", "account"),
    "PAY-R19": ("UPDATE {}book_days SET opening_minor = opening_minor + 1", "day"),
    "PAY-R20": ("DELETE FROM {}ledger_entries WHERE account = 'freight'", "number"),
    "R10": ("UPDATE {}payments SET money = 'extra' WHERE money = 'applied'", "id"),
    "R10-held": ("UPDATE {}payments SET state = 'held' WHERE money = 'applied'", "id"),
    "R10-succeeded": ("UPDATE {}payments SET captured_minor = captured_minor + 1 WHERE state = 'succeeded'", "id"),
    "R11": ("UPDATE {}payments SET next_poll_at = NULL, state = 'pending'", "id"),
    "R12": ("UPDATE {}refunds SET state = 'closed' WHERE state = 'succeeded'", "id"),
    "R12-deals": (
        "INSERT INTO {0}refunds (id, ref, payment_id, order_id, member_id, gateway, amount_minor, currency, freight_minor, "
        "source, reason, state, tries, provider_ref, references_used, requested_at, succeeded_at, version) "
        "SELECT payment_id, 'another', payment_id, order_id, member_id, gateway, amount_minor, currency, freight_minor, "
        "source, reason, state, tries, provider_ref, references_used, requested_at, succeeded_at, version "
        "FROM {0}refunds WHERE state = 'succeeded'",
        "provider_ref",
    ),
    "PAY-R10": ("UPDATE {}refunds SET gateway = 'another'", "id"),
}
