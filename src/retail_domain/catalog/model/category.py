"""Category and Brand: how goods are ordered on the shelves (类目, 品牌)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import evolve, frozen

from retail_domain.catalog.errors import CategoryLoop, CategoryTooDeep
from retail_domain.catalog.model.wording import kept_flaws, text_problems, whole_number_problems
from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import FieldProblem
from retail_domain.kernel.ids import BrandId, CategoryId

DEPTH_MAX: Final = 5


@frozen(kw_only=True)
class Category:
    """A place in the tree of categories (类目); `path` leads from the root to the category itself."""

    id: CategoryId
    code: str
    name: str
    path: tuple[CategoryId, ...]
    position: int = 0
    version: int = 0

    def __attrs_post_init__(self) -> None:
        for flaw in kept_flaws(category_problems(self.code, self.name, self.position)):
            raise ValueError(f"{flaw.field}: {flaw.message}")
        if not self.path or self.path[-1] != self.id:
            raise ValueError("a category's path ends in itself")
        if len(set(self.path)) < len(self.path):
            raise ValueError("a category cannot lie below itself")
        if len(self.path) > DEPTH_MAX:
            raise ValueError("categories are at most five levels deep")

    @classmethod
    def below(cls, parent: Category | None, *, id: CategoryId, code: str, name: str, position: int = 0) -> Change[Category]:
        """A new category under another, or a root. Raises CategoryTooDeep."""
        path = (*_path_of(parent), id)
        _fits(code, path)
        return Change(None, cls(id=id, code=code, name=name, path=path, position=position))

    @property
    def parent_id(self) -> CategoryId | None:
        """The category one level up; a root has none."""
        return self.path[-2] if len(self.path) > 1 else None

    def contains(self, other: Category) -> bool:
        """Whether the other one is this category or lies anywhere below it."""
        return self.id in other.path

    def describe(self, *, name: str, position: int) -> Change[Category]:
        """Give it another name or place among its siblings."""
        return Change(self, evolve(self, name=name, position=position))

    def move(self, parent: Category | None) -> Change[Category]:
        """Hang it below another category, or make it a root. Raises CategoryLoop, CategoryTooDeep."""
        if parent is not None and self.contains(parent):
            raise CategoryLoop(category=self.code)
        return self._at((*_path_of(parent), self.id))

    def follow(self, moved: Change[Category]) -> Change[Category]:
        """Come along when a category above moves. Raises CategoryTooDeep."""
        before = self.path.index(moved.state.id)
        return self._at((*moved.state.path, *self.path[before + 1 :]))

    def _at(self, path: tuple[CategoryId, ...]) -> Change[Category]:
        _fits(self.code, path)
        return Change(self, evolve(self, path=path))


@frozen(kw_only=True)
class Brand:
    """A maker's name that goods are filtered by (品牌)."""

    id: BrandId
    name: str
    version: int = 0

    def __attrs_post_init__(self) -> None:
        for flaw in kept_flaws(brand_problems(self.name)):
            raise ValueError(f"{flaw.field}: {flaw.message}")

    @classmethod
    def named(cls, *, id: BrandId, name: str) -> Change[Brand]:
        """A new brand."""
        return Change(None, cls(id=id, name=name))


def category_problems(code: str, name: str, position: int) -> Iterator[FieldProblem]:
    """Everything that keeps these from being a category."""
    yield from text_problems("code", code, 300, least=1)
    yield from text_problems("name", name, 100, least=1)
    yield from whole_number_problems("position", position, -(10**6), 10**6)


def brand_problems(name: str) -> Iterator[FieldProblem]:
    """Everything that keeps this from being a brand's name."""
    yield from text_problems("name", name, 100, least=1)


def _path_of(category: Category | None) -> tuple[CategoryId, ...]:
    return () if category is None else category.path


def _fits(code: str, path: tuple[CategoryId, ...]) -> None:
    if len(path) > DEPTH_MAX:
        raise CategoryTooDeep(category=code)
