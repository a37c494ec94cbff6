"""What can be refused about pictures."""

from __future__ import annotations

from retail_domain.kernel.errors import DomainError, Kind, refusal
from retail_domain.kernel.ids import PictureId


@refusal
class PictureNotFound(DomainError):
    """There is no such picture of yours."""

    code = "pictures.not_found"
    kind = Kind.MISSING
    picture_id: PictureId


@refusal
class PictureUnfit(DomainError):
    """This picture could not be prepared, so nothing can show it."""

    code = "pictures.unfit"
    kind = Kind.CONFLICT
    picture_id: PictureId
    reason: str


@refusal
class PictureInUse(DomainError):
    """Something shows this picture; take it out there first."""

    code = "pictures.in_use"
    kind = Kind.CONFLICT
    picture_id: PictureId
    uses: int
