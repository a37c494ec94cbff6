"""What programs of others keep with things: how it looks, how much it is, and who overwrites whom (NTE)."""

from __future__ import annotations

import json
import math
from typing import Any
from uuid import UUID

import pytest

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.errors import InvalidInput
from retail_domain.notes import BYTES_MAX, Notes, NotesChanged, ThingSort
from retail_domain.testing.goods import NOON

ERP, CRM = Actor.machine("erp"), Actor.machine("crm")
THING = UUID(int=7)


def fresh(sort: ThingSort = ThingSort.SKU) -> Notes:
    return Notes(sort=sort, thing_id=THING)


def after(*wanted: dict[str, Any], sort: ThingSort = ThingSort.SKU) -> Notes:
    notes = fresh(sort)
    for one in wanted:
        notes = notes.changed(one, actor=ERP, at=NOON).state
    return notes


def test_two_programs_keep_what_is_theirs_and_null_removes() -> None:
    """NTE-R2: what is not named stays, in whichever namespace."""
    notes = after({"erp.code": "A", "erp.lot": 7}, {"crm.code": "B"}, {"erp.code": None, "crm.tags": ["x", {"y": None}]})

    assert notes.values == {"erp.lot": 7, "crm.code": "B", "crm.tags": ["x", {"y": None}]}


def test_whoever_reads_cannot_change_what_is_kept() -> None:
    """NTE-R1"""
    wanted = {"erp.list": [1]}
    notes = after(wanted)
    wanted["erp.list"].append(2)
    notes.values["erp.list"].append(3)

    assert notes.values == {"erp.list": [1]}


LONG = ("e" * 33 + ".a", "erp." + "a" * 65)


@pytest.mark.parametrize("key", ["code", ".code", "erp.", "ERP.code", "1.code", "e p.code", "erp.\n", *LONG, ""])
def test_a_key_has_a_namespace(key: str) -> None:
    """NTE-R1: the refusal names the key."""
    with pytest.raises(InvalidInput) as refused:
        after({key: 1, "erp.good": 1})
    assert [(one.field, one.rule) for one in refused.value.problems] == [(f"values.{key}"[:107], "key")]


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        (math.inf, "number"), (math.nan, "number"), (2**53 + 1, "range"), ("a\x00", "nul"), ({"\ud800": 1}, "surrogates"),
        ([[[[[[[[[1]]]]]]]]], "depth"), ((1,), "type"), ({1: 2}, "type"),
    ],
)  # fmt: skip
def test_a_value_is_one_that_every_store_and_program_reads_alike(value: Any, rule: str) -> None:
    """NTE-R1"""
    with pytest.raises(InvalidInput) as refused:
        after({"erp.value": [value]} if rule != "depth" else {"erp.value": value})
    (problem,) = refused.value.problems
    assert problem.field == "values.erp.value" and problem.rule


@pytest.mark.parametrize("value", [True, 0, -1.5, 2**53, "", "中文", [], {}, {"a": [None]}, 1e300])
def test_any_other_value_comes_back_as_it_went_in(value: Any) -> None:
    """NTE-R1"""
    back = after({"erp.value": value}).values["erp.value"]
    assert back == value and type(back) is type(value)


def test_all_notes_of_a_thing_together_have_a_limit_in_bytes() -> None:
    """NTE-R1: whoever comes last is told, and nothing changes; removing makes room."""
    room = BYTES_MAX - len('{"a.a":""}')
    full = after({"a.a": "x" * room})
    assert len(full.text.encode()) == BYTES_MAX
    with pytest.raises(InvalidInput) as refused:
        full.changed({"b.b": 1}, actor=CRM, at=NOON)
    assert [(one.field, one.rule) for one in refused.value.problems] == [("values", "size")]
    with pytest.raises(InvalidInput):
        after({"a.a": "茶" * (room // 3 + 1)})
    assert full.changed({"a.a": None, "b.b": 1}, actor=CRM, at=NOON).state.values == {"b.b": 1}


def test_an_event_tells_what_changed_and_nothing_about_people() -> None:
    """NTE-R4, R40: values are in it for goods; of a member or an order, keys alone. What is set to what it is tells nothing."""
    before = after({"erp.code": "A", "erp.old": 1, "erp.same": True})
    (event,) = before.changed({"erp.code": "B", "erp.old": None, "erp.same": True, "erp.none": None}, actor=ERP, at=NOON).events
    assert isinstance(event, NotesChanged)
    assert (event.sort, event.thing_id, event.actor) == ("sku", THING, ERP)
    assert (event.set, event.removed) == (("erp.code",), ("erp.old",))
    assert json.loads(event.values) == {"erp.code": "B"}
    for sort in (ThingSort.MEMBER, ThingSort.ORDER):
        (event,) = fresh(sort).changed({"crm.name": "李雷"}, actor=CRM, at=NOON).events
        assert isinstance(event, NotesChanged) and (event.set, event.values) == (("crm.name",), "")
    assert before.changed({"erp.same": True, "erp.none": None}, actor=ERP, at=NOON).events == ()
