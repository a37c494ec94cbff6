"""What a page of goods tells of their reviews: another context's figure, read beside the goods (REV-R6)."""

from __future__ import annotations

from retail_domain.catalog.queries import ProductRating
from retail_domain.reviews import ReviewSummary


def rating_of(summary: ReviewSummary | None) -> ProductRating:
    """Of goods that nobody reviewed, nothing."""
    if summary is None:
        return ProductRating()
    return ProductRating(
        count=summary.count, histogram=summary.histogram, average_hundredths=summary.average_hundredths
    )  # fmt: skip
