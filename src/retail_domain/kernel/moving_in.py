"""What a file of members may bring along: each context names its columns in its module `moving_in`, and stores what they say.

The importer of members collects these groups and knows none of them; who adds something to members adds a group (ACC-R18).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from attrs import define, field, frozen

from retail_domain.kernel.actor import Actor, ActorKind
from retail_domain.kernel.effects import Effect
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.means import Means
from retail_domain.kernel.money import parse_minor
from retail_domain.kernel.reading import LINE
from retail_domain.kernel.rows import Row, RowProblem
from retail_domain.kernel.second_person import SecondPerson

WHOLE_DIGITS_MAX: Final = 9


@frozen(kw_only=True)
class MovedColumn:
    """A column: its name, what it says, and what else a header may call it."""

    name: str
    says: str
    also: tuple[str, ...] = ()


@define
class MovedRow:
    """A row about a member as a group reads it; what is wrong with it is noted, and the reading goes on."""

    row: Row
    headers: Mapping[str, str]
    """Our name of a column -> the file's."""
    currency: str
    problems: list[RowProblem] = field(factory=list)

    def text(self, column: str) -> str:
        """What stands there in its one spelling; empty where there is nothing, or no such column."""
        return LINE.spelled(self.row.fields.get(self.headers.get(column, ""), ""))

    def line(self, column: str, most: int) -> str:
        """One line of text; empty where it is wrong."""
        try:
            return LINE.read(self.text(column), column, most)
        except InvalidInput as wrong:
            self.blame(wrong)
            return ""

    def whole(self, column: str) -> int:
        """A number, none being 0."""
        text = self.text(column)
        if not text:
            return 0
        if text.isascii() and text.isdigit() and len(text) <= WHOLE_DIGITS_MAX:
            return int(text)
        self.wrong(column, "number", f"a whole number of at most {WHOLE_DIGITS_MAX} digits")
        return 0

    def minor(self, column: str) -> int:
        """An amount such as 19.99 in minor units, none being 0; never below it."""
        text = self.text(column)
        try:
            minor = parse_minor(text, self.currency) if text else 0
        except ValueError:  # which tells what stands there, and that may be somebody's name in the wrong column
            self.wrong(column, "amount", "an amount such as 19.99 is expected")
            return 0
        if minor < 0:
            self.wrong(column, "amount", "an amount is never below nothing")
        return max(minor, 0)

    def wrong(self, column: str, rule: str, message: str) -> None:
        """Note what is wrong."""
        self.problems.append(self.row.problem(column, rule, message))

    def blame(self, refused: InvalidInput) -> None:
        """Note what a refusal says."""
        self.problems.extend(self.row.problems(refused.problems))


@frozen(kw_only=True)
class MovedIn:
    """A member, and what a group has read about them in all their rows."""

    member_id: MemberId
    draft: Any
    row: MovedRow
    """The first of the rows, for what turns out wrong only now."""
    is_again: bool
    """Whether the member was moved in by a file before: what that file brought is theirs by now."""


@frozen(kw_only=True)
class Mover:
    """Who hands a file in: what they may bring about beside members, and how much of it alone (R35)."""

    actor: Actor
    roles: tuple[str, ...]
    second: SecondPerson

    @property
    def is_person(self) -> bool:
        """Whether limits hold for them: the shop itself, and code of a host, have none."""
        return self.actor.kind in (ActorKind.STAFF, ActorKind.MACHINE)


ReadRows = Callable[[Sequence[MovedRow]], Any]
"""What the rows of one member say, or None where they say nothing; what is wrong is noted in them."""
StoreMoved = Callable[[Any, Sequence[MovedIn], Mover, Means], Awaitable[Mapping[str, int]]]
"""Stages it in a unit of work for members who have said something; answers what was done, by name, for the report.

The same file once more changes nothing: each group sees to that for what it stores.
"""


@frozen(kw_only=True)
class ColumnGroup:
    """The manifest of one context: `MOVING_IN` in its module `moving_in`."""

    columns: tuple[MovedColumn, ...]
    read: ReadRows
    store: StoreMoved
    brings: Effect | None = None
    """What somebody must be allowed to bring about besides, who hands in a file with one of these columns."""
