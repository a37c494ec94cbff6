"""Who and what a how-to page names at the terminal is in the demo shop, or the page says how to make it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from retail_entrypoints.cli.demo_data import accounts

PAGES: Final = sorted((Path(__file__).parents[2] / "docs/how-to").glob("*.md"))
DEMO_STAFF: Final = {accounts.ADMIN_LOGIN}
DEMO_PLACES: Final = {"SH", "SZ"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_who_acts_is_there_or_taken_on_before(page: Path) -> None:
    """GEN-R13, ACC-R4: a command that is typed as the page has it does not fail for its names."""
    text = page.read_text(encoding="utf-8")
    for found in re.finditer(r"--as ([a-z-]+)", text):
        assert found[1] in DEMO_STAFF or f"staff add {found[1]} " in text[: found.start()], found[0]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_where_it_happens_is_there_or_opened_before(page: Path) -> None:
    """GEN-R13: likewise for warehouses and stores."""
    text = page.read_text(encoding="utf-8")
    for found in re.finditer(r"retail .*--(?:place|location) ([A-Z]+)", text):
        assert found[1] in DEMO_PLACES or f"open-location {found[1]} " in text[: found.start()], found[0]
