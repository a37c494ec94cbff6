"""What narrows a list of goods down: their order, what they may cost and whether they are there, as an address says it."""

import re
from typing import Annotated, Final

from attrs import frozen
from litestar.params import QueryParameter

from retail_domain.catalog import Sort

SortBy = Annotated[Sort, QueryParameter(name="sort")]
Least = Annotated[str | None, QueryParameter(name="least", max_length=12)]
Most = Annotated[str | None, QueryParameter(name="most", max_length=12)]
Stock = Annotated[str | None, QueryParameter(name="stock", max_length=3)]
_PRICE: Final = re.compile(r"([0-9]{1,7})(?:\.([0-9]{1,2})0*)?")


@frozen(kw_only=True)
class Filters:
    """The order of a list, and the least and most that goods may cost, in the smallest units of money."""

    sort: Sort = Sort.RELEVANCE
    least: int | None = None
    most: int | None = None
    in_stock: bool = False
    """Only what can be ordered now."""

    @property
    def narrows(self) -> bool:
        """Whether anything but the order was said."""
        return self.least is not None or self.most is not None or self.in_stock


def price_of(text: str | None) -> int | None:
    """A price as somebody types it, such as 88 or 88.5; nothing for what is no price: a list is shown without it."""
    found = _PRICE.fullmatch((text or "").strip())
    return None if found is None else int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))


def typed(minor: int | None) -> str:
    """A price as it stands in the field."""
    if minor is None:
        return ""
    whole, cents = divmod(minor, 100)
    return f"{whole}.{cents:02d}" if cents else str(whole)


def provide_filters(sort: SortBy = Sort.RELEVANCE, least: Least = None, most: Most = None, stock: Stock = None) -> Filters:
    """`filters`: as the address says; who names the higher price first means the same."""
    prices = (price_of(least), price_of(most))
    if prices[0] is not None and prices[1] is not None:
        prices = (min(prices[0], prices[1]), max(prices[0], prices[1]))
    return Filters(sort=sort, least=prices[0], most=prices[1], in_stock=stock == "yes")
