"""The laws of money: GEN-R1 to GEN-R5, GEN-I1 to GEN-I5, and the cases other shops got wrong."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.money import (
    MINOR_MAX,
    Money,
    Rate,
    allocate,
    allocate_by,
    allocate_capped,
    exponent,
    parse_minor,
    refund_of_units,
    spread_discount,
    total,
    worth_of_units,
)

amounts = st.integers(0, 10**7)
weights = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), st.integers(0, 10**6) | st.integers(0, 5), min_size=1)


@st.composite
def splits(draw: st.DrawFn) -> tuple[dict[str, int], int]:
    parts = draw(weights)
    return parts, draw(st.integers(0, sum(parts.values())))


@st.composite
def capped_splits(draw: st.DrawFn) -> tuple[dict[str, int], dict[str, int], int]:
    parts = draw(weights)
    caps = {key: draw(st.integers(0, 1_000)) for key in parts}
    return parts, caps, draw(st.integers(0, sum(caps.values())))


@st.composite
def partitions(draw: st.DrawFn) -> tuple[int, list[int]]:
    """A line's total and its units cut into refunds, in some order."""
    pieces = draw(st.lists(st.integers(1, 9), min_size=1, max_size=9))
    return draw(amounts), pieces


@given(splits())
def test_splitting_neither_makes_nor_loses_a_cent(split: tuple[dict[str, int], int]) -> None:
    """GEN-I1, GEN-R3"""
    parts, amount = split

    assert sum(allocate(parts, amount).values()) == amount


@given(splits())
def test_no_share_passes_its_weight(split: tuple[dict[str, int], int]) -> None:
    """GEN-I2, GEN-R3"""
    parts, amount = split

    shares = allocate(parts, amount)

    assert all(0 <= shares[key] <= weight for key, weight in parts.items())


@given(splits())
def test_a_share_is_less_than_one_cent_from_its_exact_quota(split: tuple[dict[str, int], int]) -> None:
    """GEN-I3"""
    parts, amount = split

    shares = allocate(parts, amount)

    whole = sum(parts.values())
    assert all(abs(shares[key] - Fraction(amount * weight, whole or 1)) < 1 for key, weight in parts.items())


