"""What the shop knows of a kind of goods beside its price: barcodes, tax, cost, bounds, what a struck price rests on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import Enum
from typing import Final

from attrs import field, frozen

from retail_domain.catalog.model.barcodes import barcode_problems
from retail_domain.catalog.model.wording import problem, text_problems, whole_number_problems
from retail_domain.kernel.checked import Typed, checked
from retail_domain.kernel.errors import FieldProblem
from retail_domain.kernel.reading import spelled_code

PRICE_MINOR_MAX: Final = 10**9
"""The dearest unit: with the largest line quantity it stays far within what `Money` holds."""
TAX_RATE_BP_MAX: Final = 10_000


class ListBasis(Enum):
    """What a struck price rests on (划线价依据)."""

    LISTED = "listed"
    """The maker's or the shop's list price, as published on a day."""
    LOWEST_ASKED = "lowest_asked"
    """The lowest price the shop asked in the thirty days before the day on which the offer began."""
    LOWEST_PAID = "lowest_paid"
    """The lowest price that buyers paid for a unit in the seven days before the day on which the offer began."""


@frozen(kw_only=True)
@checked
class Basis:
    """What a struck price rests on: the sort, and the day on which the list price was published or the offer began."""

    sort: ListBasis
    since: date


def _spelled(barcodes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(spelled_code, barcodes)) if _are_some(barcodes) else barcodes


def _are_some(barcodes: object) -> bool:
    return isinstance(barcodes, tuple)


@frozen(kw_only=True)
@checked
class Particulars:
    """What the shop knows of a kind of goods beside its price; amounts in minor units, rates in basis points."""

    barcodes: tuple[Typed, ...] = field(default=(), converter=_spelled)
    tax_code: Typed | None = None
    tax_rate_bp: int | None = None
    cost_minor: int | None = field(default=None, repr=False)
    floor_minor: int | None = None
    member_price_minor: int | None = None
    basis: Basis | None = None
    """Of the struck price; without one no buyer is shown it (CAT-R9)."""

    def problems(self, at: str = "") -> Iterator[FieldProblem]:
        """Everything that is wrong with it by itself; `at` says where it stands."""
        yield from barcode_problems(f"{at}barcodes", self.barcodes)
        if self.tax_code is not None:
            yield from text_problems(f"{at}tax_code", self.tax_code, 40, least=1)
        if self.tax_rate_bp is not None:
            yield from whole_number_problems(f"{at}tax_rate_bp", self.tax_rate_bp, 0, TAX_RATE_BP_MAX)
        if self.cost_minor is not None:
            yield from whole_number_problems(f"{at}cost", self.cost_minor, 0, PRICE_MINOR_MAX)
        for name, minor in (("floor", self.floor_minor), ("member_price", self.member_price_minor)):
            if minor is not None:
                yield from whole_number_problems(f"{at}{name}", minor, 1, PRICE_MINOR_MAX)
        if self.floor_minor is not None and self.member_price_minor is not None and self.member_price_minor < self.floor_minor:
            yield problem(f"{at}member_price", "floor", "the price for members is not below the floor")


PLAIN: Final = Particulars()
"""Of a kind of goods of which nobody has said more than its price."""


def struck_minor(list_price_minor: int | None, price_minor: int, basis: Basis | None) -> int | None:
    """What a buyer is shown struck through: a price that rests on something, and is higher than what is asked (CAT-R9)."""
    return list_price_minor if basis is not None and list_price_minor is not None and list_price_minor > price_minor else None
