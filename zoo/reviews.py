"""Wrong variants of reviews."""

from __future__ import annotations

from typing import Final

from zoo.beast import Beast, Patch

_TESTS: Final = "tests/contract/test_reviews.py"
_MODEL: Final = "src/retail_domain/reviews/model.py"

BEASTS: Final = (
    Beast(
        name="second-review-for-a-line",
        says="a line that has its review gets another",
        origin="REV-R1",
        patches=(
            Patch(
                "src/retail_domain/processes/delivery/reviewing.py",
                "    if known is not None and known.status is not ReviewStatus.AUTOMATIC:\n        raise ReviewExists(order_id=order.id, line=wish.line)\n",
                "    known = None\n",
            ),
        ),
        catchers=(f"{_TESTS}::test_a_line_is_reviewed_once_by_its_buyer_after_it_has_arrived",),
    ),
    Beast(
        name="anonymous-is-named",
        says="whoever wishes not to be named is named all the same",
        origin="REV-R3",
        patches=(
            Patch(
                "src/retail_domain/reviews/queries.py",
                'return None if review.anonymous or not name else f"{name[0]}**"',
                'return None if not name else f"{name[0]}**"',
            ),
            Patch(
                "src/adapters/retail_adapters/memory/reviews.py",
                'member = None if review.anonymous else self.memory.table("members").get(review.member_id)',
                'member = self.memory.table("members").get(review.member_id)',
            ),
        ),
        catchers=(f"{_TESTS}::test_no_name_leaks_of_who_wishes_so_and_no_event_says_who_it_was",),
    ),
    Beast(
        name="summary-forgets-what-was-hidden",
        says="a review that is taken down is still counted",
        origin="REV-R6",
        patches=(Patch(_MODEL, "return self.shown if self.is_up else None", "return self.shown"),),
        catchers=(f"{_TESTS}::test_what_is_taken_down_counts_no_more",),
    ),
    Beast(
        name="automatic-is-five-stars",
        says="who says nothing is counted as five stars",
        origin="ORD-R8",
        patches=(
            Patch(
                _MODEL,
                "return Change(None, cls._about(bought, id, at, ReviewStatus.AUTOMATIC))",
                'words = Wording(stars=5, text="好评")\n'
                "        return Change(None, cls._about(bought, id, at, ReviewStatus.PUBLISHED, shown=words, published_at=at))",
            ),
        ),
        catchers=(f"{_TESTS}::test_what_nobody_spoke_of_is_done_with_and_counts_for_nothing",),
    ),
    Beast(
        name="decided-without-looking",
        says="a decision passes words that came after those that were looked at",
        origin="REV-R4",
        patches=(
            Patch("src/retail_domain/reviews/use_cases.py", "if review.version != seen.version:", "if review.version < 0:"),
        ),
        catchers=(f"{_TESTS}::test_decisions_are_about_what_was_looked_at_all_or_none",),
    ),
)
