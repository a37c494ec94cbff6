"""Pictures (图片): sent by members and staff, prepared by a worker, shown by reviews, posts and goods.

A context that shows pictures needs `PictureId`, `PictureUser`, `refer` and `release` or, for several at once,
`show_instead`, and `PicturesWork` in its unit of work.
"""

from retail_domain.kernel.ids import PictureId as PictureId
from retail_domain.pictures.errors import (
    PictureInUse as PictureInUse,
    PictureNotFound as PictureNotFound,
    PictureUnfit as PictureUnfit,
)
from retail_domain.pictures.events import EVENTS as EVENTS
from retail_domain.pictures.facade import PictureDesk as PictureDesk
from retail_domain.pictures.model import (
    CARD_WIDTH as CARD_WIDTH,
    Picture as Picture,
    PictureFile as PictureFile,
    PictureState as PictureState,
    PictureUse as PictureUse,
    PictureUser as PictureUser,
    Unfit as Unfit,
)
from retail_domain.pictures.ports import (
    ClaimedPicture as ClaimedPicture,
    PictureFiles as PictureFiles,
    Pictures as Pictures,
    PicturesWork as PicturesWork,
    PictureUses as PictureUses,
    PreparedPicture as PreparedPicture,
    PreparePicture as PreparePicture,
)
from retail_domain.pictures.queries import PictureView as PictureView
from retail_domain.pictures.reading import BYTES_MAX as BYTES_MAX, PictureKind as PictureKind
from retail_domain.pictures.use_cases.showing import (
    PICTURES_MAX as PICTURES_MAX,
    Showing as Showing,
    refer as refer,
    release as release,
    show_instead as show_instead,
)
from retail_domain.pictures.use_cases.taking_in import (
    AddPicture as AddPicture,
    ForgetPicture as ForgetPicture,
    PictureAdded as PictureAdded,
    PictureRules as PictureRules,
    ShowPicture as ShowPicture,
)
