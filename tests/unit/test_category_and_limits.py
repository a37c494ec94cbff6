"""The tree of categories, and counters behind purchase limits."""

from __future__ import annotations

import pytest

from retail_domain.catalog import Category, CategoryLoop, CategoryTooDeep, PurchaseCounter, PurchaseKey, PurchaseLimitReached
from retail_domain.testing.goods import a_category, category_id, member_id, product_id

KEY = PurchaseKey(member_id(1), product_id(1))


def a_branch(depth: int) -> list[Category]:
    """Categories each below the one before."""
    branch = [a_category(1).state]
    for number in range(2, depth + 1):
        branch.append(a_category(number, below=branch[-1]).state)
    return branch


def test_a_category_knows_its_way_from_the_root() -> None:
    root, middle, leaf = a_branch(3)

    assert leaf.path == (root.id, middle.id, leaf.id)
    assert leaf.parent_id == middle.id
    assert root.contains(leaf)
    assert not leaf.contains(root)


def test_a_sixth_level_is_refused() -> None:
    with pytest.raises(CategoryTooDeep):
        a_category(6, below=a_branch(5)[-1])


def test_a_category_cannot_move_below_itself() -> None:
    root, middle, leaf = a_branch(3)

    with pytest.raises(CategoryLoop):
        root.move(leaf)
    with pytest.raises(CategoryLoop):
        middle.move(middle)


def test_what_lies_below_comes_along() -> None:
    _root, middle, leaf = a_branch(3)
    elsewhere = a_category(9).state

    moved = middle.move(elsewhere)

    assert leaf.follow(moved).state.path == (elsewhere.id, middle.id, leaf.id)


def test_a_move_that_would_make_the_tree_too_deep_is_refused() -> None:
    branch = a_branch(5)
    elsewhere = a_category(9).state

    moved = elsewhere.move(branch[3])
    below = Category.below(elsewhere, id=category_id(10), code="c10", name="n").state

    assert len(moved.state.path) == 5
    with pytest.raises(CategoryTooDeep):
        below.follow(moved)


def test_a_counter_counts_up_to_the_limit_and_no_further() -> None:
    """GEN-R9"""
    counter = PurchaseCounter(key=KEY).take(2, ceiling=3).state

    with pytest.raises(PurchaseLimitReached) as refused:
        counter.take(2, ceiling=3)

    assert (refused.value.limit, refused.value.taken, refused.value.wanted) == (3, 2, 2)
    assert counter.take(1, ceiling=3).state.taken == 3


def test_units_given_back_can_be_taken_again() -> None:
    full = PurchaseCounter(key=KEY).take(3, ceiling=3).state

    assert full.give_back(2).state.take(2, ceiling=3).state.taken == 3


def test_a_limit_that_was_lowered_refuses_more_but_not_the_past() -> None:
    counter = PurchaseCounter(key=KEY).take(3, ceiling=5).state

    with pytest.raises(PurchaseLimitReached):
        counter.take(1, ceiling=2)
    assert counter.give_back(3).state.taken == 0


@pytest.mark.parametrize("quantity", [0, -1])
def test_only_whole_units_are_counted(quantity: int) -> None:
    counter = PurchaseCounter(key=KEY, taken=1, ceiling=9)

    with pytest.raises(ValueError, match="at least one"):
        counter.take(quantity, ceiling=9)
    with pytest.raises(ValueError, match="at least one"):
        counter.give_back(quantity)


def test_nothing_is_given_back_that_was_not_taken() -> None:
    with pytest.raises(ValueError, match="between none and the ceiling"):
        PurchaseCounter(key=KEY, taken=1, ceiling=2).give_back(2)
