"""The words of every body: closed, bounded, frozen (R34, DOR-R1).

No `from __future__ import annotations` here nor in the modules that declare bodies: Litestar reads the types at run time.
"""

from datetime import datetime
from typing import Annotated, Any, Final, TypeAlias
from uuid import UUID

from litestar.params import QueryParameter
from msgspec import Meta

from retail_domain.catalog.words import QUERY_LENGTH_MAX
from retail_domain.kernel.money import MINOR_MAX, Money
from retail_entrypoints.http.becoming import becoming, in_utc as in_utc
from retail_entrypoints.http.shaping import Shape, derived

_END: Final = r"$(?!\n)"  # `$` alone lets a trailing newline pass


class Body(Shape, frozen=True):
    """What a caller sends; unknown fields are refused (R34). Subclasses repeat `frozen=True` for the type checker."""


class Answer(Shape, frozen=True):
    """What the shop answers: the listed fields and no others (R34)."""


class NoWords(Body, frozen=True):
    """An empty object, for calls that need no words."""


Quantity = Annotated[int, Meta(ge=1, le=9_999, description="A number of units.", examples=[2])]
LineNumber = Annotated[int, Meta(ge=1, le=9_999, description="The number of a line of an order.", examples=[1])]
Count = Annotated[int, Meta(ge=0, le=10**9, description="How many.", examples=[10])]
Delta = Annotated[int, Meta(ge=-1_000_000, le=1_000_000, description="A change in units, up or down.", examples=[-3])]
Cents = Annotated[int, Meta(ge=0, le=MINOR_MAX, description="Minor units of the shop's currency.", examples=[1999])]
SignedCents = Annotated[int, Meta(ge=-MINOR_MAX, le=MINOR_MAX, description="Minor units.", examples=[1999])]
BasisPoints = Annotated[int, Meta(ge=0, le=10_000, description="A share; 10,000 is the whole.", examples=[8000])]
Points = Annotated[int, Meta(ge=0, le=10**9, description="Loyalty points.", examples=[0])]

Word = Annotated[str, Meta(min_length=1, max_length=64, description="A short name.")]
Text = Annotated[str, Meta(min_length=1, max_length=200, description="One line of text.")]
LongText = Annotated[str, Meta(max_length=10_000, description="Text of several lines.")]
Reason = Annotated[str, Meta(min_length=1, max_length=200, description="Why, in a sentence.", examples=["customer asked"])]
Code = Annotated[
    str, Meta(pattern=rf"^[A-Za-z0-9][A-Za-z0-9._-]{{0,63}}{_END}", description="A code of ASCII letters, digits and `._-`.")
]
KeyName = Annotated[
    str,
    Meta(
        pattern=rf"^[a-z0-9][a-z0-9._-]{{0,49}}{_END}", description="What the deeds of a program are recorded under, for good.",
        examples=["erp-sync"],
    ),
]  # fmt: skip
Currency = Annotated[str, Meta(pattern=rf"^[A-Z]{{3}}{_END}", description="ISO 4217.", examples=["CNY"])]
PhoneText = Annotated[
    str, Meta(min_length=5, max_length=32, description="A phone number as people write it.", examples=["+8613800138000"])
]
Secret = Annotated[str, Meta(min_length=1, max_length=200, description="A password or code.", examples=["lantern river 42"])]
Url = Annotated[str, Meta(max_length=2_000, pattern=rf"^https?://[^\s<>\"'\\]+{_END}", description="An http(s) address.")]
Uuid: TypeAlias = UUID
Instant = Annotated[datetime, Meta(tz=True, description="RFC 3339, answered in UTC.", examples=["2026-01-31T12:00:00Z"])]
FactValue: TypeAlias = Any
"""Any JSON value."""


class MoneyShape(Shape, frozen=True):
    """An amount of money in minor units of its currency."""

    minor: SignedCents
    currency: Currency

    of = derived(Money)

    to_money = becoming(Money)


# `query` is a reserved argument name in Litestar: handlers call it `words`.
Search = Annotated[str | None, QueryParameter(name="query", max_length=QUERY_LENGTH_MAX, description="Words to look for.")]
# Litestar takes a bound of 0 for none when it describes it.
MinorFilter = Annotated[
    int | None,
    QueryParameter(ge=0, le=MINOR_MAX, description="An amount in minor units.", schema_extra={"minimum": 0}),
]
