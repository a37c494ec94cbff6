"""Events that were stored are read again, whichever release stored them (R27, R44)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any, ClassVar, Final
from uuid import UUID

import msgspec
import pytest
from attrs import frozen

from retail_adapters.serialization import EventCodec
from retail_adapters.serialization.events import EVERY_EVENT
from retail_adapters.serialization.upcasting import UPCASTERS
from retail_domain.kernel.events import Event
from retail_domain.kernel.ids import OrderId, SkuId
from tests.upgrade import stored

KEPT: Final = stored.in_json((Path(__file__).parents[1] / "upgrade/v0_1_0/rows.json").read_text())["tables"]["events"]
STORED: Final = [dict(zip(KEPT["columns"], row, strict=True)) for row in KEPT["rows"]]
NOON: Final = datetime(2026, 6, 1, 12, tzinfo=UTC)


@frozen
class Row:
    """Units of a line that has a number."""

    line: int
    sku_id: SkuId
    quantity: int


@frozen(kw_only=True)
class PlacedInRows(Event):
    """An order as a later release might tell of it: lines have numbers, and the money is gone from the event."""

    name: ClassVar[str] = "order.placed"
    version: ClassVar[int] = 3

    order_id: OrderId
    rows: tuple[Row, ...]

    @property
    def aggregate_id(self) -> UUID:
        return self.order_id


def _numbered(body: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**body, "units": [{**one, "line": at} for at, one in enumerate(body["units"], 1)]}


def _in_rows(body: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"rows": body["units"]} | {name: value for name, value in body.items() if name != "units"}


LATER: Final = {("order.placed", 1): _numbered, ("order.placed", 2): _in_rows}


def _tells(again: Any, body: Any) -> bool:
    """Whether everything that was said is still said; more may be."""
    if isinstance(body, dict):
        return all(name in again and _tells(again[name], value) for name, value in body.items())
    if isinstance(body, list):
        return len(again) == len(body) and all(map(_tells, again, body))
    return bool(again == body)


def test_every_event_of_the_release_before_is_read() -> None:
    """R44: what 0.1.0 stored, and nothing in it is lost."""
    codec = EventCodec(EVERY_EVENT)

    for one in STORED:
        body = msgspec.json.decode(one["body"])
        event = codec.read(one["name"], one["version"], body)
        assert (event.name, event.aggregate_id.bytes) == (one["name"], stored.read(one["aggregate_id"]))
        assert _tells(msgspec.json.decode(msgspec.json.encode(codec.write(event))), body)
    assert {one["name"] for one in STORED} > {"order.placed", "order.paid", "order.shipped", "order.refunded", "order.closed"}


@pytest.mark.parametrize("version", [1, 2, 3])
def test_an_older_version_is_read_step_by_step(version: int) -> None:
    """R44: the orders 0.1.0 stored, read as a later release might; each of its versions on the way."""
    codec = EventCodec([PlacedInRows], LATER)

    for one in STORED:
        if one["name"] != "order.placed":
            continue
        first = body = msgspec.json.decode(one["body"])
        for step in range(1, version):
            body = LATER["order.placed", step](body)

        event = codec.read("order.placed", version, body)

        assert isinstance(event, PlacedInRows)
        assert [row.line for row in event.rows] == list(range(1, len(first["units"]) + 1))
        assert [(str(row.sku_id), row.quantity) for row in event.rows] == [(u["sku_id"], u["quantity"]) for u in first["units"]]
        assert "line" not in first["units"][0]


def test_a_version_that_nobody_can_bring_forward_is_refused_at_once() -> None:
    """R44: when the shop is put together, not when the first such event is met."""
    with pytest.raises(ValueError, match=r"no upcaster from version 2 of order\.placed"):
        EventCodec([PlacedInRows], {("order.placed", 1): _numbered})


def test_a_field_that_could_be_written_and_not_read_is_refused_at_once() -> None:
    @frozen(kw_only=True)
    class Timed(PlacedInRows):
        name: ClassVar[str] = "order.timed"
        version: ClassVar[int] = 1
        hours: tuple[time, ...] | None = None

    with pytest.raises(ValueError, match=r"order\.timed could be written and not read"):
        EventCodec([Timed])


@pytest.mark.parametrize("version", [0, 4])
def test_what_a_later_release_stored_waits_for_it(version: int) -> None:
    """R27: it is not guessed at."""
    event = PlacedInRows(at=NOON, order_id=OrderId(UUID(int=1)), rows=())
    codec = EventCodec([PlacedInRows], LATER)

    with pytest.raises(LookupError):
        codec.read("order.placed", version, codec.write(event))


def test_every_upcaster_brings_forward_an_event_of_ours() -> None:
    """None is left behind, and none skips a version."""
    newest = {kind.name: kind.version for kind in EVERY_EVENT}

    assert all(1 <= version < newest[name] for name, version in UPCASTERS)
