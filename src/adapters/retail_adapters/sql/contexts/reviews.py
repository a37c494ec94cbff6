"""Reviews in SQL."""

from __future__ import annotations

from typing import Final

from retail_adapters.sql.queries.reviews import SqlReviewQueries
from retail_adapters.sql.repositories.reviews import SqlReviews, SqlReviewSummaries
from retail_adapters.sql.unit import SqlUnit
from retail_adapters.system.units import Manifest, collection
from retail_domain.reviews import ReviewQueries, ReviewsWork


class Collections(SqlUnit):
    """What buyers said."""

    reviews = collection(SqlReviews)
    review_summaries = collection(SqlReviewSummaries)


MANIFEST: Final = Manifest[ReviewsWork, ReviewQueries](Collections, SqlReviewQueries)
