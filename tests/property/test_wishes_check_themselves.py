"""Whatever a host hands to the library is checked when it is made, and refused by field and rule (GEN-R22)."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any, Final

import pytest
from hypothesis import given, settings, strategies as st

from retail_domain.inventory import AdjustStock
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.errors import DomainError, InvalidInput
from retail_domain.kernel.ids import SkuId
from retail_domain.kernel.limits import Limits
from retail_domain.kernel.money import Money, Rate
from retail_domain.kernel.paging import PageRequest
from retail_domain.ordering import OrderTimers
from tests.support.wishes import AN_ID, all_of, by_use_case, fits, given_to, parts_of

ALONE: Final = (PageRequest, Limits, OrderTimers, Rate)
"""Values that no wish is made of."""
KINDS: Final = sorted(
    {*ALONE, *(part for hint in by_use_case().values() for part in parts_of(hint))}, key=lambda kind: kind.__qualname__
)
ODD: Final = st.one_of(
    st.sampled_from([
        None, True, False, 0, -1, 1.5, 1.0, "1", "", "\x00", "half \ud800", b"1", object(), [], {}, (), (None,), (1.5, True),
        {"a": 1}, frozenset({1}), 2**63, -(2**63) - 1, 10**30, float("nan"), datetime(2026, 1, 31), date(2026, 1, 31),
        datetime(2026, 1, 31, tzinfo=UTC), Money(1, "CNY"), AN_ID, str(AN_ID), Actor.system("x"), int, len, 1j,
    ]),
    st.integers(), st.floats(), st.text(), st.binary(max_size=4), st.lists(st.integers(), max_size=2).map(tuple),
)  # fmt: skip


def test_every_wish_of_the_shop_and_everything_it_is_made_of_checks_itself() -> None:
    """GEN-R22: a wish without it would fail deep inside, or be stored as it is."""
    assert len(KINDS) > 90
    assert [kind.__qualname__ for kind in KINDS if not hasattr(kind, "__checked__")] == []
    assert [kind.__qualname__ for kind in KINDS if set(kind.__checked__) != set(given_to(kind))] == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__qualname__)
def test_a_right_one_can_be_made(kind: Any) -> None:
    assert kind(**all_of(kind))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if given_to(kind)], ids=lambda kind: kind.__qualname__)
@settings(max_examples=20)
@given(data=st.data())
def test_a_wrong_value_of_any_field_is_refused_by_its_name(kind: Any, data: st.DataObject) -> None:
    """GEN-R22, GEN-R15: the refusal that doors know, with field and rule; nothing else is ever raised."""
    hints = given_to(kind)
    name, value = data.draw(st.sampled_from(sorted(hints))), data.draw(ODD)
    given_values = {**all_of(kind), name: value}

    if fits(hints[name], value):
        with suppress(InvalidInput):  # for what the annotation cannot say
            kind(**given_values)
        return
    with pytest.raises(InvalidInput) as told:
        kind(**given_values)
    assert {problem.field.partition("[")[0].partition(".")[0] for problem in told.value.problems} == {name}
    assert all(problem.rule and problem.message for problem in told.value.problems)


def test_every_field_to_blame_is_named_at_once() -> None:
    with pytest.raises(InvalidInput) as told:
        AdjustStock(sku_id=SkuId(AN_ID), location=None, change=1.5, reason="recount", actor="me")  # type: ignore[arg-type]

    named = [(one.field, one.rule) for one in told.value.problems]
    assert named == [("location", "type"), ("change", "type"), ("actor", "type")]


def test_what_is_refused_is_a_value_error_to_python_and_a_refusal_to_the_shop() -> None:
    """GEN-R15: a host that catches either hears of it."""
    assert issubclass(InvalidInput, ValueError) and issubclass(InvalidInput, DomainError)
