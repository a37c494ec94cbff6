"""Beasts of the way back: money that leaves twice, and words of a provider that nobody is told of."""

from __future__ import annotations

from zoo.beast import DOMAIN, INTEGRATION, Beast, Patch

_REFUND = f"{DOMAIN}/payments/model/refund.py"
_LEDGER = f"{DOMAIN}/payments/model/ledger.py"
_RETRYING = f"{DOMAIN}/processes/money/retrying.py"
_REFUNDING = f"{DOMAIN}/processes/money/refunding.py"
_PAYING = f"{DOMAIN}/processes/money/paying.py"
_POLLING = f"{DOMAIN}/processes/money/polling.py"
_UNKNOWN = f"{INTEGRATION}/test_unknown_gateways.py"
_HEARD = f"{DOMAIN}/processes/money/refunds_heard.py"
_SANDBOX = "src/adapters/retail_adapters/payments/sandbox.py"
_ONCE = f"{INTEGRATION}/test_refunds_paid_once.py"
_CORRECTED = f"{INTEGRATION}/test_refunds_corrected.py"
_ON_A_SOCKET = f"{INTEGRATION}/test_refunds_through_the_provider.py"
_SIMULATED = "tests/simulation/test_simulation.py::test_refunds_go_back_once_whatever_the_provider_says"

