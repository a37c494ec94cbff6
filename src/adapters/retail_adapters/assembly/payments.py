"""Payments, wired."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Final

from retail_adapters.assembly.parts import Parts
from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.ids import PaymentId
from retail_domain.payments import PaymentDesk, PaymentView
from retail_domain.processes.money.correcting import CorrectRefundHandler, RecordCorrectionHandler
from retail_domain.processes.money.holding import ChargeAccountHandler, PayFromAccountHandler
from retail_domain.processes.money.noticing import ApplyNoticeHandler, ShelveNoticeHandler, TakeNoticeHandler
from retail_domain.processes.money.paying import (
    AskPaymentHandler,
    CloseAttemptHandler,
    ConfirmCounterHandler,
    ReadPaymentHandler,
    RecordBegunHandler,
    StartPaymentHandler,
    WriteAttemptHandler,
)
from retail_domain.processes.money.refreshing import KeepRefreshedHandler, NoteAskingHandler, RefreshPaymentHandler
from retail_domain.processes.money.refunding import RefundAsideHandler
from retail_domain.processes.money.retrying import ReadRefundHandler, RecordRetrialHandler, RetryRefundHandler
from retail_domain.processes.money.settlement import RecordAnswerHandler, RecordOrShelveHandler, Settling, ShelveAnswerHandler

_LOG: Final = logging.getLogger("retail.money")


def payments(parts: Parts) -> PaymentDesk:
    """The payments of a shop made of these parts; inside a host's transaction no provider is called (rulings 27)."""
    apply = parts.unit(ApplyNoticeHandler(begin=parts.begin, clock=parts.clock, means=settling(parts)))
    shelve = parts.unit(ShelveNoticeHandler(begin=parts.begin, clock=parts.clock))
    start = StartPaymentHandler(
        gateways=parts.gateways,
        write=parts.unit(
            WriteAttemptHandler(
                begin=parts.begin, clock=parts.clock, ids=parts.ids, gateways=parts.gateways, takings=parts.takings
            )
        ),
        read=ReadPaymentHandler(begin=parts.look or parts.begin),
        close=closing_attempts(parts),
        record=parts.unit(RecordBegunHandler(begin=parts.begin, clock=parts.clock)),
        settle=_record(parts),
    )
    pay_from_account = PayFromAccountHandler(
        charge=parts.unit(
            ChargeAccountHandler(begin=parts.begin, clock=parts.clock, means=settling(parts), tenders=parts.tenders)
        ),
        close=closing_attempts(parts),
    )
    refresh = RefreshPaymentHandler(
        note=parts.unit(NoteAskingHandler(begin=parts.begin, clock=parts.clock)),
        ask=asking(parts),
        keep=parts.unit(KeepRefreshedHandler(begin=parts.begin)),
    )
    correct = CorrectRefundHandler(
        gateways=parts.gateways,
        read=ReadRefundHandler(begin=parts.look or parts.begin),
        record=parts.unit(RecordCorrectionHandler(begin=parts.begin, clock=parts.clock, ids=parts.ids)),
    )
    retry = RetryRefundHandler(
        gateways=parts.gateways,
        read=ReadRefundHandler(begin=parts.look or parts.begin),
        record=parts.unit(RecordRetrialHandler(begin=parts.begin, clock=parts.clock, ids=parts.ids)),
    )
    return PaymentDesk(
        start=parts.outside(start),
        pay_from_account=parts.outside(pay_from_account),
        refresh=parts.outside(refresh),
        confirm_counter=parts.unit(ConfirmCounterHandler(begin=parts.begin, clock=parts.clock, means=settling(parts))),
        take_notice=parts.outside(
            TakeNoticeHandler(readers=parts.readers, apply=apply, shelve=shelve, clock=parts.clock, broke=_tell)
        ),
        refund_aside=parts.unit(RefundAsideHandler(begin=parts.begin, clock=parts.clock, ids=parts.ids)),
        retry_refund=parts.outside(retry),
        correct_refund=parts.outside(correct),
        show=parts.reads.payments,
    )


def settling(parts: Parts) -> Settling:
    """What settling takes from outside."""
    return Settling(ids=parts.ids, takings=parts.takings)


def closing_attempts(parts: Parts) -> Callable[[PaymentId], Awaitable[bool]]:
    """Makes an attempt unpayable at its provider."""
    read = ReadPaymentHandler(begin=parts.look or parts.begin)
    return CloseAttemptHandler(gateways=parts.gateways, read=read, record=_record(parts))


def asking(parts: Parts) -> Callable[[PaymentId], Awaitable[PaymentView]]:
    """Asks a provider how an attempt stands."""
    read = ReadPaymentHandler(begin=parts.look or parts.begin)
    return AskPaymentHandler(gateways=parts.gateways, clock=parts.clock, read=read, record=_record(parts))


def _record(parts: Parts) -> RecordOrShelveHandler:
    return RecordOrShelveHandler(
        record=parts.unit(RecordAnswerHandler(begin=parts.begin, clock=parts.clock, means=settling(parts))),
        shelve=parts.unit(ShelveAnswerHandler(begin=parts.begin, clock=parts.clock)),
        broke=_tell,
    )


def _tell(error: Exception) -> None:
    """A refusal by its code, anything else by where it broke: it is a fault of a kind, or of ours."""
    if isinstance(error, DomainError):
        _LOG.warning("money.not_applied", extra={"code": error.code})
    else:
        _LOG.error("money.not_applied", exc_info=error)
