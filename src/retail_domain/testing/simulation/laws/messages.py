"""Laws of messages (MSG-R2, MSG-R3, MSG-R5, MSG-R6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from retail_domain.kernel.causes import CauseKind
from retail_domain.messages.model import ENDED, SendingState
from retail_domain.messages.use_cases.telling import SMS
from retail_domain.testing.simulation.auditor import Auditor, EndLaw, RowLaw
from retail_domain.testing.simulation.traffic import RowChange

_ONE_EACH: Final = ("order.paid", "order.signed", "order.refund_decided")
"""Causes whose messages are never bundled, each with the event of its order that raises it."""
_EVENTS: Final = {"order.refund_decided": "order.refunded"}


def rests_on_consent(auditor: Auditor, row: RowChange) -> str | None:
    """MSG-R3: advertising is written for whoever agreed, and for nobody else."""
    made = row.after
    if made is None or made.kind is not CauseKind.MARKETING:
        return None
    said = auditor.mirror.tables["marketing_consents"].get((made.recipient.id, made.consent))
    return None if said is not None and said.given else f"message {row.key} advertises without consent"


def never_sent_again(_auditor: Auditor, row: RowChange) -> str | None:
    """MSG-R6: what ended stays so, and what may have been sent as a text message is asked about first."""
    made, before = row.after, row.before
    if made is None or before is None:
        return None
    if before.state in ENDED:
        return f"{row.key} was {before.state.value} and is {made.state.value}"
    is_blind = before.state is SendingState.UNDER_WAY and made.state is SendingState.UNDER_WAY
    return f"{row.key} is sent again though nobody knows whether it was" if is_blind and made.channel == SMS else None


def says_the_last_word(auditor: Auditor, row: RowChange) -> str | None:
    """MSG-R3: words about advertising are numbered from 1 without gaps, and none is ever changed."""
    said: Any = row.after
    if row.before is not None or said is None:
        return f"{row.key} was changed"
    known = auditor.mirror.tables["marketing_consents"]
    is_next = said.number == 1 or (said.member_id, said.number - 1) in known
    return None if is_next else f"{row.key} follows nothing"


def told_once_each(auditor: Auditor) -> Iterator[str]:
    """MSG-R2: in the end everything that happened was told, each of it once; MSG-R5: a message counts what it tells of."""
    tables = auditor.mirror.tables
    messages, occasions = tables["messages"], list(tables["message_occasions"].values())
    counted = Counter(one.message_id for one in occasions)
    for id, message in messages.items():
        if counted[id] != message.count:
            yield f"message {id} tells of {counted[id]}, and says {message.count}"
    told = Counter[Any]((messages[one.message_id].about, one.cause) for one in occasions if one.cause in _ONE_EACH)
    for order_id in tables["orders"]:
        for cause in _ONE_EACH:
            happened = auditor.mirror.told[order_id, _EVENTS.get(cause, cause)]
            if told[order_id, cause] != happened:
                yield f"{cause} of {order_id} happened {happened} times, and was told {told[order_id, cause]} times"


ROW_LAWS: Final = (
    RowLaw("MSG-R3", "messages", rests_on_consent),
    RowLaw("MSG-R3", "marketing_consents", says_the_last_word),
    RowLaw("MSG-R6", "message_sendings", never_sent_again),
)
END_LAWS: Final = (EndLaw("MSG-R2", told_once_each),)
