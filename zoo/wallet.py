"""Beasts of wallets: money that is used twice, paid out twice, or paid out although it was given (MSC-R6, MSC-I4)."""

from __future__ import annotations

from zoo.beast import CONTRACT, DOMAIN, Beast, Patch

_LEDGER = f"{DOMAIN}/wallet/ledger.py"
_WITHDRAWAL = f"{DOMAIN}/wallet/withdrawal.py"
_USE_CASES = f"{DOMAIN}/processes/rewards/wallets.py"
_TESTS = f"{CONTRACT}/test_wallet.py"

BEASTS = (
    Beast(
        name="wallet-paid-in-first",
        says="an order uses what could be paid out before what was given",
        origin="MSC-R6",
        patches=(Patch(f"{DOMAIN}/wallet/lot.py", "return lot.key.whence is not Whence.GIVEN, lot.made_at", "return lot.key.whence is Whence.GIVEN, lot.made_at"),),
        catchers=(f"{_TESTS}::test_a_wallet_alone_pays_at_once_what_was_given_first",),
    ),
    Beast(
        name="wallet-gives-back-the-first-taken",
        says="a refund goes back into the lot that was taken first: what was paid in is lost to what was given",
        origin="PAY-R11",
        patches=(Patch(_LEDGER, "for place in reversed(range(len(uses))):", "for place in range(len(uses)):"),),
        catchers=(f"{_TESTS}::test_a_wallet_alone_pays_at_once_what_was_given_first",),
    ),
    Beast(
        name="wallet-pays-out-what-was-given",
        says="a member asks for a gift to be paid out",
        origin="MSC-R6",
        patches=(Patch(_LEDGER, "self._used(amount, WalletMoney.FROZEN, lambda lot: lot.is_paid_out, cause, at)", "self._used(amount, WalletMoney.FROZEN, lambda lot: True, cause, at)"),),
        catchers=(f"{_TESTS}::test_what_was_given_is_never_paid_out",),
    ),
    Beast(
        name="wallet-withdrawal-freezes-nothing",
        says="money that a withdrawal waits for pays an order as well",
        origin="MSC-I4",
        patches=(Patch(_USE_CASES, "    keep(work, ledger.freeze(command.amount, change.state.cause, at))\n", "    ledger.freeze(command.amount, change.state.cause, at)\n"),),
        catchers=(f"{_TESTS}::test_a_withdrawal_is_paid_once",),
    ),
    Beast(
        name="wallet-withdrawal-paid-unapproved",
        says="a withdrawal that nobody has approved is paid",
        origin="MSC-R6",
        patches=(Patch(_WITHDRAWAL, "        self._check(WithdrawalState.APPROVED)\n", "        self._check(*WAITING)\n"),),
        catchers=(f"{_TESTS}::test_a_withdrawal_is_paid_once",),
    ),
    Beast(
        name="wallet-rejected-keeps-the-money",
        says="a withdrawal is rejected, and its money stays frozen",
        origin="MSC-R6",
        patches=(Patch(_USE_CASES, "    change = withdrawal.reject(reason, by=command.actor, at=at)\n    keep(work, ledger.unfreeze(withdrawal.cause, at))\n", "    change = withdrawal.reject(reason, by=command.actor, at=at)\n"),),
        catchers=(f"{_TESTS}::test_a_withdrawal_that_comes_to_nothing_gives_its_money_back",),
    ),
    Beast(
        name="wallet-refund-by-nobodys-choice",
        says="a refund of what a wallet paid makes a new lot, so that what was given can be paid out",
        origin="PAY-R10, PAY-R11",
        patches=(Patch(f"{DOMAIN}/processes/money/holding.py", "came_back = refund.tender == payment.tender", "came_back = not tender.takes_in"),),
        catchers=(f"{_TESTS}::test_a_wallet_alone_pays_at_once_what_was_given_first",),
    ),
    Beast(
        name="wallet-taken-back-beside-an-attempt",
        says="a member takes back what is held while an attempt asks for the rest: the order could be paid with too little",
        origin="PAY-R10, PAY-I1",
        patches=(Patch(f"{DOMAIN}/processes/money/holding.py", "        raise NothingHeld(tender=tender.name)\n    _check_none_is_open(attempts)\n", "        raise NothingHeld(tender=tender.name)\n"),),
        catchers=(f"{_TESTS}::test_an_attempt_that_cannot_be_closed_keeps_what_is_held",),
    ),
    Beast(
        name="wallet-order-forgets-whose-money-first",
        says="whose money goes back first is what is set when it goes back",
        origin="PAY-R10",
        patches=(Patch(f"{DOMAIN}/processes/purchase/checkout.py", "refund_order=refund_order_under(in_force, rules.refund_order),", "refund_order=rules.refund_order,"),),
        catchers=(f"{_TESTS}::test_the_accounts_first_by_a_setting_that_an_order_keeps",),
    ),
    Beast(
        name="wallet-limit-by-nobody",
        says="staff give as much as they like at once",
        origin="R35",
        patches=(Patch(_USE_CASES, "if most is not None and amount.minor > most:", "if most is None and amount.minor < 0:"),),
        catchers=(f"{_TESTS}::test_a_limit_by_role_bounds_what_somebody_gives_at_once",),
    ),
)  # fmt: skip
"""Each must be caught."""
