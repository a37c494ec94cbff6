"""What a shop may set about reviews while it runs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from attrs import frozen

from retail_domain.kernel.checked import OneOrMore, checked
from retail_domain.kernel.clock import has_passed
from retail_domain.kernel.settings import ChoiceSetting, InForce, Setting, WholeSetting
from retail_domain.reviews.moderation import WordsOutcome, WordsVerdict

AT_ONCE: Final = "at_once"
LOOKED_AT: Final = "looked_at"
GO_UP: Final = ChoiceSetting(
    name="reviews.go_up", choices=(AT_ONCE, LOOKED_AT),
    says="When reviews go up: at once, unless something speaks against their words, or when a person has looked at each.",
    says_zh="评价发布方式：先发后审(at_once)，或逐条人工审核后发布(looked_at)。",
)  # fmt: skip
WITHIN_DAYS: Final = WholeSetting(
    name="reviews.within_days", least=0, most=3_650, unit="days",
    says="How many days after goods were received they may be reviewed; 0: for good.",
    says_zh="签收后可评价的天数；0 表示不限。",
)  # fmt: skip
SILENT_DAYS: Final = WholeSetting(
    name="reviews.silent_days", least=0, most=365, unit="days",
    says="How many days after goods were received a line of which nobody said anything is done with; 0: never.",
    says_zh="签收后多少天无人评价即视为默认评价(不计星级、不计入统计)；0 表示不设。",
)  # fmt: skip
SETTINGS: Final[tuple[Setting[Any], ...]] = (GO_UP, WITHIN_DAYS, SILENT_DAYS)


@frozen(kw_only=True)
@checked
class ReviewRules:
    """When reviews go up, and how long lines of orders wait for them; None: for good (ORD-R8)."""

    automatic_after_days: OneOrMore | None = None
    """When a line of which nobody says anything is done with."""
    within_days: OneOrMore | None = None
    """How long after they were received goods may be reviewed."""
    is_each_looked_at: bool = False
    """Whether nothing goes up before a person has looked at it."""

    @property
    def goes_up(self) -> str:
        """The usual way, as the setting spells it."""
        return LOOKED_AT if self.is_each_looked_at else AT_ONCE


def verdict_under(in_force: InForce, verdict: WordsVerdict, usual: ReviewRules) -> WordsVerdict:
    """What becomes of words now: what nothing speaks against is looked at too, where all are."""
    if verdict.outcome is not WordsOutcome.PASS or in_force.of(GO_UP, usual.goes_up) == AT_ONCE:
        return verdict
    return WordsVerdict(WordsOutcome.REVIEW, verdict.reasons)


def days_left_over(in_force: InForce, received_at: datetime, at: datetime, usual: ReviewRules) -> int | None:
    """How many days there were to review what was received then, if they are over."""
    days = in_force.of(WITHIN_DAYS, usual.within_days or 0)
    return days if days and has_passed(received_at + timedelta(days=days), at) else None


def silent_under(in_force: InForce, usual: ReviewRules) -> int | None:
    """After how many days a line of which nobody says anything is done with now; None: never."""
    return in_force.of(SILENT_DAYS, usual.automatic_after_days or 0) or None
