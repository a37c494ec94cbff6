"""Reviews, wired."""

from __future__ import annotations

from retail_adapters.assembly.parts import Parts
from retail_domain.kernel.frames import bound
from retail_domain.processes.delivery.review_pictures import PicturesOfReviews
from retail_domain.processes.delivery.reviewing import (
    import_reviews,
    post_review,
    store_import,
    store_review,
)
from retail_domain.reviews import ReviewDesk
from retail_domain.reviews.use_cases import (
    decide_reviews,
    edit_review,
    follow_up_review,
    look_at_review,
    reply_to_review,
    store_edit,
    store_follow_up,
)


def reviews(parts: Parts) -> ReviewDesk:
    """The reviews of a shop made of these parts."""
    rules = parts.policies.reviews
    pictures, moderator = parts.review_pictures or PicturesOfReviews(parts.clock), parts.review_moderator
    return ReviewDesk(
        post=bound(post_review, parts.deciding(store_review, pictures, rules), moderator),
        edit=bound(edit_review, parts.deciding(store_edit, pictures, rules), moderator),
        follow_up=bound(follow_up_review, parts.deciding(store_follow_up, pictures, rules), moderator),
        decide=parts.deciding(decide_reviews, pictures),
        reply=parts.deciding(reply_to_review),
        import_rows=bound(import_reviews, parts.deciding(store_import, pictures, rules), moderator),
        of=parts.reading(look_at_review),
        show=parts.reads.reviews,
    )
