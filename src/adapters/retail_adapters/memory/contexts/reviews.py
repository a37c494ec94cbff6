"""Reviews in memory, as one context."""

from __future__ import annotations

from typing import Final

from retail_adapters.memory.reviews import MemoryReviewQueries, MemoryReviews, MemoryReviewSummaries
from retail_adapters.memory.unit import MemoryUnit
from retail_adapters.system.units import Manifest, collection
from retail_domain.reviews import ReviewQueries, ReviewsWork


class Collections(MemoryUnit):
    """What buyers said."""

    reviews = collection(MemoryReviews)
    review_summaries = collection(MemoryReviewSummaries)


MANIFEST: Final = Manifest[ReviewsWork, ReviewQueries](Collections, MemoryReviewQueries)
