"""Listing: how goods are described (商品描述)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final, TypeAlias

from attrs import field, frozen

from retail_domain.catalog.model.wording import image_problems, problem, text_problems, whole_number_problems
from retail_domain.kernel.checked import Typed, checked
from retail_domain.kernel.errors import FieldProblem
from retail_domain.kernel.ids import BrandId, CategoryId, FreightTemplateId
from retail_domain.kernel.reading import spelled_line, spelled_lines

IMAGES_MAX: Final = 20
PARAMETERS_MAX: Final = 50

Option: TypeAlias = tuple[Typed, Typed]
"""A name and a value, such as ("颜色", "玛瑙红")."""


def spelled_options(options: tuple[Option, ...]) -> tuple[Option, ...]:
    """Pairs in their one spelling; what is no pair stays, to be refused by its type."""
    return tuple((spelled_line(name), spelled_line(value)) for name, value in options) if _are_pairs(options) else options


def _are_pairs(options: object) -> bool:
    return isinstance(options, tuple) and all(isinstance(one, tuple) and len(one) == 2 for one in options)


@frozen(kw_only=True)
@checked
class Listing:
    """How goods are described: a wish until a product carries it, so it may be asked what is wrong with it."""

    title: Typed = field(converter=spelled_line)
    subtitle: Typed = field(default="", converter=spelled_line)
    description: Typed = field(default="", converter=spelled_lines)
    category_id: CategoryId | None = None
    brand_id: BrandId | None = None
    images: tuple[Typed, ...] = ()
    unit: Typed = field(default="件", converter=spelled_line)
    freight_template_id: FreightTemplateId | None = None
    purchase_limit: int | None = None
    sale_from: datetime | None = None
    sale_until: datetime | None = None
    parameters: tuple[Option, ...] = field(default=(), converter=spelled_options)
    """What the goods are made of, where they come from and the like, in the order in which they are shown (商品参数)."""

    def problems(self) -> Iterator[FieldProblem]:
        """Everything that is wrong with this description, field by field."""
        yield from text_problems("title", self.title, 200, least=1)
        yield from text_problems("subtitle", self.subtitle, 300)
        yield from text_problems("description", self.description, 20_000, lines=True)
        yield from text_problems("unit", self.unit, 20, least=1)
        yield from self._image_problems()
        if self.purchase_limit is not None:
            yield from whole_number_problems("purchase_limit", self.purchase_limit, 1, 1_000_000)
        yield from self._window_problems()
        yield from self._parameter_problems()

    def _image_problems(self) -> Iterator[FieldProblem]:
        if len(self.images) > IMAGES_MAX:
            yield problem("images", "too_many", f"at most {IMAGES_MAX} images")
        for index, image in enumerate(self.images[:IMAGES_MAX]):
            yield from image_problems(f"images[{index}]", image)

    def _window_problems(self) -> Iterator[FieldProblem]:
        if self.sale_from is not None and self.sale_until is not None and self.sale_from >= self.sale_until:
            yield problem("sale_until", "after_start", "a sale ends after it starts")

    def _parameter_problems(self) -> Iterator[FieldProblem]:
        if len(self.parameters) > PARAMETERS_MAX:
            yield problem("parameters", "too_many", f"at most {PARAMETERS_MAX} parameters")
        for index, (name, value) in enumerate(self.parameters[:PARAMETERS_MAX]):
            yield from text_problems(f"parameters[{index}].name", name, 50, least=1)
            yield from text_problems(f"parameters[{index}].value", value, 200, least=1)
        if len({name for name, _ in self.parameters}) < len(self.parameters):
            yield problem("parameters", "unique", "a parameter is named once")
