"""The first page as staff arrange it: one form with all its blocks, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from attrs import evolve, frozen

from retail_domain.catalog import CategoryView
from retail_domain.kernel.calendar import Calendar
from retail_domain.kernel.errors import FieldProblem, InvalidInput
from retail_domain.kernel.ids import PictureId, ProductId
from retail_domain.kernel.reading import Misread, identity
from retail_domain.settings import BLOCKS_MAX, HOME, Block, BlockAudience, BlockKind, SettingsChange
from retail_entrypoints.web.moments import moment_for_typing, moment_typed

KINDS: Final = tuple(one.value for one in BlockKind)
AUDIENCES: Final = tuple(one.value for one in BlockAudience)
_FIELDS: Final = (
    "kind", "place", "drop", "title", "text", "link", "picture", "goods", "categories", "many", "audience", "begins", "ends",
)  # fmt: skip
_AT: Final = re.compile(rf"values\.{re.escape(HOME.name)}\[(\d+)\](?:\.(\w+))?(?:\[.*)?")
_CODES: Final = re.compile(r"[\s,，、;；]+")
_WITH: Final[Mapping[str, tuple[str, ...]]] = {
    "banner": ("title", "text", "link", "picture"),
    "marks": ("title", "categories", "many"),
    "picks": ("title", "text", "link", "goods", "many"),
    "notice": ("title", "text", "link"),
    "campaign": ("title", "text", "link", "picture"),
    "arrivals": ("title", "text", "link", "many"),
}
"""What can be said of a block beside its place, its window and its audience."""


@frozen(kw_only=True)
class TypedBlock:
    """A block as its fields show it: everything is text."""

    kind: str
    place: str
    drop: str = ""
    title: str = ""
    text: str = ""
    link: str = ""
    picture: str = ""
    goods: str = ""
    categories: str = ""
    many: str = ""
    audience: str = BlockAudience.EVERYBODY.value
    begins: str = ""
    ends: str = ""

    @property
    def asks(self) -> tuple[str, ...]:
        """Which fields a block of this kind has."""
        return _WITH[self.kind]

    @classmethod
    def of(cls, block: Block, place: int, codes: Mapping[object, str], calendar: Calendar) -> TypedBlock:
        """A block as it is set; goods and categories are shown by their codes, as far as there are such."""
        return cls(
            kind=block.kind.value, place=str(place), title=block.title, text=block.text, link=block.link,
            picture=str(block.picture or ""), goods=" ".join(codes[one] for one in block.goods if one in codes),
            categories=" ".join(codes[one] for one in block.categories if one in codes),
            many=str(block.many or ""), audience=block.audience.value,
            begins=moment_for_typing(block.begins, calendar), ends=moment_for_typing(block.ends, calendar),
        )  # fmt: skip


@frozen(kw_only=True)
class BlockRow:
    """A block in the list of what is set."""

    kind: str
    title: str
    audience: str
    block: Block
    is_shown: bool


@frozen(kw_only=True)
class HomeChange:
    """A change of the first page, in its history."""

    change: SettingsChange
    blocks: int | None
    """How many it had from then on; nothing where the usual page came back."""
    is_taken_back: bool
    is_planned: bool


def typed_blocks(fields: Mapping[str, Any]) -> list[TypedBlock]:
    """The blocks of the form as they were sent, in the order of their fields. Raises InvalidInput for what is no such form."""
    found = []
    for number in range(BLOCKS_MAX + 1):
        told = {name: str(fields[f"b{number}_{name}"]) for name in _FIELDS if f"b{number}_{name}" in fields}
        if not told:
            continue
        if told.get("kind") not in KINDS:
            raise InvalidInput.of(f"b{number}_kind", "one_of", f"one of {', '.join(KINDS)}")
        found.append(TypedBlock(**{"place": str(number + 1)} | told))
    return found


def ordered(blocks: Sequence[TypedBlock]) -> list[tuple[int, TypedBlock]]:
    """By the places that were typed, with the number of each in the form; those that shall go are left out."""
    kept = [(number, one) for number, one in enumerate(blocks) if not one.drop]
    return sorted(kept, key=lambda pair: (_place(pair[1]), pair[0]))


def _place(one: TypedBlock) -> int:
    return int(one.place) if re.fullmatch(r"\d{1,4}", one.place) else BLOCKS_MAX


def codes_in(text: str) -> list[str]:
    """Codes that were typed one after the other."""
    return [one for one in _CODES.split(text) if one]


def told_blocks(
    placed: Sequence[tuple[int, TypedBlock]], goods: Mapping[str, ProductId], tree: Sequence[CategoryView], calendar: Calendar
) -> list[dict[str, object]]:
    """The blocks as the setting reads them. Raises InvalidInput, which names every field that nobody can read."""
    shelves = {one.code: str(one.id) for one in tree}
    told, problems = [], list[FieldProblem]()
    for number, one in placed:
        block: dict[str, object] = {"kind": one.kind, "audience": one.audience}
        block |= {name: getattr(one, name) for name in ("title", "text", "link", "picture") if name in one.asks}
        for name, known in (("goods", {code: str(id) for code, id in goods.items()}), ("categories", shelves)):
            codes = codes_in(getattr(one, name)) if name in one.asks else []
            unknown = [code for code in codes if code not in known]
            if unknown:
                says = f"nothing is called {' '.join(unknown)[:100]}"
                problems.append(FieldProblem(field=f"b{number}_{name}", rule="unknown_code", message=says))
            block[name] = [known[code] for code in codes if code in known]
        if "many" in one.asks and one.many.strip():
            block["many"] = int(one.many) if re.fullmatch(r"\d{1,4}", one.many.strip()) else one.many
        for name in ("begins", "ends"):
            try:
                at = moment_typed(getattr(one, name), f"b{number}_{name}", calendar)
            except InvalidInput as no:
                problems.extend(no.problems)
                continue
            block |= {name: at.isoformat()} if at is not None else {}
        told.append(block)
    if problems:
        raise InvalidInput(problems=tuple(problems))
    return told


def at_its_field(refused: InvalidInput, placed: Sequence[tuple[int, TypedBlock]]) -> InvalidInput:
    """What is wrong with a block is shown at the field in which it was typed."""

    def moved(one: FieldProblem) -> FieldProblem:
        found = _AT.fullmatch(one.field)
        if found is None:
            return one
        return evolve(one, field=f"b{placed[int(found[1])][0]}_{found[2] or 'kind'}")

    return InvalidInput(problems=tuple(map(moved, refused.problems)))


def pictures_in(blocks: Iterable[TypedBlock]) -> list[PictureId]:
    """The pictures that blocks show, as far as they name some."""
    found = []
    for one in blocks:
        with suppress(Misread):
            found.append(PictureId(identity(one.picture)))
    return found
