"""How goods and members are named on the command line: not by ids alone, and a wrong name of goods is told back (GEN-R23)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar
from uuid import UUID

import click
from attrs import frozen

from retail_domain.accounts.model.words import spelled_login
from retail_domain.kernel import reading
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.errors import DomainError, InvalidInput, Kind, refusal
from retail_domain.kernel.ids import MemberId, ProductId, SkuId
from retail_entrypoints.cli.desk import Columns, Named, StaffDesk

if TYPE_CHECKING:  # a command loads the code of the contexts that it asks, and of no other
    from retail_domain.ordering import Units

T = TypeVar("T")

_TOLD_MAX: Final = 100
_LINE: Final = re.compile(r"(?P<sku>.+)#(?P<line>[0-9]{1,9})", re.DOTALL)


@refusal
class NameUnknown(DomainError):
    """Nothing in the shop has this code, and nothing this id."""

    code = "command.name_unknown"
    kind = Kind.MISSING
    what: str
    named: str

    def __str__(self) -> str:
        return f"no {self.what} has the code or the id {self.named!r}"


@frozen
class SkuNamed(Named):
    """A kind of goods; a code goes before an id, should they look alike."""

    text: str

    async def found(self, desk: StaffDesk) -> SkuId:
        """Its id."""
        known = await self.look(desk)
        if known is None:
            raise NameUnknown(what="SKU", named=self.text[:_TOLD_MAX])
        return known

    async def look(self, desk: StaffDesk) -> SkuId | None:
        """Its id, if there is one."""
        coded: SkuId | None = await desk.reads.catalog.sku_coded(self.text)
        id = _uuid(self.text)
        if coded is not None or id is None:
            return coded
        return next(iter(await desk.reads.catalog.sku_facts([SkuId(id)])), None)


@frozen
class ProductNamed(Named):
    """Goods of all their kinds."""

    text: str

    async def found(self, desk: StaffDesk) -> ProductId:
        """Its id."""
        from retail_domain.catalog import ProductNotFound

        coded: ProductId | None = await desk.reads.catalog.product_coded(self.text)
        id = _uuid(self.text)
        try:
            if coded is None and id is not None:
                coded = (await desk.reads.catalog.product(ProductId(id))).card.id
        except ProductNotFound:
            coded = None
        if coded is None:
            raise NameUnknown(what="product", named=self.text[:_TOLD_MAX])
        return coded


@frozen
class UnitsNamed(Named):
    """Units of a line of an order, by the SKU, and by the number of the line where there are several."""

    text: str
    quantity: int

    async def found(self, desk: StaffDesk) -> Units:
        """With the id of the SKU; a code may look as if it had a line behind it."""
        from retail_domain.ordering import Units

        parts = _LINE.fullmatch(self.text)
        whole = await SkuNamed(self.text).look(desk) if parts else await SkuNamed(self.text).found(desk)
        if whole is not None:
            return Units(whole, self.quantity, 0)
        assert parts is not None
        return Units(await SkuNamed(parts["sku"]).found(desk), self.quantity, int(parts["line"]))


@frozen
class MemberNamed(Named):
    """A member, by phone number, login name or id."""

    text: str

    async def found(self, desk: StaffDesk) -> MemberId:
        """Their id."""
        from retail_domain.accounts import MemberNotFound

        accounts = desk.reads.accounts
        id, phone = _uuid(self.text), _phone(self.text)
        known = await accounts.member(MemberId(id)) if id is not None else None
        if known is None and phone is not None:
            known = await accounts.member_phoned(phone)
        if known is None:
            known = await accounts.member_named(spelled_login(self.text))
        if known is None:
            raise MemberNotFound()
        return known.member_id


class SkuName(click.ParamType[SkuNamed]):
    """The code of a SKU (TEA-100), or its id."""

    name = "sku"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> SkuNamed:
        """As it was typed; it is looked for when the shop is open."""
        return SkuNamed(str(value))


class MemberName(click.ParamType[MemberNamed]):
    """A member's phone number (13800138000, +86 138 0013 8000), login name or id."""

    name = "member"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> MemberNamed:
        """As it was typed; it is looked for when the shop is open."""
        return MemberNamed(str(value))


class ProductName(click.ParamType[ProductNamed]):
    """The code of a product (TEA), or its id."""

    name = "product"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> ProductNamed:
        """As it was typed; it is looked for when the shop is open."""
        return ProductNamed(str(value))


class UnitsOf(click.ParamType[UnitsNamed]):
    """`SKU=QUANTITY`, or `SKU#LINE=QUANTITY` where the SKU stands in several lines of the order."""

    name = "sku[#line]=quantity"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> UnitsNamed:
        """Units of one line, as they were typed."""
        named, _, quantity = str(value).rpartition("=")
        if not (named and quantity.isascii() and quantity.isdigit()):
            self.fail(f"{value!r} is not SKU=QUANTITY or SKU#LINE=QUANTITY", param, ctx)
        if int(quantity) < 1:
            self.fail(f"{value!r} names no units", param, ctx)
        parts = _LINE.fullmatch(named)
        if parts and int(parts["line"]) < 1:
            self.fail(f"{value!r} names no line", param, ctx)
        return UnitsNamed(named, int(quantity))


async def with_codes(desk: StaffDesk, views: Sequence[Any], columns: Columns) -> Columns:
    """The columns of a list of something about SKUs, after one with the codes of those SKUs."""
    facts = await desk.reads.catalog.sku_facts({view.sku_id for view in views}) if views else {}
    codes = {id: known.code for id, known in facts.items()}
    return {"sku": lambda view: codes.get(view.sku_id), **columns}


def _phone(text: str) -> Phone | None:
    from retail_adapters.system.phones import spelled_phone

    try:
        return spelled_phone(Phone.parse(text))
    except (ValueError, InvalidInput):
        return None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def moment_or_day_typed(_context: click.Context, _option: click.Parameter, told: str | None) -> datetime | None:
    """An instant, in UTC where it says no zone, or the beginning of a day, for an option."""
    return _typed(reading.instant_or_day, told)


def day_typed(_context: click.Context, _option: click.Parameter, told: str | None) -> date | None:
    """A day, for an option."""
    return _typed(reading.typed_day, told)


def month_typed(_context: click.Context, _option: click.Parameter, told: str | None) -> date | None:
    """The first day of a month, for an option."""
    return _typed(reading.typed_month, told)


def moment_typed(_context: click.Context, _option: click.Parameter, told: str | None) -> datetime | None:
    """An ISO 8601 instant with its offset, for an option."""
    return _typed(reading.instant, told)


def _typed(read: Callable[[str], T], told: str | None) -> T | None:
    try:
        return None if told is None else read(told)
    except reading.Misread as no:
        raise click.BadParameter(str(no)) from None
