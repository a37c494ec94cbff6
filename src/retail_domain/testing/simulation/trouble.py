"""What can go wrong, how likely it is in this history, how often it did, and which rare states were reached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from enum import Enum
from typing import Final

from attrs import define, field

from retail_domain.testing.simulation.scheduler import Dice


class Fault(Enum):
    """One kind of trouble; the words are those of the report."""

    CONFLICT = "store: conflict, try again (F3)"
    AWAY = "store: unavailable (F3)"
    COMMIT_LOST = "store: commit unknown, not stored (F3)"
    COMMIT_UNHEARD = "store: commit unknown, stored (F3)"
    NOT_SENT = "provider: cannot be reached (F5)"
    OUTAGE = "provider: away for a while (F5)"
    TIMEOUT_BEFORE = "provider: timeout before effect (F5)"
    TIMEOUT_AFTER = "provider: timeout after effect (F5)"
    TIMEOUT_LATER = "provider: timeout, effect later (F5)"
    REJECTED = "provider: rejects (F5)"
    FORGETFUL = "provider: not found, then found (F5)"
    WRONG_AMOUNT = "provider: takes another amount (F6)"
    WRONG_CURRENCY = "provider: takes another currency (F6)"
    REFUND_SLOW = "provider: refund pending for a while (F5)"
    REFUND_CLOSED = "provider: refund fails, surely (F5)"
    REFUND_STUCK = "provider: refund needs attention (F5)"
    REFUND_AFTER_ALL = "provider: refund needs attention, then is paid (F5)"
    REFUND_MISTOLD = "notice: tells another sum of a refund (F6)"
    REFUND_ASTRAY = "notice: of a refund, names another payment (F6)"
    FAILED_THEN_PAID = "provider: payment failed, then is paid (F5)"
    NOTICE_LOST = "notice: lost (F6)"
    NOTICE_LATE = "notice: late, so overtaken by others (F6)"
    NOTICE_TWICE = "notice: repeated, also at once (F6)"
    NOTICE_EARLY = "notice: before our call returned (F6)"
    NOTICE_FORGED = "notice: wrong signature (F6)"
    CRASH = "process: killed, memory lost (F1)"
    CLOCK_AHEAD = "clock: jumps ahead (F7)"
    CLOCK_BACK = "clock: jumps back (F7)"
    CLIENT_GONE = "client: leaves without its answer (F9)"
    CLIENT_REPEATS = "client: sends the same again, also at once (F9)"


class Rare(Enum):
    """States that a simulation must reach sometimes; a long run that never did says so."""

    PAID_WHILE_CLOSING = "an order was paid while it was closing"
    LATE_MONEY_BACK = "money for a closed order went back"
    TWICE_PAID = "two attempts of one order succeeded"
    UNKNOWN_BUT_STORED = "a commit of unknown outcome was stored, and its repetition got the stored answer"
    UNKNOWN_NOT_STORED = "a commit of unknown outcome was not stored, and its repetition did it"
    NOTICE_FIRST = "a notice was heard before the call that began the payment returned"
    LAST_UNIT = "several wanted the last unit at once"
    HEALED_BY_POLL = "a payment whose notice never came was found by asking"
    SUSPECT_MONEY = "money of another amount was put aside"
    REFUND_ANEW = "a refund failed and was sent under a new reference"
    RETRY_REFUSED = "a refund that might be paid yet was not sent again"
    PAID_AFTER_ALL = "a refund that needed attention was paid after all"
    CRASH_AFTER_COMMIT = "a process died between its commit and its answer"
    CRASH_IN_CALL = "a process died while a provider was called"
    EXPIRED_UNPAID = "an unpaid order was closed by time"
    PRICE_CHANGED = "a price changed between quote and order"
    LIMIT_REACHED = "a purchase limit was reached"
    SAME_KEY_AT_ONCE = "one key was sent twice at once, and both got one answer"
    SAME_KEY_IN_BATCH = "one key stood twice in one batch"
    SOLD_OUT_IN_BATCH = "some orders of a batch were placed, others sold out"
    CLOSED_WHILE_PAYING = "an order was closed while its payment was under way"
    CAMPAIGN_CHANGED = "a campaign began or ended between quote and order"
    CAMPAIGN_SOLD_OUT = "a campaign had sold all it had"
    SPLIT = "a line was drawn from several places"
    WORKERS_MET = "two workers met at the same work"


@define(eq=False)
class Trouble:
    """Throws the dice for every fault; `is_on` ends with the first phase."""

    dice: Dice
    chances: Mapping[Fault, float]
    is_on: bool = True
    fired: Counter[Fault] = field(factory=Counter)
    reached: Counter[Rare] = field(factory=Counter)

    def strikes(self, fault: Fault) -> bool:
        """Whether it happens now; it is counted."""
        chance = self.chances.get(fault, 0.0)
        if not self.is_on or not chance or self.dice.random() >= chance:
            return False
        self.fired[fault] += 1
        return True

    def one_of(self, *faults: Fault) -> Fault | None:
        """The first of these that happens now, if any does."""
        return next((fault for fault in faults if self.strikes(fault)), None)

    def happened(self, rare: Rare) -> None:
        """A rare state was reached."""
        self.reached[rare] += 1


EVERY_FAULT: Final = tuple(Fault)