BEASTS = (
    Beast(
        name="retry-does-not-ask-first",
        says="staff who try a stuck refund again send it under a new name, whatever became of the first",
        origin="R5, R12: 20.00 went back where 10.00 were due",
        patches=(
            Patch(
                _RETRYING,
                "snapshot = await gateway.query_refund(payment.ref, refund.ref)",
                "snapshot = RefundSnapshot(refund_ref=refund.ref, payment_ref=payment.ref, status=RefundStatus.CLOSED)",
            ),
        ),
        catchers=(_ONCE, _ON_A_SOCKET, _SIMULATED),
    ),
    Beast(
        name="needs-attention-is-taken-for-unpaid",
        says="a refund that needs attention at its provider is sent again, as if it could not be paid any more",
        origin="R5, R12: the provider thought better of it",
        patches=(
            Patch(
                _REFUND,
                "        return snapshot.status is RefundStatus.CLOSED\n",
                "        return snapshot.status in (RefundStatus.CLOSED, RefundStatus.NEEDS_ATTENTION)\n",
            ),
        ),
        catchers=(_ONCE, _ON_A_SOCKET),
    ),
    Beast(
        name="contradicting-refund-notice-is-a-duplicate",
        says="what a provider says of a refund against what is known is acknowledged as nothing new, and nobody is told",
        origin="R10: a second success, in no list and past the audit",
        patches=(
            Patch(
                _HEARD,
                "    if refund.contradicted_by(snapshot):\n",
                "    if refund.contradicted_by(snapshot) and heard.refund is None:\n",
            ),
            Patch(_REFUND, "            return self._heard_closed(snapshot, at)\n", "            return Change(self, self)\n"),
        ),
        catchers=(_ONCE, _SIMULATED),
    ),
    Beast(
        name="refund-notice-may-name-another-payment",
        says="a signed notice of our refund is applied although the payment it names is another order's",
        origin="R9: a signed document that names somebody else is believed",
        patches=(
            Patch(
                _HEARD, "    if not refund.is_meant_by(snapshot, payment.ref):\n", "    if snapshot.refund_ref != refund.ref:\n"
            ),
        ),
        catchers=(_ONCE, _ON_A_SOCKET, _SIMULATED),
    ),
    Beast(
        name="what-names-another-payment-counts-as-told",
        says="a notice that was not believed is an alarm of the audit for ever, once its refund fails and is sent anew",
        origin="R12: a finding that no work of staff takes away",
        patches=(
            Patch(
                _HEARD,
                "        return RefundHeard(verdict=Verdict.CONTRADICTED, refund=refund, names_another=True)\n",
                "        return RefundHeard(verdict=Verdict.CONTRADICTED, refund=refund)\n",
            ),
        ),
        catchers=(f"{_ONCE}::test_what_names_another_payment_is_no_alarm_when_the_refund_fails_later",),
    ),
    Beast(
        name="notice-of-another-merchant",
        says="the envelope of a notice names us; whose money lies in it is not looked at",
        origin="R9: a signed document that names somebody else is believed",
        patches=(
            Patch(
                _SANDBOX,
                '            if subject.get("merchant") != self.config.merchant:\n',
                '            if subject.get("merchant") is None:\n',
            ),
        ),
        catchers=(f"{_ON_A_SOCKET}::test_a_notice_about_somebody_elses_money_is_refused",),
    ),
    Beast(
        name="paid-after-all-is-not-booked",
        says="money that left under a name that was given up is missing at the provider, and the books do not know it",
        origin="R6, R12",
        patches=(
            Patch(
                _LEDGER,
                "    if refund is None or (refund.state is RefundState.CLOSED and not refund.was_paid_after_all):\n",
                "    if refund is None or refund.state is RefundState.CLOSED:\n",
            ),
        ),
        catchers=(_ONCE,),
    ),
    Beast(
        name="needless-refund-is-sent",
        says="it is known that the first refund went back after all, and the one in its place is sent all the same",
        origin="R5, R12",
        patches=(
            Patch(
                _HEARD,
                "    if last is not None and last.is_surely_unsent and last.amount == old.amount:\n",
                "    if last is not None and last.is_surely_unsent and last.amount != old.amount:\n",
            ),
        ),
        catchers=(f"{_ONCE}::test_a_refund_that_was_paid_all_the_same_makes_an_unsent_one_needless",),
    ),
    Beast(
        name="replacement-under-way-is-not-stopped",
        says="the first refund went back after all; the one in its place, which did not get through, is sent once more",
        origin="R5, R12: 19.98 went back where 9.99 were due",
        patches=(
            Patch(
                _HEARD,
                "    if last is not None and last.is_under_way:\n",
                "    if last is not None and last.is_under_way and last.tries < 0:\n",
            ),
            Patch(_REFUNDING, "    if await is_paid_before(work, refund):\n", "    if False:\n"),
        ),
        catchers=(f"{_ONCE}::test_a_replacement_that_did_not_get_through_is_not_sent_once_the_first_is_known_as_paid",),
    ),
    Beast(
        name="sending-does-not-look-back",
        says="a refund that is due is sent, although the one in whose place it stands is known as paid",
        origin="R5, R12: shops whose release before did not stop it",
        patches=(Patch(_REFUNDING, "    if await is_paid_before(work, refund):\n", "    if False:\n"),),
        catchers=(f"{_ONCE}::test_a_replacement_that_went_on_beside_a_paid_one_is_stopped_before_it_is_sent",),
    ),
    Beast(
        name="stopped-replacement-is-replaced",
        says="the first refund went back after all; the one in its place failed, and a third one is sent",
        origin="R5, RET-R6",
        patches=(
            Patch(
                _HEARD, "    if refund.replaces is not None:\n", "    if refund.replaces is not None and refund.tries < 0:\n"
            ),
        ),
        catchers=(f"{_ONCE}::test_a_stopped_replacement_that_fails_is_not_replaced_since_the_first_was_paid",),
    ),
    Beast(
        name="counts-again-and-forgets-its-deal",
        says="a refund that was paid after all counts again, and nobody knows any more as which deal of its provider",
        origin="R12: found by a reviewer; another deal, or another refund by the same one, was not noticed",
        patches=(
            Patch(
                _HEARD,
                "        return revive(work, payment, change, last, at)\n",
                "        return revive(work, payment, Change(old, old), last, at)\n",
            ),
        ),
        catchers=(f"{_ONCE}::test_a_refund_that_counts_again_keeps_the_name_of_its_deal",),
    ),
    Beast(
        name="another-sum-went-back-and-is-not-counted",
        says="the first refund went back after all, and the payment goes on counting the other sum that was to go in its place",
        origin="R5: the rest that can still go back is wrong by the difference",
        patches=(Patch(_HEARD, "    if amount == freed:\n", "    if amount.minor:\n"),),
        catchers=(
            f"{_CORRECTED}::test_what_is_left_after_that_can_still_go_back",
            f"{_CORRECTED}::test_a_correction_whose_forerunner_was_paid_after_all_is_ended_by_a_retry",
        ),
    ),
    Beast(
        name="key-is-kept-before-there-is-an-answer",
        says="the provider is away, the buyer is told to try again, and under his key hears of a failed payment for two days",
        origin="R17: the attempt was remembered under the key before its provider was asked",
        patches=(
            Patch(
                _PAYING,
                "    answers = PaymentChosen(payment.id) if payment.action is not None else None\n",
                "    answers = PaymentChosen(payment.id)\n",
            ),
        ),
        catchers=(f"{INTEGRATION}/test_unavailable_is_no_answer.py",),
    ),
    Beast(
        name="lost-call-is-refused-by-its-own-money",
        says="the answer was lost, the money came, and the repeat is told that the order has gone too far",
        origin="R17: an answer under a key that kept nothing",
        patches=(Patch(_PAYING, "        if paid is None:\n            raise\n", "        raise\n"),),
        catchers=(f"{INTEGRATION}/test_two_requests_under_one_reference.py",),
    ),
    Beast(
        name="twin-is-answered-and-keeps-nothing",
        says="a request that finds its twin's attempt begun answers it, keeps nothing, and its repeat begins another attempt",
        origin="R17: an answer under a key that kept nothing",
        patches=(
            Patch(
                _PAYING,
                "    return await answer_chosen(work, found.chosen_under, payment)\n",
                "    return payment_view(payment)\n",
            ),
        ),
        catchers=(f"{INTEGRATION}/test_unavailable_is_no_answer.py", f"{INTEGRATION}/test_two_requests_under_one_reference.py"),
    ),
    Beast(
        name="two-attempts-for-one-key",
        says="twins began two attempts one after the other, and each is told of its own",
        origin="R17: two attempts for one key",
        patches=(
            Patch(
                f"{DOMAIN}/processes/money/settlement.py",
                "    elif told.payment_id != payment.id:\n        return payment_view_as_begun(await work.payments.get(told.payment_id))\n",
                "",
            ),
        ),
        catchers=(f"{INTEGRATION}/test_unavailable_is_no_answer.py",),
    ),
    Beast(
        name="unknown-gateway-is-a-silent-return",
        says="a worker that does not know a refund's gateway does nothing and says nothing, for ever",
        origin="PAY-R18: the how-to told embedders to run that worker",
        patches=(
            Patch(
                _REFUNDING,
                "        raise RefusedAllTheSame(GatewayUnknownHere(gateway=refund.gateway))\n",
                "        return Answered(None)\n",
            ),
        ),
        catchers=(_UNKNOWN,),
    ),
    Beast(
        name="unknown-gateway-is-in-no-list",
        says="a worker that does not know a payment's gateway fails again and again, and staff are shown nothing",
        origin="PAY-R18, R10",
        patches=(Patch(_POLLING, "        work.payments.save(payment.not_known_here(at=at))\n", ""),),
        catchers=(_UNKNOWN,),
    ),
)
"""Each must be caught."""
