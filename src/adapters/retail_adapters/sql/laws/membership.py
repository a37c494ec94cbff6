"""Laws of check-ins."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Date, and_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ColumnElement
from sqlalchemy.sql.functions import coalesce

from retail_adapters.sql.laws.law import law
from retail_adapters.sql.tables.membership import check_ins


class _DayBefore(ColumnElement[Any]):
    """The day before that of a column."""

    inherit_cache = True
    type = Date()

    def __init__(self, day: ColumnElement[Any]) -> None:
        self.day = day


@compiles(_DayBefore)
def _one_less(element: _DayBefore, compiler: SQLCompiler, **more: Any) -> str:
    return f"({compiler.process(element.day, **more)} - 1)"


@compiles(_DayBefore, "sqlite")
def _date_of_text(element: _DayBefore, compiler: SQLCompiler, **more: Any) -> str:
    return f"date({compiler.process(element.day, **more)}, '-1 day')"


_before = check_ins.alias("before")

LAWS: Final = (
    law(
        "PTS-R4",
        "a streak is that of the day before and one more, else one",
        select(check_ins.c.member_id, check_ins.c.day, check_ins.c.streak)
        .outerjoin(_before, and_(_before.c.member_id == check_ins.c.member_id, _before.c.day == _DayBefore(check_ins.c.day)))
        .where(check_ins.c.streak != coalesce(_before.c.streak, 0) + 1),
    ),
)
