"""The page of run-time settings says what the declarations say."""

from __future__ import annotations

from retail_adapters.assembly.policies import Policies
from retail_adapters.assembly.settings import declared_in
from scripts.reference_pages import PROJECT, RUN_TIME_PAGE, run_time_page


def test_the_page_of_run_time_settings_is_up_to_date() -> None:
    """SET-R1: `make docs` writes it."""
    assert (PROJECT / RUN_TIME_PAGE).read_text() == run_time_page(declared_in(Policies()))
