"""The first page of the shop, block by block: what stands on it, from when until when, and for whom (SET-R8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Any, ClassVar, Final, TypeAlias
from uuid import UUID

from attrs import field, frozen

from retail_domain.kernel.errors import FieldProblem, InvalidInput
from retail_domain.kernel.ids import CategoryId, PictureId, ProductId
from retail_domain.kernel.reading import LINE, LINES, Misread, identity, instant, whole
from retail_domain.kernel.settings import JsonSetting

BLOCKS_MAX: Final = 20
MANY_MAX: Final = 20
"""So many goods, or categories, one block shows."""
TITLE_MAX: Final = 60
TEXT_MAX: Final = 500
LINK_MAX: Final = 300
HOME_MAX: Final = 20_000
"""Characters of a whole page as it is kept."""


class BlockKind(Enum):
    """What a block is."""

    BANNER = "banner"
    MARKS = "marks"
    PICKS = "picks"
    NOTICE = "notice"
    CAMPAIGN = "campaign"
    ARRIVALS = "arrivals"


class BlockAudience(Enum):
    """For whom a block is."""

    EVERYBODY = "everybody"
    GUESTS = "guests"
    MEMBERS = "members"


@frozen(kw_only=True)
class Block:
    """One block. What is left empty says what the shop says by itself: its own words, the goods that sell best, all shelves."""

    kind: BlockKind
    title: str = ""
    text: str = ""
    link: str = ""
    """A page of this shop to lead to."""
    picture: PictureId | None = None
    goods: tuple[ProductId, ...] = ()
    categories: tuple[CategoryId, ...] = ()
    many: int | None = None
    audience: BlockAudience = BlockAudience.EVERYBODY
    begins: datetime | None = None
    ends: datetime | None = None

    def is_shown(self, at: datetime, *, is_member: bool) -> bool:
        """Whether somebody sees it at that moment: from its beginning on, and at its end no more."""
        if self.audience is not BlockAudience.EVERYBODY and (self.audience is BlockAudience.MEMBERS) is not is_member:
            return False
        return (self.begins is None or self.begins <= at) and (self.ends is None or at < self.ends)


Blocks: TypeAlias = tuple[Block, ...]


@frozen(kw_only=True)
class HomePage:
    """The first page as it is set at a moment: also the blocks that are not shown then."""

    version: int
    """The number of the newest change of settings."""
    at: datetime
    blocks: Blocks

    def shown(self, *, is_member: bool) -> Blocks:
        """What somebody sees."""
        return tuple(one for one in self.blocks if one.is_shown(self.at, is_member=is_member))


USUAL_HOME: Final[Blocks] = tuple(
    Block(kind=kind)
    for kind in (BlockKind.NOTICE, BlockKind.BANNER, BlockKind.MARKS, BlockKind.PICKS, BlockKind.ARRIVALS)
)  # fmt: skip
"""What the page shows as long as nobody has arranged it."""


@frozen(kw_only=True)
class BlocksSetting(JsonSetting[Blocks]):
    """Blocks of a page; an empty list is an empty page."""

    kind: ClassVar[str] = "blocks"
    most: ClassVar[int] = HOME_MAX

    def of_parts(self, parts: Any, field: str) -> Blocks:
        """The blocks. Raises InvalidInput, which names every block and every field of it that is wrong."""
        if not isinstance(parts, list):
            raise InvalidInput.of(field, "type", "a list of blocks is expected")
        return read_blocks(parts, field)

    def parts_of(self, value: Blocks) -> object:
        """A list."""
        return [told_block(one) for one in value]


def told_block(block: Block) -> Mapping[str, object]:
    """A block as it is kept: what is empty is left out."""
    told: dict[str, object] = {"kind": block.kind.value}
    told |= {name: value for name in ("title", "text", "link") if (value := getattr(block, name))}
    told |= {name: [str(one) for one in value] for name in ("goods", "categories") if (value := getattr(block, name))}
    told |= {name: value.isoformat() for name in ("begins", "ends") if (value := getattr(block, name)) is not None}
    if block.picture is not None:
        told["picture"] = str(block.picture)
    if block.many is not None:
        told["many"] = block.many
    if block.audience is not BlockAudience.EVERYBODY:
        told["audience"] = block.audience.value
    return told


def read_blocks(told: Sequence[object], at: str) -> Blocks:
    """Blocks as they are kept. Raises InvalidInput, which names all that is wrong."""
    if len(told) > BLOCKS_MAX:
        raise InvalidInput.of(at, "too_many", f"at most {BLOCKS_MAX} blocks")
    readings = [_Reading(one, f"{at}[{place}]") for place, one in enumerate(told)]
    blocks = [one.block() for one in readings]
    problems = tuple(problem for one in readings for problem in one.problems)
    if problems:
        raise InvalidInput(problems=problems)
    return tuple(one for one in blocks if one is not None)


@frozen
class _Reading:
    """One block, read field by field, with what is wrong."""

    told: object
    at: str
    problems: list[FieldProblem] = field(factory=list, init=False)

    def block(self) -> Block | None:
        """The block; nothing when something is wrong with it."""
        told = self.told
        if not isinstance(told, Mapping):
            self._wrong("", "type", "a block is expected")
            return None
        for name in told.keys() - _FIELDS:
            self._wrong(str(name)[:64], "unknown", "a block has no such field")
        if "kind" not in told:
            self._wrong("kind", "required", "every block is of some kind")
        found = {name: value for name, read in _FIELDS_READ.items() if (value := self._read(name, read)) is not None}
        begins, ends = found.get("begins"), found.get("ends")
        if begins is not None and ends is not None and ends <= begins:
            self._wrong("ends", "order", "it ends after it has begun")
        return None if self.problems else Block(**found)

    def _read(self, name: str, read: Any) -> Any:
        assert isinstance(self.told, Mapping)
        value = self.told.get(name)
        if value is None or value == "":
            return None
        try:
            return read(value, f"{self.at}.{name}")
        except Misread as no:
            self._wrong(name, no.rule, str(no))
        except InvalidInput as no:
            self.problems.extend(no.problems)
        return None

    def _wrong(self, name: str, rule: str, message: str) -> None:
        place = f"{self.at}.{name}" if name else self.at
        self.problems.append(FieldProblem(field=place, rule=rule, message=message))


def _one_of(known: type[Enum]) -> Any:
    def read(value: object, at: str) -> Enum:
        found = next((one for one in known if one.value == value), None)
        if found is None:
            raise InvalidInput.of(at, "one_of", f"one of {', '.join(str(one.value) for one in known)}")
        return found

    return read


def _link(value: object, at: str) -> str:
    told = LINE.read(value, at, LINK_MAX)
    if not told.startswith("/") or told.startswith(("//", "/\\")) or "\\" in told:
        raise InvalidInput.of(at, "path", "a page of this shop, such as /c")
    return told


def _ids(value: object, at: str) -> tuple[UUID, ...]:
    if not isinstance(value, Iterable) or isinstance(value, (str, Mapping)):
        raise InvalidInput.of(at, "type", "a list of ids is expected")
    found = tuple(dict.fromkeys(identity(one) for one in value))
    if len(found) > MANY_MAX:
        raise InvalidInput.of(at, "too_many", f"at most {MANY_MAX}")
    return found


_FIELDS_READ: Final[Mapping[str, Any]] = {
    "kind": _one_of(BlockKind),
    "title": lambda value, at: LINE.read(value, at, TITLE_MAX),
    "text": lambda value, at: LINES.read(value, at, TEXT_MAX),
    "link": _link,
    "picture": lambda value, _at: PictureId(identity(value)),
    "goods": _ids,
    "categories": _ids,
    "many": lambda value, _at: whole(value, 1, MANY_MAX),
    "audience": _one_of(BlockAudience),
    "begins": lambda value, _at: instant(value),
    "ends": lambda value, _at: instant(value),
}
_FIELDS: Final = _FIELDS_READ.keys()

HOME: Final = BlocksSetting(
    name="home.blocks",
    says="What stands on the first page of the shop, block by block.", says_zh="首页内容：逐块排列。",
)  # fmt: skip
