"""What pictures need from a store, from where files are kept, and from whoever decodes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from attrs import frozen

from retail_domain.kernel.change import Change
from retail_domain.kernel.counting import Counters
from retail_domain.kernel.ids import PictureId
from retail_domain.kernel.units import Unit
from retail_domain.pictures.model import Picture, PictureUse, PictureUser, Unfit


@frozen
class ClaimedPicture:
    """A picture that is locked, and which of some things show it already."""

    picture: Picture
    users: frozenset[PictureUser]


class Pictures(Protocol):
    """The pictures that were sent."""

    async def get(self, id: PictureId) -> Picture:
        """Without a lock. Raises PictureNotFound; sees what is staged."""
        ...

    async def some(self, ids: Iterable[PictureId]) -> Mapping[PictureId, Picture]:
        """Without a lock, in one statement, as they are stored; unknown ones are absent."""
        ...

    async def claim(self, id: PictureId) -> Picture | None:
        """Locked for a change; None where there is none any more."""
        ...

    async def claim_for(self, ids: Iterable[PictureId], users: Iterable[PictureUser]) -> Mapping[PictureId, ClaimedPicture]:
        """Locked, ascending by id, in one statement, with those of these things that show them; unknown ones are absent.

        Whatever shows pictures is locked itself before, so that nothing is seen of it that is not so any more.
        """
        ...

    async def due(self, at: datetime, most: int) -> Sequence[PictureId]:
        """Those that are to be looked after, the most overdue first; without a lock."""
        ...

    def save(self, change: Change[Picture]) -> None:
        """Stage a change; a rival's makes the commit raise `Stale`."""
        ...

    def drop(self, id: PictureId) -> None:
        """Stage that a row goes, with what is written down about who shows it; nothing happens where there is none."""
        ...


class PictureUses(Protocol):
    """What shows which picture."""

    def save(self, change: Change[PictureUse]) -> None:
        """Stage one; there is one a picture and user, else `Taken` at commit."""
        ...

    def drop(self, use: PictureUse) -> None:
        """Stage that it shows it no more."""
        ...


class PicturesWork(Unit, Protocol):
    """The unit of work of pictures. A use case that shows pictures has these two in its own, for `refer` and `release`."""

    @property
    def pictures(self) -> Pictures:
        """The pictures."""
        ...

    @property
    def picture_uses(self) -> PictureUses:
        """What shows them."""
        ...


class IntakeWork(PicturesWork, Protocol):
    """The unit of work of taking pictures in."""

    @property
    def counters(self) -> Counters:
        """How often each has sent one."""
        ...


class PictureFiles(Protocol):
    """Where the bytes of pictures lie, by names such as `sent/<id>` and `<hash>-800.webp`.

    What is kept under a name never changes but for the same bytes again. Each raises Unavailable when the place cannot be
    reached, and ValueError for a name of another spelling: a name never leads anywhere else.
    """

    async def keep(self, name: str, content: bytes) -> None:
        """All of it or nothing: nobody ever opens a half."""
        ...

    async def open(self, name: str) -> bytes | None:
        """The whole content; None where there is nothing."""
        ...

    async def forget(self, name: str) -> None:
        """From now on there is nothing. Forgetting what is not there changes nothing."""
        ...


@frozen(kw_only=True)
class PreparedPicture:
    """A picture written anew: its size upright, and the content of each file that `files_of` names for that size."""

    width: int
    height: int
    contents: Mapping[str, bytes]
    """By what follows the picture's name: `800.webp`."""


class PreparePicture(Protocol):
    """Decodes what was sent and writes it anew: upright, without anything but its pixels, never enlarged (PIC-R4, PIC-R5)."""

    async def __call__(self, content: bytes) -> PreparedPicture | Unfit:
        """Ends within a minute and within its memory, whatever is sent; raises Unavailable if that is nobody's fault."""
        ...
