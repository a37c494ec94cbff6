"""Everything that a host can hand to the shop: the wishes of its use cases, what they are made of, and a right one of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import attrs

from retail_domain.accounts import Region
from retail_domain.application import Retail
from retail_domain.catalog.importing import CatalogueSource
from retail_domain.coupons import CouponValidity, TemplateWish
from retail_domain.kernel.checked import AsTyped, Between, Spelled
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.coupon_terms import CouponTerms
from retail_domain.payments import TakeNotice
from retail_domain.pricing.model.freight import FreightZone

AN_ID: Final = UUID(int=7)
A_MOMENT: Final = datetime(2026, 1, 31, 12, tzinfo=UTC)


class NoFiles:
    """A catalogue without a row."""

    goods_columns = sku_columns = category_columns = ("code", "title", "price")

    def goods(self) -> Iterator[Any]:
        return iter(())

    def skus_of(self, _key: str) -> tuple[Any, ...]:
        return ()

    def lone_skus(self) -> Iterator[Any]:
        return iter(())

    def categories(self) -> Iterator[Any]:
        return iter(())


RIGHT: Final[Mapping[tuple[type, str], Any]] = {
    (Phone, "e164"): "+8613800138000",
    (Region, "code"): "110101",
    (FreightZone, "regions"): ("44",),
    (TakeNotice, "gateway"): "counter",
    (CouponTerms, "percent_bps"): 0,
    (CouponTerms, "most_minor"): 0,
    (CouponTerms, "threshold_minor"): 9_999,
    (CouponValidity, "begins_at"): None,
    (CouponValidity, "ends_at"): None,
    (CouponValidity, "days"): 7,
    (CouponValidity, "delay_days"): 0,
    (TemplateWish, "takes_from"): None,
    (TemplateWish, "takes_until"): None,
    (TemplateWish, "points"): 0,
    (TemplateWish, "tiers"): (),
}
"""What an annotation does not tell."""
LEFT_OUT: Final = {"CartOwner": "token_hash", "Visitor": "anonymous_id", "Principal": "staff_id"}
"""Of these one of two is given, not both."""


def by_use_case() -> Mapping[str, Any]:
    """What each use case of the shop is called with, by the name of the use case."""
    found = {}
    for context, facade in get_type_hints(Retail).items():
        for name, kind in get_type_hints(facade).items() if attrs.has(facade) else ():
            args = get_args(kind)
            if args and isinstance(args[0], list) and args[0]:
                found[f"{context}.{name}"] = args[0][0]
    return found


def parts_of(hint: Any, within: frozenset[type] = frozenset()) -> set[type]:
    """Every class of the shop that a wish is made of, itself included; `within` are those that speak of it."""
    if hint in within:
        return set()
    if not (isinstance(hint, type) and attrs.has(hint)):
        return {part for one in get_args(hint) if not isinstance(one, list) for part in parts_of(one, within)}
    hints = get_type_hints(hint, include_extras=True).values()
    return {hint} | {part for one in hints for part in parts_of(one, within | {hint})}


def given_to(kind: type) -> Mapping[str, Any]:
    """The annotation of each field that whoever makes one gives."""
    hints = get_type_hints(kind, include_extras=True)
    return {field.name: hints[field.name] for field in attrs.fields(kind) if field.init}


def all_of(kind: type) -> dict[str, Any]:
    """Right values for every field."""
    out = LEFT_OUT.get(kind.__name__)
    return {name: None if name == out else right(hint, (kind, name)) for name, hint in given_to(kind).items()}


def right(hint: Any, where: tuple[type, str] | None = None) -> Any:
    """A value that fits an annotation."""
    if where is not None and where in RIGHT:
        return RIGHT[where]
    hint = getattr(hint, "__supertype__", hint)
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _right_bounded(args)
    if origin in (Union, UnionType):
        itself = where[0] if where else None  # of a class that speaks of itself, none is within
        return right(next((one for one in args if one not in (NoneType, itself)), NoneType))
    if origin is tuple:
        return (right(args[0]),) if args[-1] is Ellipsis else tuple(right(one) for one in args)
    if origin is frozenset:
        return frozenset({right(args[0])})
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {right(args[0]): right(args[1])}
    if origin is Callable or origin is not None:
        return lambda *_: None
    return _right_plain(hint)


def _right_bounded(args: tuple[Any, ...]) -> Any:
    bounds = next((one for one in args if isinstance(one, Between)), None)
    if bounds is not None:
        return max(bounds.least, 1)
    return "CNY" if any(isinstance(one, Spelled) for one in args) else right(args[0])


def _right_plain(hint: Any) -> Any:
    plain = {
        NoneType: None, int: 1, str: "text", bool: False, bytes: b"bytes", UUID: AN_ID, datetime: A_MOMENT,
        date: A_MOMENT.date(), CatalogueSource: NoFiles(), Any: "text", object: "text",
    }  # fmt: skip
    if hint in plain:
        return plain[hint]
    if issubclass(hint, Enum):
        return next(iter(hint))
    return hint(**all_of(hint))


def fits(hint: Any, value: Any) -> bool:
    """Whether a value is what an annotation says: the naive way, in words of its own."""
    hint = getattr(hint, "__supertype__", hint)
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        bounds = next((one for one in args if isinstance(one, Between)), None)
        spelled = any(isinstance(one, Spelled) for one in args)
        if AsTyped() in args:
            return isinstance(value, str)
        within = bounds is None or (type(value) is int and bounds.least <= value <= bounds.most)
        return fits(args[0], value) and within and (not spelled or value == "CNY")
    if origin in (Union, UnionType):
        return any(fits(one, value) for one in args)
    if origin is tuple:
        return isinstance(value, tuple) and (
            all(fits(args[0], one) for one in value)
            if args[-1] is Ellipsis
            else len(value) == len(args) and all(fits(kind, one) for kind, one in zip(args, value, strict=True))
        )
    if origin is not None:
        return _fits_several(origin, args, value)
    return _fits_plain(hint, value)


def _fits_several(origin: Any, args: tuple[Any, ...], value: Any) -> bool:
    if origin is frozenset:
        return isinstance(value, frozenset) and all(fits(args[0], one) for one in value)
    if issubclass(origin, Mapping):
        return isinstance(value, Mapping) and all(fits(args[0], key) and fits(args[1], one) for key, one in value.items())
    return callable(value)


def _fits_plain(hint: Any, value: Any) -> bool:
    if hint is int:
        return type(value) is int and -(2**63) <= value < 2**63
    if hint is str:
        return isinstance(value, str) and "\x00" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
    if hint is datetime:
        return isinstance(value, datetime) and value.tzinfo is not None
    if hint is date:
        return type(value) is date
    if hint is CatalogueSource:
        return isinstance(value, NoFiles)
    return hint is Any or isinstance(value, hint)
