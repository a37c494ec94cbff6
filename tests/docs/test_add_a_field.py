"""The page about a new field is true: what it says is planted in a copy, kept on every store and shown, and counted."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.docs.following import PROJECT, PYTEST, Block, blocks_of, copy_of_the_project, follow_page, run

PAGE: Final = "docs/how-to/add-a-field.md"
PLACES_MAX: Final = 5
"""A field that comes with an order and stays with it must cost no more than this."""


def places() -> Iterator[Block]:
    """What is edited by hand, imports apart."""
    for block in blocks_of(PAGE):
        lines = [line[1:] for line in block.text.splitlines()]
        if block.kind == "diff" and not all(line.startswith(("from ", "import ")) for line in lines):
            yield block


def test_a_field_takes_five_places(capsys: pytest.CaptureFixture[str]) -> None:
    """What is counted is printed."""
    told = list(places())
    with capsys.disabled():
        print(f"\n  a field: {len(told)} places: {', '.join(block.path.rpartition('/')[2] for block in told)}")

    assert 0 < len(told) <= PLACES_MAX
    assert all(block.kind == "diff" or block.path.startswith("tests/") for block in blocks_of(PAGE))


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project in which the page was followed, its command too."""
    root = copy_of_the_project(tmp_path_factory.mktemp("project"))
    follow_page(root, PAGE)
    return root


@pytest.mark.postgres
def test_a_planted_field_passes_the_rooms_that_it_owes(copy: Path, postgres_url: str) -> None:
    """It comes in and is shown on the three stores, migrations make its column, and no update sets it."""
    rooms = ["tests/e2e/test_notes_of_buyers.py", "tests/integration/test_what_no_update_sets.py"]
    schema = ["tests/integration/test_migrations.py", "-k", "what_the_tables_say or knows_no_tables or no_update or note"]
    told = run(copy, [*PYTEST, "-x", *rooms, *schema])

    assert told.returncode == 0, told.stdout[-4_000:] + told.stderr[-2_000:]


FORGOTTEN: Final = (
    ("src/retail_domain/ordering/model/terms.py", "OrderView.note: Order has no note"),
    ("src/entrypoints/retail_entrypoints/http/orders.py", "PlaceOrder.note comes from nowhere"),
    ("src/adapters/retail_adapters/sql/tables/ordering.py", "orders has no column note"),
    ("src/retail_domain/ordering/queries.py", "OrderView has no note"),
)


@pytest.mark.parametrize(("left_out", "says"), FORGOTTEN)
def test_whoever_forgets_a_place_is_told_it_when_the_shop_starts(copy: Path, tmp_path: Path, left_out: str, says: str) -> None:
    root = Path(shutil.copytree(copy / "src", tmp_path / "src")).parent
    shutil.copy(PROJECT / left_out, root / left_out)
    told = run(root, [sys.executable, "-c", "import retail_entrypoints.http.routes, retail_adapters.assemble"])

    assert told.returncode != 0
    assert re.search(says, told.stderr), told.stderr[-1_000:]
