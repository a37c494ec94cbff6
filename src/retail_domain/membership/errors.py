"""What membership may refuse."""

from __future__ import annotations

from datetime import date

from retail_domain.kernel.errors import DomainError, Kind, refusal


@refusal
class AlreadyCheckedIn(DomainError):
    """You have checked in today; come back tomorrow."""

    code = "membership.already_checked_in"
    kind = Kind.CONFLICT
    day: date
