"""A moment becomes a day in one place only: the shop's calendar, which knows where the shop stands (GEN-R6)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

import pytest

from tests.support.source import PACKAGES, files, short, tree

CALENDAR: Final = PACKAGES["retail_domain"] / "kernel/calendar.py"

KEEP_DAYS: Final = frozenset(
    file
    for file in files()
    if "membership" in str(file) or "retail_domain.membership" in file.read_text() or "ReadBook" in file.read_text()
    or "BookDay" in file.read_text()
    or "book_days" in file.read_text()
)  # fmt: skip
"""Where `day` and `month` are fields that a Calendar has filled."""

DAY_CALLS: Final = frozenset(
    {"date", "today", "isocalendar", "isoweekday", "weekday", "toordinal", "timetuple", "utctimetuple"}
)
"""Methods that tell the day of a moment by whatever offset it happens to carry."""

DAY_PARTS: Final = frozenset({"year", "month", "day"})

DAY_DIRECTIVE: Final = re.compile(r"%[-_0^#]*[aAbBcdDeFgGhjmuUVwWxyY]")
TIME_DIRECTIVE: Final = re.compile(r"%[-_0^#]*[HIMSTXcrRsp]")

SQL_DAYS: Final = re.compile(
    r"::\s*date\b|\bdate_(trunc|part|bin)\s*\(|\b(strftime|julianday|to_char)\s*\(|\bAS\s+DATE\s*\)|\bcurrent_date\b"
    r"|\bAT\s+TIME\s+ZONE\b|\bEXTRACT\s*\(",
    re.IGNORECASE,
)
"""Ways to have a database tell the day: by the zone of its session, or in UTC."""

SECONDS_A_DAY: Final = frozenset({86_400, 86_400_000, 86_400_000_000})


def test_only_the_calendar_makes_days_of_moments() -> None:
    found = [
        f"{short(file)}:{line}: {what}"
        for file in files()
        if file != CALENDAR and "static" not in file.parts
        for line, what in days_told(tree(file))
        if what not in ("reads .day", "reads .month") or file not in KEEP_DAYS
    ]

    assert found == [], "ask the shop's Calendar: day_of, start_of, end_of, days_between"


@pytest.mark.parametrize(
    "planted",
    [
        "at.date()",
        "clock.now().date()",
        "date.today()",
        "datetime.today()",
        "at.isocalendar()",
        "f'{at:%y%m%d}{luck}'",
        "f'{at:%Y-%m}'",
        "f'{self.clock.now():%d}'",
        "format(at, '%j')",
        "'{:%Y%m%d}'.format(at)",
        "at.strftime('%Y-%m-%d')",
        "at.astimezone(UTC).strftime(FORM)",
        "(at.year, at.month)",
        "at.isoformat()[:10]",
        "str(at)[:10]",
        "at.isoformat().split('T')[0]",
        "at.isoformat().partition('T')[0]",
        "date.fromtimestamp(stamp)",
        "at.timestamp() // 86_400",
        "(at - EPOCH) // timedelta(days=1)",
        "at - timedelta(seconds=at.timestamp() % 86_400)",
        "at.replace(hour=0, minute=0)",
        "func.date(orders.c.placed_at)",
        "func.date_trunc('day', orders.c.placed_at)",
        "func.strftime('%Y', orders.c.placed_at)",
        "extract('day', orders.c.placed_at)",
        "cast(orders.c.placed_at, Date)",
        "text('SELECT placed_at::date FROM orders')",
        "text('SELECT CAST(placed_at AS date) FROM orders')",
    ],
)
def test_a_day_told_past_the_calendar_is_noticed(planted: str) -> None:
    assert list(days_told(ast.parse(planted)))


@pytest.mark.parametrize(
    "allowed",
    [
        "calendar.day_of(at)",
        "f'{self.calendar.day_of(at):%y%m%d}{luck}'",
        "calendar.day_of(at).isoformat()",
        "f'{at:%Y-%m-%dT%H:%M:%S}Z'",
        "at.astimezone(UTC).strftime('%Y-%m-%d %H:%M:%SZ')",
        "at.isoformat()",
        "at.replace(microsecond=0)",
        "at + timedelta(days=14)",
        "at + timedelta(seconds=14 * 86_400)",
        "def f():\n    'The moment::date of something.'",
    ],
)
def test_days_of_the_calendar_whole_moments_and_spans_of_time_are_fine(allowed: str) -> None:
    assert list(days_told(ast.parse(allowed))) == []


def days_told(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Where a moment becomes a day, or part of one; a moment written out with its hour stays a moment."""
    prose = {id(statement.value) for statement in ast.walk(module) if isinstance(statement, ast.Expr)}
    for node in ast.walk(module):
        if id(node) not in prose or not isinstance(node, ast.Constant):
            why = _tells_day(node)
            if why:
                yield node.lineno, why  # type: ignore[attr-defined]


