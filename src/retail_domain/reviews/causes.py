"""Why members are told of what they wrote."""

from __future__ import annotations

from typing import Final

from retail_domain.kernel.causes import Cause, CauseWords, Language, Thing, Whom
from retail_domain.reviews.events import ReviewRejected, ReviewReplied

_ZH, _EN = Language.ZH_CN, Language.EN

CAUSES: Final = (
    Cause(
        code="review.answered",
        whom=Whom.AUTHOR,
        event=ReviewReplied,
        thing=Thing.REVIEW,
        about="review_id",
        words={
            _ZH: CauseWords("商家回复了您的评价", "您的评价收到了商家回复。"),
            _EN: CauseWords("Your review was answered", "The shop has replied to what you wrote."),
        },
    ),
    Cause(
        code="review.rejected",
        whom=Whom.AUTHOR,
        event=ReviewRejected,
        thing=Thing.REVIEW,
        about="review_id",
        words={
            _ZH: CauseWords("评价未通过", "您的评价未能公开，可修改后再次提交。"),
            _EN: CauseWords("Your review is not shown", "What you wrote is not up. You may write it differently."),
        },
    ),
)
"""All of them."""
