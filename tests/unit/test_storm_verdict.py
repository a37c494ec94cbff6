"""The judge of the storm sees what it is for: lost orders, orders nobody asked for, and bugs in the journal."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from attrs import frozen

from tests.support.crash.buyers import Promise, Records
from tests.support.crash.verdict import strangers, told_of_bugs

MINE, OTHER = UUID(int=1), UUID(int=2)


@frozen
class Summary:
    """As much of an order in a list as is looked at."""

    order_id: UUID


def records(*orders: UUID) -> Records:
    return Records(promises=[Promise("placed", str(order_id), {}) for order_id in orders])


@pytest.mark.parametrize(
    ("there", "promised", "found"),
    [
        ([MINE], [MINE], []),
        ([], [MINE], ["R15 a promised order is not there"]),
        ([MINE, OTHER], [MINE], ["R17 an order nobody was promised"]),
        ([MINE], [MINE, MINE], ["R17 an order promised twice"]),
    ],
    ids=["kept", "lost", "made twice", "told twice"],
)
def test_there_is_one_order_for_each_promise(there: list[UUID], promised: list[UUID], found: list[str]) -> None:
    """R15, R17."""
    orders: Any = [Summary(order_id) for order_id in there]

    assert [wrong.partition(":")[0] for wrong in strangers(orders, records(*promised))] == found


@pytest.mark.parametrize(
    ("line", "is_bug"),
    [
        (json.dumps({"severity": "info", "event": "request"}), False),
        (json.dumps({"severity": "error", "event": "server.not_opened", "code": "database.unreachable"}), False),
        (json.dumps({"severity": "error", "event": "worker.broken", "error": "KeyError"}), True),
        ('{"severity": "err', False),
        ("Traceback (most recent call last):", True),
    ],
    ids=["talk", "no database", "a bug", "cut off by a kill", "a bug nobody caught"],
)
def test_what_a_process_wrote_down_as_an_error_is_a_bug(line: str, is_bug: bool) -> None:
    """R31, R47: that its database was away is none."""
    assert bool(list(told_of_bugs(line))) is is_bug
