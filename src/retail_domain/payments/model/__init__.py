"""Payment attempts, refunds, the ledger and the inbox of notices."""

from retail_domain.payments.model.actions import action_document as action_document
from retail_domain.payments.model.attempt import Attempt as Attempt
from retail_domain.payments.model.day_book import (
    AccountMoved as AccountMoved,
    BookClosing as BookClosing,
    BookDay as BookDay,
    DayPart as DayPart,
    OpenBook as OpenBook,
    PlacedEntry as PlacedEntry,
)
from retail_domain.payments.model.inbox import (
    Notice as Notice,
    NoticeKey as NoticeKey,
    NoticeKind as NoticeKind,
    answered as answered,
    noted as noted,
    of_another as of_another,
    unreadable_notice as unreadable_notice,
)
from retail_domain.payments.model.ledger import (
    Entry as Entry,
    Posting as Posting,
    account_of as account_of,
    payment_posting as payment_posting,
    refund_posting as refund_posting,
)
from retail_domain.payments.model.payment import Payment as Payment, verdict as verdict
from retail_domain.payments.model.refund import (
    PAID_BEFORE as PAID_BEFORE,
    TRIED_AHEAD_MAX as TRIED_AHEAD_MAX,
    MoneyBack as MoneyBack,
    Refund as Refund,
    in_place_of as in_place_of,
    paid_before as paid_before,
)
from retail_domain.payments.model.tenders import (
    RefundPart as RefundPart,
    freight_of as freight_of,
    left_to_ask as left_to_ask,
    split_refund as split_refund,
    who_pay as who_pay,
)
from retail_domain.payments.model.waits import POLLED_AHEAD_MAX as POLLED_AHEAD_MAX
