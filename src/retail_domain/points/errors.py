"""What points refuse."""

from __future__ import annotations

from retail_domain.kernel.errors import DomainError, Kind, refusal


@refusal
class TooFewPoints(DomainError):
    """There are fewer points than that to be spent."""

    code = "points.too_few"
    kind = Kind.REFUSED
    available: int
    wanted: int


@refusal
class AboveOnesLimit(DomainError):
    """This is more than your role may add or take at once."""

    code = "points.above_limit"
    kind = Kind.FORBIDDEN
    most: int
