"""Which shelves the lines of an order come from: all or nothing, never more than there is, one place if there is one."""

from __future__ import annotations

from hypothesis import given, strategies as st

from retail_domain.inventory import StockItem, StockKey, allocate, short_of
from retail_domain.kernel.ids import LocationId, SkuId
from retail_domain.testing.baskets import sku
from retail_domain.testing.contracts.inventory import place
from tests.support.shelves import sellable_of

PLACES = [place(2), place(1), place(3)]
LINES = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 6)), min_size=1, max_size=5).map(
    lambda wanted: [(number, sku(goods), units) for number, (goods, units) in enumerate(wanted, 1)]
)
SHELVES = st.dictionaries(
    st.builds(StockKey, st.integers(1, 3).map(sku), st.sampled_from(PLACES)),
    st.tuples(st.integers(0, 9), st.integers(0, 3), st.integers(0, 3)),
).map(
    lambda shelves: {
        key: StockItem(key=key, on_hand=on_hand, reserved=min(reserved, on_hand), safety=safety)
        for key, (on_hand, reserved, safety) in shelves.items()
    }
)

Lines = list[tuple[int, SkuId, int]]
Shelves = dict[StockKey, StockItem]


def wanted(lines: Lines) -> dict[SkuId, int]:
    """Units by SKU, over all lines (R2)."""
    units: dict[SkuId, int] = {}
    for _, sku_id, many in lines:
        units[sku_id] = units.get(sku_id, 0) + many
    return units


def whole_from(lines: Lines, shelves: Shelves) -> LocationId | None:
    """The first place that has everything."""
    units = wanted(lines)
    for at in PLACES:
        if all((item := shelves.get(StockKey(one, at))) is not None and item.sellable >= many for one, many in units.items()):
            return at
    return None


def there(shelves: Shelves, sku_id: SkuId) -> int:
    """Units of a SKU that can be sold, wherever they lie."""
    return sum(item.sellable for key, item in shelves.items() if key.sku_id == sku_id)


@given(LINES, SHELVES, st.booleans())
def test_every_line_is_drawn_whole_and_no_shelf_below_what_can_be_sold(lines: Lines, shelves: Shelves, split: bool) -> None:
    """STK-R4, R1, R2: each unit from one shelf of its goods; several lines of one SKU share what is there."""
    drawn = allocate(lines, sellable_of(shelves), PLACES, split=split)
    if drawn is None:
        return
    for number, sku_id, units in lines:
        of_line = [one for one in drawn if one.line == number]
        assert sum(one.units for one in of_line) == units
        assert {one.key.sku_id for one in of_line} == {sku_id}
        assert len({one.key for one in of_line}) == len(of_line) and all(one.units > 0 for one in of_line)
    for key in {one.key for one in drawn}:
        assert sum(one.units for one in drawn if one.key == key) <= shelves[key].sellable


@given(LINES, SHELVES, st.booleans())
def test_what_one_place_has_comes_from_the_first_that_has_it(lines: Lines, shelves: Shelves, split: bool) -> None:
    """STK-R5: splitting is for what no single place has."""
    whole = whole_from(lines, shelves)
    drawn = allocate(lines, sellable_of(shelves), PLACES, split=split)
    if whole is not None:
        assert drawn is not None and {one.key.location_id for one in drawn} == {whole}
    elif not split:
        assert drawn is None


@given(LINES, SHELVES)
def test_with_splitting_everything_that_is_there_can_be_had(lines: Lines, shelves: Shelves) -> None:
    """STK-R5: refused exactly when a SKU has too few units in all places together, and then that SKU is named."""
    units = wanted(lines)
    short = tuple(sku_id for sku_id in sorted(units) if there(shelves, sku_id) < units[sku_id])
    assert (allocate(lines, sellable_of(shelves), PLACES, split=True) is None) == bool(short)
    if short:
        assert short_of(units, sellable_of(shelves), PLACES, split=True) == short


@given(LINES, SHELVES)
def test_a_line_comes_from_one_place_wherever_one_has_all_that_is_left_of_it(lines: Lines, shelves: Shelves) -> None:
    """STK-R5: no more parcels than needed; else the places in their order, each but the last one emptied."""
    drawn = allocate(lines, sellable_of(shelves), PLACES, split=True)
    if drawn is None or whole_from(lines, shelves) is not None:
        return
    left = {key: item.sellable for key, item in shelves.items()}
    for number, sku_id, units in lines:
        of_line = [one for one in drawn if one.line == number]
        whole = [at for at in PLACES if left.get(StockKey(sku_id, at), 0) >= units]
        if whole:
            assert [one.key.location_id for one in of_line] == whole[:1]
        else:
            assert [one.key.location_id for one in of_line] == sorted(
                (one.key.location_id for one in of_line), key=PLACES.index
            )
            assert all(left[one.key] == one.units for one in of_line[:-1])
        for one in of_line:
            left[one.key] -= one.units


@given(LINES, SHELVES, st.booleans())
def test_places_that_do_not_sell_give_nothing(lines: Lines, shelves: Shelves, split: bool) -> None:
    """STK-R5"""
    assert allocate(lines, sellable_of(shelves), [], split=split) is None
