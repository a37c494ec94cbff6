"""Pictures, wired."""

from __future__ import annotations

from typing import Final

from retail_adapters.assembly.parts import Parts
from retail_adapters.system.sealer import HmacSealer
from retail_domain.kernel.frames import bound
from retail_domain.kernel.ids import PictureId
from retail_domain.pictures import PictureDesk
from retail_domain.pictures.use_cases.looking_after import (
    Steps,
    drop_picture,
    due_pictures,
    judge_picture,
    look_after_picture,
    rid_picture,
    take_up_picture,
)
from retail_domain.pictures.use_cases.taking_in import (
    Intake,
    add_goods_picture,
    add_picture,
    announce_picture,
    find_picture,
    forget_any_picture,
    forget_picture,
    look_at_pictures,
    picture_arrived,
    serve_picture,
    show_picture,
)
from retail_domain.processes.worker.due import Due

AT_ONCE: Final = 2
"""So many pictures a round, so that orders do not wait for a heap of them."""


def pictures(parts: Parts) -> PictureDesk:
    """Pictures of a shop made of these parts."""
    intake = Intake(
        announce=parts.deciding(announce_picture, HmacSealer(parts.secret), parts.policies.pictures),
        find=parts.reading(find_picture),
        arrived=parts.deciding(picture_arrived),
    )
    add = parts.outside(bound(add_picture, intake, parts.picture_files, parts.clock))
    forget = parts.deciding(forget_picture)
    return PictureDesk(
        add=add,
        add_goods=bound(add_goods_picture, add),
        show=parts.reading(show_picture),
        look_at=parts.reading(look_at_pictures),
        forget=forget,
        forget_any=bound(forget_any_picture, forget),
        serve=bound(serve_picture, parts.picture_files),
    )


def looking_after_pictures(parts: Parts) -> Due[PictureId]:
    """The timer that prepares them, and forgets what nothing shows."""
    steps = Steps(
        take_up=parts.deciding(take_up_picture),
        judge=parts.deciding(judge_picture),
        rid=parts.deciding(rid_picture),
        drop=parts.deciding(drop_picture),
    )
    look_after = bound(look_after_picture, steps, parts.picture_files, parts.prepare_picture)
    return Due(clock=parts.clock, find=parts.reading(due_pictures), deal_with=look_after, most=AT_ONCE)