@given(splits(), st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_move_a_cent(split: tuple[dict[str, int], int], random) -> None:
    """GEN-R3: ties are broken by key, never by position."""
    parts, amount = split
    shuffled = list(parts.items())
    random.shuffle(shuffled)

    assert allocate(dict(shuffled), amount) == allocate(parts, amount)


@pytest.mark.parametrize("amount", [-1, 8])
def test_more_than_the_lines_cost_or_less_than_nothing_cannot_be_split(amount: int) -> None:
    """GEN-R3: requires 0 <= amount <= sum of weights."""
    with pytest.raises(ValueError):
        allocate({"a": 3, "b": 4}, amount)


@pytest.mark.parametrize(
    ("payables", "discount", "expected"),
    [
        pytest.param({str(n): 1 for n in range(10)}, 7, None, id="Saleor: 0.07 over ten lines of 0.01 makes no surcharge"),
        pytest.param({"a": 3_000, "b": 1}, 2_999, {"a": 2_998, "b": 1}, id="yudao: 29.99 off 30.00 and 0.01"),
        pytest.param({"a": 3, "b": 3, "c": 1}, 2, {"a": 1, "b": 1, "c": 0}, id="yudao: 2 cents off 3, 3 and 1"),
        pytest.param({"a": 3_333, "b": 3_333, "c": 3_334}, 1_000, {"a": 333, "b": 333, "c": 334}, id="mall: a third"),
        pytest.param({"a": 5, "b": 5}, 100, {"a": 5, "b": 5}, id="GEN-R3: a discount larger than its base is clamped"),
        pytest.param({"b": 1, "a": 1}, 1, {"b": 0, "a": 1}, id="GEN-R3: a tie goes by key, not by what was typed first"),
    ],
)
def test_the_cases_other_shops_got_wrong(payables: dict[str, int], discount: int, expected: dict[str, int] | None) -> None:
    """GEN-R3, PRC-I5"""
    shares = spread_discount(payables, discount)

    assert sum(shares.values()) == min(discount, sum(payables.values()))
    assert all(0 <= shares[key] <= payables[key] for key in payables)
    assert expected is None or shares == expected


@given(capped_splits())
def test_a_capped_split_is_exact_and_passes_no_cap(split: tuple[dict[str, int], dict[str, int], int]) -> None:
    """GEN-I5, GEN-R4"""
    parts, caps, amount = split

    shares = allocate_capped(parts, caps, amount)

    assert sum(shares.values()) == amount
    assert all(0 <= shares[key] <= caps[key] for key in parts)


@given(splits())
def test_a_cap_that_is_the_weight_changes_nothing(split: tuple[dict[str, int], int]) -> None:
    """GEN-R4 agrees with GEN-R3 where both apply."""
    parts, amount = split

    assert allocate_capped(parts, parts, amount) == allocate(parts, amount)


def test_what_a_full_line_refuses_flows_to_the_others() -> None:
    """GEN-R4: water-fill."""
    assert allocate_capped({"a": 100, "b": 100, "c": 100}, {"a": 10, "b": 100, "c": 100}, 150) == {"a": 10, "b": 70, "c": 70}


def test_caps_that_cannot_hold_the_amount_are_refused() -> None:
    """GEN-R4, GEN-I5"""
    with pytest.raises(ValueError):
        allocate_capped({"a": 1, "b": 1}, {"a": 2, "b": 2}, 5)


@given(weights, amounts)
def test_freight_by_weight_is_split_exactly_whatever_the_weights(parts: dict[str, int], amount: int) -> None:
    """GEN-I1 and GEN-I3 for weights that are no caps."""
    whole = sum(parts.values())
    if whole == 0 and amount:
        with pytest.raises(ValueError):
            allocate_by(parts, amount)
        return

    shares = allocate_by(parts, amount)

    assert sum(shares.values()) == amount
    assert all(abs(shares[key] - Fraction(amount * weight, whole or 1)) < 1 for key, weight in parts.items())


@given(st.dictionaries(st.text("abc", min_size=1, max_size=2), st.integers(0, 500), min_size=1), st.data())
def test_a_discount_stops_at_the_floor_of_a_line(payables: dict[str, int], data: st.DataObject) -> None:
    """GEN-R4, PRC-R3: the clamp and the floors."""
    floors = {key: data.draw(st.integers(0, 600)) for key in payables}
    discount = data.draw(st.integers(0, 3_000))

    shares = spread_discount(payables, discount, floors)

    room = sum(max(0, payables[key] - floors[key]) for key in payables)
    assert sum(shares.values()) == min(discount, room)
    assert all(0 <= shares[key] <= max(0, payables[key] - floors[key]) for key in payables)


@given(partitions())
def test_refunding_a_line_in_any_pieces_pays_exactly_its_total(partition: tuple[int, list[int]]) -> None:
    """GEN-I4, GEN-R5"""
    line_total, pieces = partition
    quantity, paid, before = sum(pieces), 0, 0

    for piece in pieces:
        paid += refund_of_units(line_total, quantity, before, piece)
        before += piece
        assert 0 <= paid <= line_total

    assert paid == line_total


@given(amounts, st.integers(1, 50), st.data())
def test_the_first_units_of_a_line_are_never_worth_more_than_more_of_them(line_total: int, quantity: int, data) -> None:
    """GEN-R5"""
    fewer, more = sorted(data.draw(st.tuples(st.integers(0, quantity), st.integers(0, quantity))))

    assert worth_of_units(line_total, quantity, fewer) <= worth_of_units(line_total, quantity, more)


@pytest.mark.parametrize(("quantity", "first"), [(3, 4), (3, -1), (0, 0)])
def test_units_beyond_the_line_are_worth_nothing_that_can_be_said(quantity: int, first: int) -> None:
    """GEN-R5"""
    with pytest.raises(ValueError):
        worth_of_units(100, quantity, first)


@given(amounts, st.integers(0, 10_000))
def test_a_percentage_price_and_its_discount_make_up_the_amount(amount: int, bps: int) -> None:
    """GEN-R2: half up, and 0 <= discount <= amount."""
    payable = Rate(bps).of(amount)

    assert 0 <= amount - payable <= amount
    assert abs(payable - Fraction(amount * bps, 10_000)) <= Fraction(1, 2)
    assert Rate(bps).of_rounded_down(amount) == amount * bps // 10_000


@pytest.mark.parametrize(("amount", "bps", "payable"), [(1_000, 8_000, 800), (5, 5_000, 3), (1, 4_999, 0), (1, 5_000, 1)])
def test_a_half_is_rounded_up(amount: int, bps: int, payable: int) -> None:
    """GEN-R2; 8折 is 8,000 basis points (GEN-R1)."""
    assert Rate(bps).of(amount) == payable


@pytest.mark.parametrize("minor", [1.0, "1", True, None])
def test_money_is_a_whole_number_and_nothing_else(minor: object) -> None:
    """GEN-R1, R4: no float anywhere, and a bool is no amount."""
    with pytest.raises(InvalidInput, match="minor: a whole number"):
        Money(minor, "CNY")  # type: ignore[arg-type]


def test_money_of_two_currencies_does_not_mix() -> None:
    """GEN-R1"""
    with pytest.raises(ValueError):
        Money(1, "CNY") + Money(1, "GBP")


@pytest.mark.parametrize("bps", [-1, 10_001])
def test_a_rate_lies_between_nothing_and_the_whole(bps: int) -> None:
    """GEN-R1"""
    with pytest.raises(ValueError):
        Rate(bps)


@given(st.integers(-MINOR_MAX, MINOR_MAX), st.sampled_from(("CNY", "JPY", "KWD", "CLF")))
def test_an_amount_reads_as_it_was_written(minor: int, currency: str) -> None:
    """GEN-R1, R4: text and back, exactly, for every exponent of ISO 4217."""
    assert parse_minor(Money(minor, currency).text(), currency) == minor


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("1.005", "CNY"),
        ("1.5", "JPY"),
        ("1e3", "CNY"),
        ("", "CNY"),
        ("1.", "CNY"),
        (".5", "CNY"),
        ("١", "CNY"),
        ("+1", "CNY"),
        ("--1", "CNY"),
        (" 1", "CNY"),
        ("10000000000.01", "CNY"),
    ],
)
def test_what_is_no_plain_amount_is_refused(text: str, currency: str) -> None:
    """GEN-R1: never guess what a price means."""
    with pytest.raises(ValueError):
        parse_minor(text, currency)


@given(st.lists(st.integers(-1_000, 1_000)))
def test_a_sum_of_money_is_the_sum_of_its_cents(minors: list[int]) -> None:
    """GEN-R1, R4"""
    assert total((Money(minor, "CNY") for minor in minors), "CNY") == Money(sum(minors), "CNY")


def test_the_exponent_comes_from_iso_4217() -> None:
    """GEN-R1"""
    assert [exponent(currency) for currency in ("CNY", "JPY", "KWD", "CLF")] == [2, 0, 3, 4]
