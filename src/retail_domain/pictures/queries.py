"""What is shown of pictures."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from retail_domain.kernel.ids import PictureId
from retail_domain.pictures.model import Picture, PictureFile, PictureState, Unfit


@frozen(kw_only=True)
class PictureView:
    """How far a picture is; `files` are there once it is ready, the smallest WebP first, the JPEG for cards last."""

    picture_id: PictureId
    state: PictureState
    reason: Unfit | None
    width: int
    height: int
    files: tuple[PictureFile, ...]
    uses: int
    at: datetime

    @classmethod
    def of(cls, picture: Picture) -> PictureView:
        """As its owner sees it."""
        return cls(
            picture_id=picture.id, state=picture.state, reason=picture.reason, width=picture.width, height=picture.height,
            files=tuple(picture.files), uses=picture.uses, at=picture.at,
        )  # fmt: skip
