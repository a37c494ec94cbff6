"""What whoever is bound to places is shown: each list is a statement for everybody, and one narrowed to places (R35)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen
from sqlalchemy import ColumnElement, Select, exists, or_, select

from retail_adapters.sql.statement import AnyOf, Statement
from retail_adapters.sql.tables.inventory import reservations
from retail_adapters.sql.tables.ordering import orders
from retail_domain.kernel.places import Places

_PLACES = "places"


@frozen
class Narrowing:
    """One question, asked without bounds and within some places."""

    anywhere: Statement
    within: Statement


def narrowing(name: str, clause: Select[Any], here: ColumnElement[bool]) -> Narrowing:
    """Both statements; who is bound to no place is asked for none."""
    return Narrowing(Statement(name, clause), Statement(f"{name}_within", clause.where(here)))


def bound(question: Narrowing, within: Places) -> tuple[Statement, Mapping[str, Any]]:
    """The statement for somebody, and its values."""
    return (question.anywhere, {}) if within.is_everywhere else (question.within, {_PLACES: within.bound_to})


def at(location_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Something lies at one of the places."""
    return AnyOf(location_id, _PLACES)


def of_places(order_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """An order is within the places where its goods lie or lay, and where it is collected."""
    promised = select(reservations.c.order_id).where(
        reservations.c.order_id == order_id, reservations.c.owner_kind == "order", at(reservations.c.location_id)
    )
    there = orders.alias("collected")
    collected = select(there.c.id).where(there.c.id == order_id, at(there.c.store_id))
    return or_(exists(promised), exists(collected))
