"""The table of what use cases may ask of a database: it is read as it was written, and no number in it grows by itself."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, strategies as st

from tests.support.statements import DATABASES, StatementTable

word = st.text("abz_", min_size=1, max_size=4)
names = st.lists(word | st.tuples(word, word).map(".".join), max_size=5).map(tuple)
rows = st.dictionaries(st.sampled_from(DATABASES), names, min_size=1)
tables = st.builds(StatementTable, st.dictionaries(st.text("az' ", min_size=1, max_size=4).map("a".__add__), rows, max_size=4))
BEFORE = StatementTable({"place": {"sqlite": ("begin", "orders.insert"), "postgres": ("orders.insert",)}})


@given(table=tables)
def test_it_is_read_as_it_was_written(table: StatementTable) -> None:
    with TemporaryDirectory() as folder:
        table.write(Path(folder) / "table.toml")

        assert StatementTable.read(Path(folder) / "table.toml") == table


def test_fewer_statements_and_other_names_are_taken_over() -> None:
    assert BEFORE.renewed("sqlite", {"place": ["orders.write"]}).of("place", "sqlite") == ("orders.write",)
    assert BEFORE.renewed("sqlite", {"place": ["begin", "orders.write"]}).of("place", "sqlite") == ("begin", "orders.write")


def test_a_larger_number_is_not_taken_over() -> None:
    """R46: the use case then fails by the table, until somebody takes its entry out."""
    assert BEFORE.renewed("postgres", {"place": ["begin", "orders.insert"]}) == BEFORE


def test_new_use_cases_come_and_those_that_are_gone_go() -> None:
    renewed = BEFORE.renewed("sqlite", {"pay": ["begin"]})

    assert renewed.rows == {"pay": {"sqlite": ("begin",)}}


def test_what_no_table_says_is_not_allowed(tmp_path: Path) -> None:
    assert StatementTable.read(tmp_path / "none.toml").of("place", "sqlite") is None