def _tells_day(node: ast.AST) -> str | None:
    if isinstance(node, ast.Call):
        return _call(node)
    if isinstance(node, ast.FormattedValue):
        form = "".join(part.value for part in ast.walk(node.format_spec) if _is_text(part)) if node.format_spec else ""
        return f"formats {form}" if _is_form_of_days(form) and not _is_of_calendar(node.value) else None
    if isinstance(node, ast.Attribute) and node.attr in DAY_PARTS:
        return f"reads .{node.attr}"
    if isinstance(node, ast.Subscript) and _is_written_moment(node.value) and _is_cut_to_a_day(node.slice):
        return "cuts a written moment"
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.FloorDiv | ast.Mod) and _is_a_day(node.right):
        return "divides by a day's seconds"
    if _is_text(node) and SQL_DAYS.search(node.value):
        return "has the database tell the day"
    return None


def _call(call: ast.Call) -> str | None:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    texts = [part.value for part in [*call.args, getattr(call.func, "value", None)] if part is not None and _is_text(part)]
    if isinstance(call.func, ast.Attribute) and name in DAY_CALLS:
        return f"calls .{name}()"
    if isinstance(call.func, ast.Attribute) and name == "fromtimestamp" and ast.unparse(call.func.value).endswith("date"):
        return "calls date.fromtimestamp()"
    if name in {"strftime", "format"}:
        is_whole = bool(texts) and not any(map(_is_form_of_days, texts))
        return None if is_whole or (name == "format" and not texts) else f"calls {name}()"
    if name in {"date_trunc", "extract", "to_char", "julianday", "current_date"}:
        return f"calls {name}()"
    if name == "cast" and ast.unparse(call.args[-1]).removesuffix("()").rpartition(".")[2] in {"Date", "Day", "DATE"}:
        return "casts to a day"
    if name == "replace" and any(word.arg == "hour" for word in call.keywords):
        return "sets the hour"
    return None


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_form_of_days(form: str) -> bool:
    return bool(DAY_DIRECTIVE.search(form)) and not TIME_DIRECTIVE.search(form)


def _is_of_calendar(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "day_of"


def _is_a_day(by: ast.expr) -> bool:
    return (isinstance(by, ast.Constant) and by.value in SECONDS_A_DAY) or ast.unparse(by) == "timedelta(days=1)"


def _is_cut_to_a_day(cut: ast.expr) -> bool:
    """The first part, or so many letters as a year, a month or a day takes."""
    most = cut.upper if isinstance(cut, ast.Slice) else cut
    return isinstance(most, ast.Constant) and most.value in {0, 4, 7, 10}


def _is_written_moment(value: ast.expr) -> bool:
    """`at.isoformat()` or `str(at)`, split or as it is."""
    if not isinstance(value, ast.Call):
        return False
    if isinstance(value.func, ast.Attribute):
        return value.func.attr == "isoformat" or (
            value.func.attr in {"split", "partition", "rpartition"} and _is_written_moment(value.func.value)
        )
    return getattr(value.func, "id", "") == "str"
