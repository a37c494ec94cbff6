"""Laws of reviews (REV-R1, REV-R4, REV-R6, REV-R9, ORD-R8)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from retail_domain.kernel.ids import ProductId
from retail_domain.reviews import Review, ReviewStatus, ReviewSummary
from retail_domain.reviews.states import NEXT
from retail_domain.testing.simulation.auditor import Auditor, EndLaw, RowLaw
from retail_domain.testing.simulation.deeds.deed import CLERK
from retail_domain.testing.simulation.deeds.reviewing import BLOCKED, DOUBTFUL
from retail_domain.testing.simulation.traffic import RowChange


def one_a_line(auditor: Auditor, row: RowChange) -> str | None:
    """REV-R1: of a line that has arrived, by who bought it."""
    made = row.after
    order = auditor.mirror.tables["orders"][made.order_id]
    twice = [
        key for key, one in auditor.mirror.tables["reviews"].items()
        if key != row.key and (one.order_id, one.line) == (made.order_id, made.line)
    ]  # fmt: skip
    if twice:
        return f"line {made.line} of {order.number} has reviews {row.key} and {twice}"
    if order.signed_at is None or order.member_id != made.member_id:
        return f"review {row.key} is of {order.number}, which has not arrived there"
    return None


def each_in_its_time(_auditor: Auditor, row: RowChange) -> str | None:
    """REV-R4: only what stands in the table."""
    before = row.before.status if row.before is not None else None
    after = row.after.status
    made = row.before is None and after is not ReviewStatus.AUTOMATIC  # posted and judged in one unit
    allowed = NEXT[ReviewStatus.PENDING] if made else NEXT[before] | NEXT[ReviewStatus.PENDING] | {before}
    if before is ReviewStatus.REMOVED or after not in allowed:
        return f"review {row.key} was {before}, and is {after}"
    return None


def a_person_passed_what_is_doubtful(_auditor: Auditor, row: RowChange) -> str | None:
    """REV-R4, REV-R5: what a moderator asks about, or blocks, goes up by a person or not at all."""
    before, after = row.before, row.after
    told = {part.text for part in (after.up, after.follow_up_shown) if part is not None}
    was = {part.text for part in (before.up, before.follow_up_shown) if part is not None} if before is not None else set()
    odd = (told - was) & {DOUBTFUL, BLOCKED}
    return f"{odd} of review {row.key} went up by {after.decided_by}" if odd and after.decided_by != CLERK else None


def summary_is_what_is_up(auditor: Auditor, row: RowChange) -> str | None:
    """REV-R6: at every commit, star by star."""
    known = auditor.mirror.tables["review_summaries"].get(row.after.product_id)
    counted = _counted(auditor, row.after.product_id)
    found = (*known.histogram, known.with_pictures, known.with_follow_up) if known is not None else (0,) * 7
    return None if found == counted else f"goods {row.after.product_id} are summed up as {found}, up are {counted}"


def _counted(auditor: Auditor, product_id: ProductId) -> tuple[int, ...]:
    summary = ReviewSummary(product_id=product_id)
    for one in auditor.mirror.tables["reviews"].values():
        if one.product_id == product_id:
            summary = summary.following(None, one)
    return (*summary.histogram, summary.with_pictures, summary.with_follow_up)


def pictures_are_counted(auditor: Auditor, row: RowChange) -> str | None:
    """REV-R9, PIC-R8: here reviews alone show pictures."""
    made = row.after
    if made is None:
        return f"picture {row.key} went, and is shown" if _shown(auditor, row.key) else None
    shown = _shown(auditor, made.id)
    return None if made.uses == shown else f"picture {made.id} counts {made.uses}, reviews show it {shown} times"


def _shown(auditor: Auditor, id: Any) -> int:
    return sum(id in one.pictures for one in auditor.mirror.tables["reviews"].values())


def pictures_are_counted_in_the_end(auditor: Auditor) -> Iterator[str]:
    """REV-R9: also of reviews that changed without their pictures."""
    for id, one in auditor.mirror.tables["pictures"].items():
        if one.uses != _shown(auditor, id):
            yield f"picture {id} counts {one.uses}, reviews show it {_shown(auditor, id)} times"
    for review in auditor.mirror.tables["reviews"].values():
        yield from _misses(auditor, review)


def _misses(auditor: Auditor, review: Review) -> Iterator[str]:
    missing = [id for id in review.pictures if id not in auditor.mirror.tables["pictures"]]
    if missing:
        yield f"review {review.id} shows {missing}, which are gone"


ROW_LAWS: Final = (
    RowLaw("REV-R1", "reviews", one_a_line),
    RowLaw("REV-R4", "reviews", each_in_its_time),
    RowLaw("REV-R5", "reviews", a_person_passed_what_is_doubtful),
    RowLaw("REV-R6", "reviews", summary_is_what_is_up),
    RowLaw("REV-R6", "review_summaries", summary_is_what_is_up),
    RowLaw("REV-R9", "pictures", pictures_are_counted),
)
END_LAWS: Final = (EndLaw("REV-R9", pictures_are_counted_in_the_end),)
