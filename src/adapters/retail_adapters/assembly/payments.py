"""Payments, wired."""

from __future__ import annotations

import logging
from typing import Final

from retail_adapters.assembly.parts import Parts
from retail_domain.kernel.effects import Effect
from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.frames import Called, bound
from retail_domain.kernel.ids import PaymentId
from retail_domain.payments import PaymentDesk, PaymentView, RefundAside
from retail_domain.processes.money.correcting import correct_refund, record_correction
from retail_domain.processes.money.holding import charge_account, pay_from_account, take_back, take_back_held
from retail_domain.processes.money.noticing import apply_notice, keep_unread, shelve_notice, take_notice
from retail_domain.processes.money.paying import (
    Starting,
    ask_payment,
    close_attempt,
    confirm_counter,
    keep_found,
    read_payment,
    record_begun,
    start_payment,
    write_attempt,
)
from retail_domain.processes.money.reaching import mark_unknown
from retail_domain.processes.money.refreshing import keep_refreshed, note_asking, refresh_payment
from retail_domain.processes.money.refunding import refund_aside
from retail_domain.processes.money.retrying import read_refund, record_retrial, retry_refund
from retail_domain.processes.money.settlement import PaymentTold, record_answer, record_or_shelve, shelve_answer
from retail_domain.processes.staff.seconding import TakesTwo

_LOG: Final = logging.getLogger("retail.money")


def payments(parts: Parts) -> PaymentDesk:
    """The payments of a shop made of these parts; inside a host's transaction no provider is called (GEN-R20)."""
    starting = Starting(
        write=parts.answering(write_attempt, parts.gateways, parts.takings),
        read=parts.reading(read_payment),
        close=closing_attempts(parts),
        record=parts.deciding(record_begun),
        found=parts.deciding(keep_found),
        settle=_recording(parts),
    )
    charge = parts.deciding(charge_account, parts.tenders, parts.takings)
    notices = bound(record_or_shelve, parts.answering(apply_notice, parts.takings), parts.deciding(shelve_notice), _tell)
    refresh = bound(refresh_payment, parts.answering(note_asking), asking(parts), parts.deciding(keep_refreshed))
    read = parts.reading(read_refund)
    return PaymentDesk(
        start=parts.outside(bound(start_payment, starting, parts.gateways)),
        pay_from_account=parts.outside(bound(pay_from_account, charge, closing_attempts(parts))),
        take_back=parts.outside(bound(take_back_held, parts.deciding(take_back, parts.tenders), closing_attempts(parts))),
        refresh=parts.outside(refresh),
        confirm_counter=parts.deciding(confirm_counter, parts.takings),
        take_notice=parts.outside(bound(take_notice, parts.readers, parts.clock, notices, parts.answering(keep_unread))),
        refund_aside=parts.deciding(refund_aside, parts.policies.second_person),
        retry_refund=parts.outside(bound(retry_refund, parts.gateways, read, parts.deciding(record_retrial))),
        correct_refund=parts.outside(bound(correct_refund, parts.gateways, read, parts.deciding(record_correction))),
        show=parts.reads.payments,
    )


def takes_two(parts: Parts) -> tuple[TakesTwo, ...]:
    """What may take two people."""
    second = parts.policies.second_person
    return (
        TakesTwo(
            does="payments.refund_aside", wish=RefundAside, effects=(Effect.MONEY_BACK, Effect.MONEY_IN_DOUBT),
            decide=lambda work, wish, means: refund_aside(work, wish, means, second),
        ),
    )  # fmt: skip


def closing_attempts(parts: Parts) -> Called[PaymentId, bool]:
    """Makes an attempt unpayable at its provider."""
    return bound(close_attempt, parts.gateways, parts.reading(read_payment), _recording(parts), _marking(parts))


def asking(parts: Parts) -> Called[PaymentId, PaymentView]:
    """Asks a provider how an attempt stands."""
    return bound(ask_payment, parts.gateways, parts.clock, parts.reading(read_payment), _recording(parts))


def _recording(parts: Parts) -> Called[PaymentTold, PaymentView]:
    return bound(record_or_shelve, parts.deciding(record_answer, parts.takings), parts.deciding(shelve_answer), _tell)


def _marking(parts: Parts) -> Called[PaymentId, None]:
    mark = parts.deciding(mark_unknown)

    async def marked(payment_id: PaymentId) -> None:
        payment = await mark(payment_id)
        _LOG.error("money.unknown_gateway", extra={"gateway": payment.gateway, "payment_id": str(payment_id)})

    return marked


def _tell(error: Exception) -> None:
    """A refusal by its code, anything else by where it broke: it is a fault of a kind, or of ours."""
    if isinstance(error, DomainError):
        _LOG.warning("money.not_applied", extra={"code": error.code})
    else:
        _LOG.error("money.not_applied", exc_info=error)
