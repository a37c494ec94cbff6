"""Reviews (评价): what who bought goods says of them, for others to read."""

from typing import Final

from retail_domain.kernel.events import Event
from retail_domain.reviews import events
from retail_domain.reviews.causes import CAUSES as CAUSES
from retail_domain.reviews.commands import (
    DECIDED_AT_ONCE_MAX as DECIDED_AT_ONCE_MAX,
    IMPORTED_AT_ONCE_MAX as IMPORTED_AT_ONCE_MAX,
    DecideReviews as DecideReviews,
    EditReview as EditReview,
    FollowUpReview as FollowUpReview,
    ImportReviews as ImportReviews,
    PostReview as PostReview,
    ReplyToReview as ReplyToReview,
    ReviewOutcome as ReviewOutcome,
    ReviewRow as ReviewRow,
    ReviewsDecided as ReviewsDecided,
    ReviewSeen as ReviewSeen,
    ReviewsImported as ReviewsImported,
)
from retail_domain.reviews.errors import (
    ReviewChanged as ReviewChanged,
    ReviewExists as ReviewExists,
    ReviewFollowedUp as ReviewFollowedUp,
    ReviewNoSuchLine as ReviewNoSuchLine,
    ReviewNotFound as ReviewNotFound,
    ReviewPicturesUnavailable as ReviewPicturesUnavailable,
    ReviewTooEarly as ReviewTooEarly,
    ReviewTooLate as ReviewTooLate,
    ReviewWrongState as ReviewWrongState,
)
from retail_domain.reviews.events import (
    ReviewEdited as ReviewEdited,
    ReviewEvent as ReviewEvent,
    ReviewHidden as ReviewHidden,
    ReviewPosted as ReviewPosted,
    ReviewPublished as ReviewPublished,
    ReviewRejected as ReviewRejected,
    ReviewRemoved as ReviewRemoved,
    ReviewReplied as ReviewReplied,
    ReviewShown as ReviewShown,
)
from retail_domain.reviews.model import (
    PICTURES_MAX as PICTURES_MAX,
    TEXT_MAX as TEXT_MAX,
    FollowUp as FollowUp,
    LineBought as LineBought,
    Reply as Reply,
    Review as Review,
    Wording as Wording,
    read_text as read_text,
)
from retail_domain.reviews.moderation import (
    NO_PICTURES as NO_PICTURES,
    NoPictures as NoPictures,
    ReviewModerator as ReviewModerator,
    ReviewPictures as ReviewPictures,
    ReviewShows as ReviewShows,
    WordsOutcome as WordsOutcome,
    WordsVerdict as WordsVerdict,
)
from retail_domain.reviews.ports import (
    Reviews as Reviews,
    ReviewSummaries as ReviewSummaries,
    ReviewsWork as ReviewsWork,
    RuledReviewsWork as RuledReviewsWork,
)
from retail_domain.reviews.queries import (
    WAITING as WAITING,
    LaterWords as LaterWords,
    MyReview as MyReview,
    PublicReview as PublicReview,
    ReviewCase as ReviewCase,
    ReviewCases as ReviewCases,
    ReviewFilter as ReviewFilter,
    ReviewOrigin as ReviewOrigin,
    ReviewQueries as ReviewQueries,
    SummaryView as SummaryView,
    my_review as my_review,
    public_review as public_review,
    review_case as review_case,
    review_origin as review_origin,
    summary_view as summary_view,
)
from retail_domain.reviews.settings import (
    SETTINGS as SETTINGS,
    ReviewRules as ReviewRules,
    days_left_over as days_left_over,
    silent_under as silent_under,
    verdict_under as verdict_under,
)
from retail_domain.reviews.spelling import sought as sought, spelled as spelled
from retail_domain.reviews.states import (
    ReviewAction as ReviewAction,
    ReviewReason as ReviewReason,
    ReviewStatus as ReviewStatus,
)
from retail_domain.reviews.summary import BY_STARS as BY_STARS, ReviewSummary as ReviewSummary
from retail_domain.reviews.use_cases import ReviewDesk as ReviewDesk

EVENTS: Final[tuple[type[Event], ...]] = events.EVENTS
