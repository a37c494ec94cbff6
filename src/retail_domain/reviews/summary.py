"""ReviewSummary: how many reviews of some goods are up, by their stars; stored together with the reviews (REV-R6)."""

from __future__ import annotations

from typing import Final

from attrs import evolve, frozen

from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import ProductId
from retail_domain.reviews.model import Review

BY_STARS: Final = ("one_star", "two_stars", "three_stars", "four_stars", "five_stars")


@frozen(kw_only=True)
class ReviewSummary:
    """Counts of what everybody can read about one product; automatic reviews are none of it (ORD-R8)."""

    product_id: ProductId
    one_star: int = 0
    two_stars: int = 0
    three_stars: int = 0
    four_stars: int = 0
    five_stars: int = 0
    with_pictures: int = 0
    with_follow_up: int = 0
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if min((*self.histogram, self.with_pictures, self.with_follow_up)) < 0:
            raise ValueError("nothing is counted below nothing")

    @property
    def histogram(self) -> tuple[int, int, int, int, int]:
        """How many have one star, two, and so on."""
        return self.one_star, self.two_stars, self.three_stars, self.four_stars, self.five_stars

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(self.histogram)

    @property
    def average_hundredths(self) -> int | None:
        """The mean of the stars, times 100, rounded half up; None where nobody has said anything."""
        if not self.count:
            return None
        total = sum(stars * many for stars, many in enumerate(self.histogram, 1))
        return (total * 200 + self.count) // (2 * self.count)

    def following(self, before: Review | None, after: Review) -> ReviewSummary:
        """With what one review did to it."""
        counts = {name: getattr(self, name) for name in (*BY_STARS, "with_pictures", "with_follow_up")}
        for review, step in ((before, -1), (after, 1)):
            if review is None or review.up is None:
                continue
            counts[BY_STARS[review.up.stars - 1]] += step
            counts["with_pictures"] += step * review.has_pictures
            counts["with_follow_up"] += step * review.has_follow_up
        return evolve(self, **counts)


def summed(before: ReviewSummary, after: ReviewSummary) -> Change[ReviewSummary]:
    """The change of a summary: a new one was never stored."""
    return Change(before if before.version else None, after)
