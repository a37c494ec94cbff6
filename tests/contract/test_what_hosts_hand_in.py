"""Whatever a host wishes, it hears an answer or a refusal of the documented kind, on every store (GEN-R22, GEN-R15)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from operator import attrgetter
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

import attrs
import pytest

from retail_domain.inventory import AdjustStock
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.checked import WHOLE_MAX, Between
from retail_domain.kernel.errors import DomainError, InvalidInput
from retail_domain.kernel.ids import SkuId
from retail_domain.kernel.paging import PageRequest
from retail_entrypoints.cli.demo_data import LOCATION
from tests.e2e.whole_shop import WholeShop, open_whole_shop
from tests.support.stores import STORES, Place, place_of
from tests.support.wishes import all_of, by_use_case, given_to

US: Final = Actor.system("host")
SLOW: Final = frozenset({"accounts.register", "accounts.reset_password", "accounts.change_password", "accounts.add_staff"})
"""These hash a password: of them fewer are tried."""


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


def extremes(hint: Any) -> tuple[Any, ...]:
    """What fits an annotation and is far from what anybody would say."""
    hint = getattr(hint, "__supertype__", hint)
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        bounds = next((one for one in args if isinstance(one, Between)), None)
        return (bounds.least, bounds.most) if bounds is not None else extremes(args[0])
    if origin in (Union, UnionType):
        return (None, *(value for one in args if one is not NoneType for value in extremes(one)))
    if origin is tuple:
        return ((), *(((one,) * 2) for one in extremes(args[0]) if args[-1] is Ellipsis))
    plain = {
        int: (-WHOLE_MAX - 1, 0, WHOLE_MAX), str: ("", " ", "x" * 5_000, "\u202e", "two\nlines"), bool: (True, False),
        bytes: (b"", b"\xff"), datetime: (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)),
    }  # fmt: skip
    return plain.get(hint, ())


def wishes(hint: Any) -> Iterator[Any]:
    """A right one, and one for each extreme of each field and of each part."""
    if not (isinstance(hint, type) and attrs.has(hint)):
        yield from (one for part in get_args(hint) for one in wishes(part))
        return
    usual = {name: None if name == "once" else value for name, value in all_of(hint).items()}
    yield hint(**usual)
    for name, kind in given_to(hint).items():
        parts = wishes(kind) if isinstance(kind, type) and attrs.has(kind) and kind is not Actor else ()
        if name == "once":
            continue  # under one key the same is answered again, whatever is asked
        for value in (*extremes(kind), *parts):
            try:
                yield hint(**{**usual, name: value})
            except InvalidInput:
                continue


async def test_every_use_case_answers_or_refuses_whatever_it_is_asked(place: Place) -> None:
    """GEN-R15: never an error of Python or of a driver; each store does the same."""
    bare = []
    async with open_whole_shop(place) as shop:
        for name, hint in by_use_case().items():
            tried = list(wishes(hint))
            for wish in tried[: 3 if name in SLOW or place.kind != "memory" else len(tried)]:
                try:
                    await attrgetter(name)(shop.retail)(wish)
                except DomainError:
                    continue
                except Exception as error:
                    bare.append(f"{name}({wish!r}): {type(error).__name__} {error}"[:300])

    assert bare == []


@pytest.mark.parametrize("change", [1.5, True, "1", None, 10**30])
async def test_a_count_is_corrected_by_whole_units_or_not_at_all(place: Place, change: Any) -> None:
    """GEN-R22, STK-R3: half a unit, `True` and a number that no column holds are refused by name, and nothing has changed."""
    async with open_whole_shop(place) as shop:
        shelf = (await shop.retail.inventory.show.stock(PageRequest())).items[0]
        with pytest.raises(InvalidInput) as told:
            await _adjusted(shop, shelf.sku_id, change)
        after = (await shop.retail.inventory.show.stock(PageRequest())).items[0]

    assert [(one.field, one.rule) for one in told.value.problems] == [("change", "range" if change == 10**30 else "type")]
    assert after == shelf


async def _adjusted(shop: WholeShop, sku_id: SkuId, change: Any) -> None:
    wish = AdjustStock(sku_id=sku_id, location=LOCATION, change=change, reason="recount", actor=US)
    await shop.retail.inventory.adjust(wish)
