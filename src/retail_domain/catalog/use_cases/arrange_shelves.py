"""Order the shelves: categories in a tree, and brands."""

from __future__ import annotations

from attrs import field, frozen

from retail_domain.catalog.errors import CategoryNotFound, CodeInUse
from retail_domain.catalog.model import Brand, Category, brand_problems, category_problems
from retail_domain.catalog.ports import CatalogWork
from retail_domain.catalog.use_cases.checks import require
from retail_domain.kernel.change import Change
from retail_domain.kernel.checked import checked
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.ids import BrandId, CategoryId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once
from retail_domain.kernel.reading import CODE, spelled_code, spelled_line


@frozen(kw_only=True)
@checked
class CreateCategory:
    """A new place in the tree."""

    code: str = field(converter=spelled_code)
    name: str = field(converter=spelled_line)
    parent_id: CategoryId | None = None
    position: int = 0
    once: Once | None = None


@frozen(kw_only=True)
@checked
class MoveCategory:
    """Hang a category, with everything below it, somewhere else."""

    category_id: CategoryId
    parent_id: CategoryId | None = None
    once: Once | None = None


@frozen(kw_only=True)
@checked
class CreateBrand:
    """A new brand, known by its name."""

    name: str = field(converter=spelled_code)
    once: Once | None = None


@frozen
class CategoryReceipt:
    """The category as the shop knows it from now on."""

    category_id: CategoryId


@frozen
class BrandReceipt:
    """The brand as the shop knows it from now on."""

    brand_id: BrandId


@brings(Effect.GOODS)
async def create_category(work: CatalogWork, command: CreateCategory, means: Means) -> CategoryReceipt:
    """Below its parent, which is locked so that it cannot move away meanwhile. Answers its id.

    Raises InvalidInput, CategoryNotFound, CategoryTooDeep, CodeInUse.
    """
    require(category_problems(command.code, command.name, command.position))
    parent = await _parent(work, command.parent_id)
    if any(CODE.spelled(category.code) == command.code for category in await work.categories.all()):
        raise CodeInUse(what="category", taken=(command.code,))
    category_id = CategoryId(means.ids.new())
    change = Category.below(parent, id=category_id, code=command.code, name=command.name, position=command.position)
    work.categories.save(change)
    return CategoryReceipt(category_id)


@brings(Effect.GOODS)
async def move_category(work: CatalogWork, command: MoveCategory, means: Means) -> None:
    """With everything below it, or not at all. Raises CategoryNotFound, CategoryLoop, CategoryTooDeep."""
    tree = {category.id: category for category in await work.categories.claim_tree()}
    category = _known(tree.get(command.category_id), command.category_id)
    parent = _known(tree.get(command.parent_id), command.parent_id) if command.parent_id else None
    moved = category.move(parent)
    for change in (moved, *_followers(category, tuple(tree.values()), moved)):
        work.categories.save(change)


@brings(Effect.GOODS)
async def create_brand(work: CatalogWork, command: CreateBrand, means: Means) -> BrandReceipt:
    """Under a name nobody has. Answers its id. Raises InvalidInput, CodeInUse."""
    require(brand_problems(command.name))
    if await work.brands.of_names((command.name,)):
        raise CodeInUse(what="brand", taken=(command.name,))
    brand_id = BrandId(means.ids.new())
    work.brands.save(Brand.named(id=brand_id, name=command.name))
    return BrandReceipt(brand_id)


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
