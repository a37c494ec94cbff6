"""The page of run-time settings says what the declarations say."""

from __future__ import annotations

from retail_adapters.assembly.policies import Policies
from retail_adapters.assembly.settings import declared_in
from scripts.reference_pages import PROJECT, RUN_TIME_PAGE, run_time_page


def test_the_page_of_run_time_settings_is_up_to_date() -> None:
    """SET-R1: `make docs` writes it."""
    assert (PROJECT / RUN_TIME_PAGE).read_text() == run_time_page(declared_in(Policies()))


def test_only_what_is_a_region_is_told_as_digits_of_one() -> None:
    """SET-R1: a setting with parts says that it is one; a kind that nobody has words for is a mistake, not a region."""
    rows = [line.split(" | ") for line in run_time_page(declared_in(Policies())).splitlines() if line.startswith("| `")]
    assert {row[0].strip("| `") for row in rows if "digits of codes" in row[3]} == {"delivery.regions_not_served"}
    assert "JSON" in next(row[3] for row in rows if row[0] == "| `tiers.ladder`")
