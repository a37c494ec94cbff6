"""Wrong variants of reviews."""

from __future__ import annotations

from typing import Final

from zoo.beast import Beast, Patch

_TESTS: Final = "tests/contract/test_reviews.py"
_ATTACKS: Final = "tests/contract/test_reviews_attacked.py"
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
    Beast(
        name="pictures-are-locked-twice",
        says="a review lets go of pictures after it took others up, so that two wait for each other",
        origin="REV-R9",
        patches=(
            Patch(
                "src/retail_domain/processes/delivery/review_pictures.py",
                "        await show_instead(work, showings, at=self.clock.now())\n",
                "        for one in showings:\n"
                "            await show_instead(work, [evolve(one, hides=())], at=self.clock.now())\n"
                "            await show_instead(work, [evolve(one, shows=())], at=self.clock.now())\n",
            ),
            Patch(
                "src/retail_domain/processes/delivery/review_pictures.py",
                "from attrs import frozen",
                "from attrs import evolve, frozen",
            ),
        ),
        catchers=("tests/contract/test_rivals_for_pictures.py",),
    ),
    Beast(
        name="removed-keeps-its-pictures",
        says="a review that is gone for good holds its pictures for ever",
        origin="REV-R9",
        patches=(
            Patch(
                _MODEL,
                "            shown=evolve(self.shown, pictures=()) if self.shown is not None else None,\n",
                "            shown=self.shown,\n",
            ),
        ),
        catchers=(f"{_ATTACKS}::test_a_removed_review_lets_go_of_its_pictures",),
    ),
    Beast(
        name="words-that-wait-are-a-shelter",
        says="what is up cannot be taken down while other words wait",
        origin="REV-R4",
        patches=(
            Patch(
                _MODEL,
                "        if not self.is_up:\n            raise self._wrong()\n        hidden =",
                "        if self.status is not ReviewStatus.PUBLISHED:\n            raise self._wrong()\n        hidden =",
            ),
        ),
        catchers=(f"{_ATTACKS}::test_whoever_edits_again_and_again_keeps_nothing_up_that_must_go",),
    ),
    Beast(
        name="search-takes-signs-for-patterns",
        says="a per cent sign that staff look for stands for anything",
        origin="REV-R11",
        patches=(Patch("src/adapters/retail_adapters/sql/queries/reviews.py", 'for sign in "!%_":', 'for sign in "":'),),
        catchers=(f"{_ATTACKS}::test_staff_find_reviews_by_their_words",),
    ),
)
