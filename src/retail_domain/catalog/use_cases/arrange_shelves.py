"""Order the shelves: categories in a tree, and brands."""

from __future__ import annotations

from attrs import frozen

from retail_domain.catalog.errors import CategoryNotFound, CodeInUse
from retail_domain.catalog.model import Brand, Category, brand_problems, category_problems
from retail_domain.catalog.ports import CatalogWork
from retail_domain.catalog.use_cases.checks import require
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import BrandId, CategoryId, Ids
from retail_domain.kernel.once import DONE, Done, Once
from retail_domain.kernel.units import Begin


@frozen(kw_only=True)
class CreateCategory:
    """A new place in the tree."""

    code: str
    name: str
    parent_id: CategoryId | None = None
    position: int = 0
    once: Once | None = None


@frozen(kw_only=True)
class MoveCategory:
    """Hang a category, with everything below it, somewhere else."""

    category_id: CategoryId
    parent_id: CategoryId | None = None
    once: Once | None = None


@frozen(kw_only=True)
class CreateBrand:
    """A new brand."""

    name: str
    once: Once | None = None


@frozen
class CategoryReceipt:
    """The category as the shop knows it from now on."""

    category_id: CategoryId


@frozen
class BrandReceipt:
    """The brand as the shop knows it from now on."""

    brand_id: BrandId


@frozen
class CreateCategoryHandler:
    """Raises InvalidInput, CategoryNotFound, CategoryTooDeep, CodeInUse."""

    begin: Begin[CatalogWork]
    ids: Ids

    async def __call__(self, command: CreateCategory) -> CategoryReceipt:
        """Create it below its parent, which is locked so that it cannot move away meanwhile."""
        require(category_problems(command.code, command.name, command.position))
        async with self.begin() as work:
            told = await work.answers.recall(command.once, CategoryReceipt)
            if told is not None:
                return told
            parent = await _parent(work, command.parent_id)
            if any(category.code == command.code for category in await work.categories.all()):
                raise CodeInUse(what="category", taken=(command.code,))
            category_id = CategoryId(self.ids.new())
            change = Category.below(parent, id=category_id, code=command.code, name=command.name, position=command.position)
            work.categories.save(change)
            answer = CategoryReceipt(category_id)
            work.answers.remember(command.once, answer)
            await work.commit()
        return answer


@frozen
class MoveCategoryHandler:
    """Raises CategoryNotFound, CategoryLoop, CategoryTooDeep."""

    begin: Begin[CatalogWork]

    async def __call__(self, command: MoveCategory) -> None:
        """Move it and everything below it, or nothing."""
        async with self.begin() as work:
            if await work.answers.recall(command.once, Done):
                return
            tree = {category.id: category for category in await work.categories.claim_tree()}
            category = _known(tree.get(command.category_id), command.category_id)
            parent = _known(tree.get(command.parent_id), command.parent_id) if command.parent_id else None
            moved = category.move(parent)
            for change in (moved, *_followers(category, tuple(tree.values()), moved)):
                work.categories.save(change)
            work.answers.remember(command.once, DONE)
            await work.commit()


@frozen
class CreateBrandHandler:
    """Raises InvalidInput, CodeInUse."""

    begin: Begin[CatalogWork]
    ids: Ids

    async def __call__(self, command: CreateBrand) -> BrandReceipt:
        """Create it under a name nobody has."""
        require(brand_problems(command.name))
        async with self.begin() as work:
            told = await work.answers.recall(command.once, BrandReceipt)
            if told is not None:
                return told
            if await work.brands.of_names((command.name,)):
                raise CodeInUse(what="brand", taken=(command.name,))
            brand_id = BrandId(self.ids.new())
            work.brands.save(Brand.named(id=brand_id, name=command.name))
            answer = BrandReceipt(brand_id)
            work.answers.remember(command.once, answer)
            await work.commit()
        return answer


def _followers(category: Category, tree: tuple[Category, ...], moved: Change[Category]) -> list[Change[Category]]:
    below = (other for other in tree if category.contains(other) and other.id != category.id)
    return [other.follow(moved) for other in below]


async def _parent(work: CatalogWork, parent_id: CategoryId | None) -> Category | None:
    if parent_id is None:
        return None
    return _known((await work.categories.claim((parent_id,))).get(parent_id), parent_id)


def _known(category: Category | None, id: CategoryId) -> Category:
    if category is None:
        raise CategoryNotFound(category=str(id))
    return category
