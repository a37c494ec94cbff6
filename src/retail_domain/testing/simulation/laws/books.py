"""Laws of the day book: every entry on one day, days that follow from one another, and closed ones that take nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from retail_domain.payments import BookEntry
from retail_domain.testing.simulation.auditor import Auditor, EndLaw, RowLaw
from retail_domain.testing.simulation.known import DAYS, newest_closing
from retail_domain.testing.simulation.traffic import RowChange


def closings_follow(auditor: Auditor, row: RowChange) -> str | None:
    """PAY-R20: what is closed stays closed; each closing goes further than the one before."""
    if row.before is not None or row.after is None:
        return f"closing {row.key} was changed"
    before = [one for one in auditor.mirror.tables["book_closings"].values() if one.number != row.after.number]
    if row.after.number != len(before) + 1 or any(one.through >= row.after.through for one in before):
        return f"closing {row.key} through {row.after.through} came after {len(before)} others"
    return None


def days_follow(auditor: Auditor) -> Iterator[str]:
    """PAY-R19: opening and movements are the closing, which is the next day's opening, and at the end what the books hold."""
    held: Counter[tuple[str, str]] = Counter()
    for one in auditor.shown.days:
        key = (one.account, one.currency)
        if one.opening_minor != held[key]:
            yield f"{one.day} begins with {one.opening} in {one.account}, the day before ended with {held[key]}"
        held[key] = one.opening_minor + one.debit_minor - one.credit_minor
    for key in held.keys() | auditor.mirror.balances.keys():
        if held[key] != auditor.mirror.balances[key]:
            yield f"the last day ends with {held[key]} in {key}, the entries say {auditor.mirror.balances[key]}"


def days_tell_every_entry(auditor: Auditor) -> Iterator[str]:
    """PAY-R19: each entry that was ever written is told on one day, and the days say what their entries come to."""
    told = Counter((one.account, one.amount.minor, one.amount.currency, one.at) for one in auditor.shown.entries)
    written = Counter(
        (one.account, one.amount.minor, one.amount.currency, posting.at)
        for posting in auditor.mirror.logs["ledger"]
        for one in posting.entries
    )
    if told != written:
        yield f"the days leave out {written - told}, and make up {told - written}"
    sums: dict[tuple[date, str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for entry in auditor.shown.entries:
        sum, minor = sums[entry.day, entry.account, entry.amount.currency], entry.amount.minor
        sum[0 if minor > 0 else 1] += abs(minor)
        sum[2] += 1
    for one in auditor.shown.days:
        found = [one.debit_minor, one.credit_minor, one.entries]
        if found != sums[one.day, one.account, one.currency]:
            yield f"{one.day} says {found} of {one.account}, its entries {sums[one.day, one.account, one.currency]}"


def closed_days_take_nothing(auditor: Auditor) -> Iterator[str]:
    """PAY-R20: closed days are shown as they were drawn; what came too late stands on the first day after a closing."""
    newest = newest_closing(auditor)
    drawn = auditor.mirror.logs["book_days"]
    shown = [one for one in auditor.shown.days if newest is not None and one.day <= newest.through]
    if shown != drawn:
        yield f"closed days were drawn as {drawn}, and are shown as {shown}"
    openings = {one.through + timedelta(days=1) for one in auditor.mirror.tables["book_closings"].values()}
    for entry in auditor.shown.entries:
        if not _is_in_its_place(entry, openings):
            yield f"an entry of {DAYS.day_of(entry.at)} is told on {entry.day}, as late for {entry.late_for}"


def closings_are_in_the_trail(auditor: Auditor) -> Iterator[str]:
    """PAY-R20: each of them once."""
    noted = Counter(one.object for one in auditor.mirror.logs["audit_trail"] if one.action == "books.close")
    closed = Counter(one.through.isoformat() for one in auditor.mirror.tables["book_closings"].values())
    if noted != closed:
        yield f"closed were {closed}, the trail tells {noted}"


def _is_in_its_place(entry: BookEntry, openings: set[date]) -> bool:
    own = DAYS.day_of(entry.at)
    if entry.late_for is None:
        return entry.day == own
    return entry.late_for == own < entry.day and entry.day in openings


ROW_LAWS: Final = (RowLaw("PAY-R20", "book_closings", closings_follow),)
END_LAWS: Final = (
    EndLaw("PAY-R19", days_follow),
    EndLaw("PAY-R19", days_tell_every_entry),
    EndLaw("PAY-R20", closed_days_take_nothing),
    EndLaw("PAY-R20", closings_are_in_the_trail),
)
