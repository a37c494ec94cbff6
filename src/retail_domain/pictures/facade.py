"""Pictures, for those who embed the shop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping

from attrs import frozen

from retail_domain.kernel.ids import PictureId
from retail_domain.pictures.queries import PictureView
from retail_domain.pictures.use_cases.taking_in import AddPicture, ForgetPicture, PictureAdded, ShowPicture


@frozen(kw_only=True)
class PictureDesk:
    """What members and staff do with pictures. `serve` answers a file that was prepared, or None: never what was sent."""

    add: Callable[[AddPicture], Awaitable[PictureAdded]]
    add_goods: Callable[[AddPicture], Awaitable[PictureAdded]]
    show: Callable[[ShowPicture], Awaitable[PictureView]]
    look_at: Callable[[Iterable[PictureId]], Awaitable[Mapping[PictureId, PictureView]]]
    """How far many are, whoever sent them; it is for whoever has been shown what they belong to."""
    forget: Callable[[ForgetPicture], Awaitable[None]]
    forget_any: Callable[[ForgetPicture], Awaitable[None]]
    serve: Callable[[str], Awaitable[bytes | None]]
