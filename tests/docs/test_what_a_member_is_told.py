"""The page that says what a member's export holds names all of it."""

from __future__ import annotations

import re
from pathlib import Path

from retail_domain.processes.leaving.manifest import holdings

PAGE = Path(__file__).parents[2] / "docs/how-to/know-and-forget-members.md"


def test_the_page_names_every_section_of_an_export_and_no_other() -> None:
    """PRV-R1: what the shop knows of a member is told whole, and so is what that is."""
    _, _, rest = PAGE.read_text(encoding="utf-8").partition("All sections are there")
    said = re.findall(r"`([a-z_]+)`", rest.partition("\n\n")[0])
    told = {one.name for one in holdings().values() if one.told}
    assert len(said) == len(set(said))
    assert set(said) == told
