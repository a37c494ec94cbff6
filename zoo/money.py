"""Beasts of the till: money believed, lost, returned twice, or split with a cent too many."""

from __future__ import annotations

from zoo.beast import CONTRACT, DOMAIN, INTEGRATION, MONEY, PROPERTY, RACES, UNIT, Beast, Patch

_KERNEL = f"{DOMAIN}/kernel/money.py"
_PAYMENT = f"{DOMAIN}/payments/model/payment.py"
_REFUND = f"{DOMAIN}/payments/model/refund.py"
_LEDGER = f"{DOMAIN}/payments/model/ledger.py"
_NOTICING = f"{DOMAIN}/processes/money/noticing.py"
_PAYING = f"{DOMAIN}/processes/money/paying.py"
_REFUNDING = f"{DOMAIN}/processes/money/refunding.py"
_SETTLEMENT = f"{DOMAIN}/processes/money/settlement.py"

BEASTS = (
    Beast(
        name="callback-without-amount-check",
        says="a success is believed whatever sum it names",
        origin="yudao, CRMEB, PAY-R2",
        patches=(
            Patch(
                _PAYMENT,
                "            case PaymentStatus.SUCCEEDED if snapshot.amount == self.amount:\n",
                "            case PaymentStatus.SUCCEEDED if snapshot:\n",
            ),
        ),
        catchers=(f"{UNIT}/test_payment.py",),
    ),
    Beast(
        name="callback-without-currency",
        says="a success is believed when the number fits, in whatever currency",
        origin="R9, PAY-R2",
        patches=(
            Patch(
                _PAYMENT,
                "            case PaymentStatus.SUCCEEDED if snapshot.amount == self.amount:\n",
                "            case PaymentStatus.SUCCEEDED if snapshot.amount and snapshot.amount.minor == self.amount.minor:\n",
            ),
        ),
        catchers=(f"{UNIT}/test_payment.py",),
    ),
    Beast(
        name="late-payment-is-a-duplicate",
        says="money for a closed order is taken for a repeated notice: kept, with no order and no refund",
        origin="yudao, PAY-R5",
        patches=(
            Patch(
                _PAYMENT,
                "        if self.state is PaymentState.SUCCEEDED or self.refunding_minor:\n            return Change(self, self)\n        return self._with_money(_BY",
                "        if self.state is PaymentState.SUCCEEDED or self.refunding_minor or standing is Standing.CLOSED:\n            return Change(self, self)\n        return self._with_money(_BY",
            ),
        ),
        catchers=(f"{UNIT}/test_payment.py",),
    ),
    Beast(
        name="late-money-stays",
        says="money that came too late is recorded but never goes back by itself",
        origin="yudao, litemall, R10",
        patches=(
            Patch(
                _PAYMENT, "return self.money in (MoneyState.EXTRA, MoneyState.LATE)", "return self.money in (MoneyState.EXTRA,)"
            ),
        ),
        catchers=(f"{MONEY}::test_an_unreachable_provider_is_waited_for_once_more_then_late_money_goes_back",),
    ),
    Beast(
        name="notice-rolled-back-by-a-later-handler",
        says="a bug in what follows from a payment rolls the payment back with it",
        origin="yudao, PAY-R8",
        patches=(Patch(_SETTLEMENT, "        return await shelve(told)\n", "        raise\n"),),
        catchers=(f"{MONEY}::test_money_that_cannot_be_applied_is_recorded_shown_and_applied_later",),
    ),
    Beast(
        name="only-foreseen-errors-are-shelved",
        says="money is recorded when a later handler breaks in a way that somebody thought of, and only then",
        origin="PAY-R8; yudao: a kind of a host's broke with AttributeError, and nothing was left of the money",
        patches=(
            Patch(
                _SETTLEMENT,
                "Exception as error:  # noqa: BLE001",
                "(ValueError, LookupError, AssertionError, TypeError) as error:  # noqa: BLE001",
            ),
        ),
        catchers=(
            f"{UNIT}/test_notice_acknowledged.py",
            f"{INTEGRATION}/test_kinds_in_trouble.py::test_money_is_recorded_whatever_a_kind_breaks_with_and_applied_once_it_is_mended",
        ),
    ),
    Beast(
        name="money-at-once-is-lost-with-a-broken-kind",
        says="a provider that takes the money when the payment begins is not recorded when a later handler breaks",
        origin="PAY-R8; yudao: met beside the notices, which were shelved",
        patches=(
            Patch(
                "src/adapters/retail_adapters/assembly/payments.py",
                "settle=_recording(parts),",
                "settle=parts.deciding(record_answer, parts.takings),",
            ),
        ),
        catchers=(f"{INTEGRATION}/test_kinds_in_trouble.py::test_money_that_a_provider_takes_at_once_is_recorded_too",),
    ),
    Beast(
        name="acknowledged-before-it-was-kept",
        says="the provider is thanked although the store was too busy to keep its notice",
        origin="answer success only after commit; ORD-I6",
        patches=(Patch(_NOTICING, "reader.reply(Ack.RETRY_LATER)", "reader.reply(Ack.DONE)"),),
        catchers=(f"{UNIT}/test_notice_acknowledged.py",),
    ),
    Beast(
        name="forged-notice-is-read",
        says="a notice whose signature does not hold is applied like any other",
        origin="R9, mall",
        patches=(
            Patch(
                _NOTICING,
                "    except NotificationRefused:\n        return reader.reply(Ack.REFUSED)\n",
                "    except NotificationRefused:\n        return reader.reply(Ack.DONE)\n",
            ),
        ),
        catchers=(f"{MONEY}::test_a_forged_notice_changes_nothing_and_leaves_no_trace",),
    ),
    Beast(
        name="one-deal-pays-two-orders",
        says="the same deal of the provider is accepted for a second order",
        origin="R9, PAY-I5",
        patches=(
            Patch(
                _SETTLEMENT,
                "    return await work.payments.find_deal(payment.gateway, snapshot.provider_ref) not in (None, payment.id)",
                "    return False",
            ),
        ),
        catchers=(f"{MONEY}::test_one_deal_of_the_provider_never_pays_two_orders",),
    ),
    Beast(
        name="not-found-is-not-paid",
        says="a provider that does not know the attempt yet is taken for final",
        origin="PAY-R15: yudao keeps a comment about this after an incident",
        patches=(
            Patch(
                _PAYMENT,
                "return self._unheard_of(at) if self.is_written_off(at) else Change(self, self)",
                "return self._ended(PaymentState.CLOSED, at)",
            ),
        ),
        catchers=(f"{UNIT}/test_payment.py",),
    ),
    Beast(
        name="random-refund-id",
        says="the refund's reference is drawn at the moment of the call, so a retry pays twice",
        origin="R12",
        patches=(
            Patch(
                _REFUND,
                "            refund_ref=self.ref, payment_ref",
                "            refund_ref=refund_ref(RefundId(__import__('uuid').uuid4())), payment_ref",
            ),
        ),
        catchers=(
            f"{MONEY}::test_a_refund_that_timed_out_after_effect_is_asked_about_and_never_sent_under_a_new_name",
            f"{UNIT}/test_payment.py",
        ),
    ),
    Beast(
        name="random-attempt-id",
        says="the attempt's reference is drawn at the moment of the call, so a retry charges twice",
        origin="R12",
        patches=(
            Patch(
                _PAYING,
                "        ref=payment.ref, amount=payment.amount, flow=payment.flow,",
                "        ref=type(payment.ref)(__import__('uuid').uuid4().hex), amount=payment.amount, flow=payment.flow,",
            ),
        ),
        catchers=(
            f"{MONEY}::test_the_amount_comes_from_the_order_and_the_reference_is_stored_before_the_call",
            f"{MONEY}::test_a_timeout_after_effect_never_charges_twice",
        ),
    ),
    Beast(
        name="refund-is-sent-again-unasked",
        says="a refund that was perhaps sent is sent again instead of asked about",
        origin="R12, PAY-R9",
        patches=(Patch(_REFUNDING, "is_first=refund.tries == 0)", "is_first=True)"),),
        catchers=(f"{MONEY}::test_a_refund_that_timed_out_after_effect_is_asked_about_and_never_sent_under_a_new_name",),
    ),
    Beast(
        name="refund-retried-under-its-old-name",
        says="a refund that surely failed is sent again under the reference the provider has closed",
        origin="yudao, RET-R6",
        patches=(
            Patch(
                _REFUND,
                "            self, id=id, ref=refund_ref(id), state=RefundState.REQUESTED",
                "            self, id=id, ref=self.ref, state=RefundState.REQUESTED",
            ),
        ),
        catchers=(f"{UNIT}/test_payment.py", f"{MONEY}::test_a_refund_that_surely_failed_is_replaced_under_a_new_reference"),
    ),
    Beast(
        name="pending-refunds-do-not-count",
        says="what can still be refunded is judged by what has already gone back",
        origin="R5, PAY-I4",
        patches=(
            Patch(
                _PAYMENT,
                "        return self.captured_minor - self.refunding_minor\n",
                "        return self.captured_minor - self.refunded_minor\n",
            ),
            Patch(
                _PAYMENT,
                "        if not 0 <= self.refunded_minor <= self.refunding_minor <= self.captured_minor:",
                "        if not 0 <= self.refunded_minor:",
            ),
        ),
        catchers=(f"{UNIT}/test_payment.py", f"{PROPERTY}/test_payments.py"),
    ),
    Beast(
        name="attempt-not-looked-for",
        says="every tap on `pay` opens another attempt",
        origin="PAY-R1, yudao",
        patches=(
            Patch(
                _PAYING,
                "standing = next((one for one in attempts if one.is_open), None)",
                "standing = next((one for one in attempts if not one.is_open), None)",
            ),
        ),
        catchers=(f"{MONEY}::test_starting_again_the_same_way_finds_the_open_attempt", RACES),
    ),
    Beast(
        name="counter-takes-any-sum",
        says="the clerk's typed amount is not compared with what is due",
        origin="PAY-R2, mall",
        patches=(
            Patch(
                _PAYING,
                "    if command.amount != payment.amount:\n        raise CounterAmountDiffers(payment_id=payment.id)\n",
                "",
            ),
        ),
        catchers=(f"{MONEY}::test_a_clerk_confirms_the_typed_amount_at_the_counter",),
    ),
    Beast(
        name="per-line-rounding",
        says="each line's share of a discount is rounded for itself",
        origin="mall, Medusa, R4: wrong in 37 % of random splits",
        patches=(
            Patch(
                _KERNEL,
                "        shares[key], remainder = divmod(amount * weight, total)\n",
                "        shares[key], remainder = (amount * weight * 2 + total) // (2 * total), 0\n",
            ),
            Patch(_KERNEL, "    for _, key in sorted(remainders)[:left]:", "    for _, key in sorted(remainders)[:0]:"),
        ),
        catchers=(f"{PROPERTY}/test_money.py",),
    ),
    Beast(
        name="last-line-takes-the-rest",
        says="shares are rounded and the last line takes what is left, which can be less than nothing",
        origin="Saleor, yudao, GEN-R3",
        patches=(
            Patch(
                _KERNEL,
                "        shares[key], remainder = divmod(amount * weight, total)\n",
                "        shares[key], remainder = (amount * weight * 2 + total) // (2 * total), 0\n",
            ),
            Patch(
                _KERNEL,
                "    for _, key in sorted(remainders)[:left]:  # the left-over units go to the largest remainders\n        shares[key] += 1\n",
                "    shares[key] += left\n",
            ),
        ),
        catchers=(f"{PROPERTY}/test_money.py",),
    ),
    Beast(
        name="unit-price-refund",
        says="a refund pays the rounded unit price times the units",
        origin="GEN-R5, R5",
        patches=(
            Patch(
                _KERNEL,
                "return worth_of_units(total_minor, quantity, before + more) - worth_of_units(total_minor, quantity, before)",
                "return worth_of_units(total_minor, quantity, before + more) and total_minor // quantity * more",
            ),
            Patch(
                f"{DOMAIN}/ordering/model/line.py",
                "return worth_of_units(self.payable_minor, self.quantity, self.refunded) if self.refunded else 0",
                "return self.payable_minor // self.quantity * self.refunded",
            ),
        ),
        catchers=(f"{PROPERTY}/test_money.py", f"{UNIT}/test_order.py"),
    ),
    Beast(
        name="booked-whole-each-time",
        says="every decision about a payment is booked in full instead of as the difference it made",
        origin="R6, PAY-R14",
        patches=(
            Patch(
                _LEDGER,
                "_difference(payment_position(change.before), payment_position(after))",
                "_difference({}, payment_position(after))",
            ),
        ),
        catchers=(f"{PROPERTY}/test_payments.py", f"{UNIT}/test_payment.py"),
    ),
    Beast(
        name="notice-heard-every-time",
        says="a notice that was heard before is applied once more",
        origin="R8, R26",
        patches=(
            Patch(
                _NOTICING,
                "    if await work.inbox.find(notice.key) is not None:\n        return Answered.unchanged(Verdict.DUPLICATE)\n",
                "",
            ),
            Patch(
                _PAYMENT,
                "        if self.state is PaymentState.SUCCEEDED or self.refunding_minor:\n            return Change(self, self)\n        return self._with_money(_BY",
                "        return self._with_money(_BY",
            ),
        ),
        catchers=(f"{UNIT}/test_payment.py", MONEY),
    ),
    Beast(
        name="unknown-commit-is-run-again",
        says="a commit whose answer got lost is taken for a lost race and run again blindly",
        origin="F3, R15, GEN-R19",
        patches=(
            Patch(
                "src/adapters/retail_adapters/sql/postgres_errors.py",
                'raise CommitUnknown(reason="connection lost") from error',
                'raise Retry(reason="connection lost") from error',
            ),
            Patch(
                "src/adapters/retail_adapters/sql/postgres_errors.py",
                "from retail_domain.kernel.errors import CommitUnknown,",
                "from retail_domain.kernel.errors import Retry, CommitUnknown,",
            ),
        ),
        catchers=(f"{INTEGRATION}/test_commit_unknown.py", f"{CONTRACT}/test_sql_seam.py"),
    ),
)
"""Each must be caught."""
