"""What staff change by file, wired."""

from __future__ import annotations

from retail_adapters.assembly.parts import Parts
from retail_domain.processes.delivery.edits_by_file import FileEdits, count_stock, edit_prices


def edits(parts: Parts) -> FileEdits:
    """What staff change by file, in a shop made of these parts."""
    return FileEdits(
        prices=parts.deciding(edit_prices, parts.policies.currency),
        counts=parts.deciding(count_stock, parts.policies.second_person),
    )
