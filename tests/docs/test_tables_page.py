"""The page of tables says what their declarations say, and these say what they must."""

from __future__ import annotations

import pytest
from sqlalchemy import Table

from retail_adapters.sql.tables.growth import NEVER, NONE, SWEPT, With
from retail_adapters.sql.tables.whole import TABLES, metadata
from scripts.reference_pages import PROJECT, TABLES_PAGE, tables_page

WITH_USE = {With.SALES, With.VISITS, With.STAFF}
FOUND_BY_NUMBER = {"deliveries"}
"""What ends nearly in the order in which it came needs no index by time."""
GO_WITH = {"message_occasions": "message_id", "message_sendings": "message_id", "job_papers": "job_id"}
"""What goes in the same portion as what it belongs to is found by that: a key or an index begins with it."""
TELL_OF_PEOPLE = {"phone", "recipient", "detail", "tracking_number"}


def test_the_page_of_tables_is_up_to_date() -> None:
    assert (PROJECT / TABLES_PAGE).read_text() == tables_page(TABLES), "run `make docs`: it writes the page anew"


def test_every_table_belongs_to_one_context_and_has_a_row() -> None:
    kept = [table.name for tables in TABLES.values() for table in tables]

    assert sorted(kept) == sorted(table.name for table in metadata.tables.values())
    assert all(tables_page(TABLES).count(f"\n| `{name}` |") == 1 for name in kept)


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
def test_a_table_with_a_phone_or_an_address_says_so(table: Table) -> None:
    """R40: who looks for personal data finds all of it on the page."""
    if TELL_OF_PEOPLE & {column.name for column in table.columns}:
        assert table.info["grows"].personal != NONE


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
def test_what_is_not_kept_for_good_says_how_it_goes_and_is_found_by_the_time_at_which_it_may(table: Table) -> None:
    grows = table.info["grows"]

    assert (grows.kept == "for good") == (grows.goes == "never")
    if grows.goes == SWEPT and table.name not in FOUND_BY_NUMBER:
        found_by = [*table.indexes, table.primary_key]
        first = {column.name for way in found_by for column in list(way.columns)[:1]}
        assert GO_WITH.get(table.name) in first or first & {"expires_at", "ends_at", "ended_at", "changed_at", "at"}


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
def test_what_grows_with_use_goes_one_day_or_says_why_it_stays(table: Table) -> None:
    """R40: nothing that comes with every order or visit is kept because nobody thought of its end."""
    grows = table.info["grows"]

    assert (grows.grows in WITH_USE and grows.goes == NEVER) == bool(grows.stays)
