"""Laws of members who move in: one member a phone, one opening entry a member, and all of a file or nothing (ACC-R18)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from retail_domain.testing.simulation.auditor import Auditor, EndLaw, RowLaw
from retail_domain.testing.simulation.known import phoned
from retail_domain.testing.simulation.traffic import RowChange


def one_member_a_phone(auditor: Auditor, row: RowChange) -> str | None:
    """ACC-R1: whoever hands it in, and however often."""
    if row.after is None or row.after.phone is None:
        return None
    many = sum(one.phone == row.after.phone for one in phoned(auditor))
    return f"{many} members have the phone of {row.key}" if many > 1 else None


def opening_entries_stay(auditor: Auditor, row: RowChange) -> str | None:
    """ACC-R18: they are made once, and never change."""
    return None if row.before is None and row.after is not None else f"the opening entry of {row.key} was changed"


def nobody_came_by_themselves(auditor: Auditor) -> Iterator[str]:
    """ACC-R18: whoever was moved in stands in a file that was not refused; a trial, or a refused file, leaves nobody."""
    totals = auditor.mirror.tables["opening_totals"]
    for one in phoned(auditor):
        files = auditor.book.moving.get(one.phone.e164, ())
        if one.id in totals and all(effect.refused for effect in files):
            yield f"{one.id} was moved in by no file, or by one that was refused"


ROW_LAWS: Final = (
    RowLaw("ACC-R1", "members", one_member_a_phone),
    RowLaw("ACC-R18", "opening_totals", opening_entries_stay),
)
END_LAWS: Final = (EndLaw("ACC-R18", nobody_came_by_themselves),)
