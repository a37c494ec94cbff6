"""Changes of settings, and what they come to at a moment: a pure function of all changes that there are (SET-R2, SET-R3)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from attrs import field, frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import FieldProblem, InvalidInput
from retail_domain.kernel.reading import LINE
from retail_domain.kernel.settings import InForce, Setting, Told
from retail_domain.settings.errors import SettingsNotTakenBack

AHEAD_MAX: Final = timedelta(days=366)
"""So far ahead a change may be planned."""
REASON_MAX: Final = 200


@frozen(kw_only=True)
class SettingsChange:
    """One change of some settings: who, when, why, and from when on. It never changes; another one follows it.

    A setting with None is worth what is usual again. `takes_back` names the change that is no longer to count.
    """

    number: int
    """From 1, without a gap: the version of all settings together."""
    values: Mapping[str, Told | None]
    takes_back: int | None = None
    effective_at: datetime
    at: datetime
    actor: Actor
    reason: str
    version: int = 0

    @property
    def is_planned(self) -> bool:
        """Whether it was made to hold later than at once."""
        return self.effective_at > self.at

    def has_begun(self, moment: datetime) -> bool:
        """Whether it is in force by then."""
        return self.effective_at <= moment or not self.is_planned


@frozen
class Timetable:
    """All changes there are, in the order of their numbers: what is set at any moment follows from them.

    Of each setting the change counts that came into force last; of two that did so at one moment, the later one. What was to
    hold at once holds wherever it is read, whatever the clock there says; what is planned waits for its moment.
    """

    changes: tuple[SettingsChange, ...] = ()
    _turns: tuple[datetime, ...] = field(init=False, eq=False, repr=False)
    _known: dict[int, InForce] = field(factory=dict, init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_turns", tuple(sorted({one.effective_at for one in self.changes if one.is_planned})))

    @property
    def newest(self) -> int:
        """The number of the newest change; 0 if there is none."""
        return self.changes[-1].number if self.changes else 0

    def at(self, moment: datetime) -> InForce:
        """What is set at that moment."""
        turn = bisect_right(self._turns, moment)
        if turn not in self._known:
            self._known[turn] = InForce(self.newest, self._values_at(moment))
        return self._known[turn]

    def change(self, number: int) -> SettingsChange | None:
        """The change of that number."""
        return self.changes[number - 1] if 1 <= number <= self.newest else None

    def taken_back_by(self, number: int) -> SettingsChange | None:
        """What took that change back."""
        return next((one for one in self.changes if one.takes_back == number), None)

    def planned(self, moment: datetime) -> Sequence[SettingsChange]:
        """What is not in force yet, the soonest first."""
        later = [one for one in self.changes if not one.has_begun(moment) and self.taken_back_by(one.number) is None]
        return sorted(later, key=_in_force_since)

    def _values_at(self, moment: datetime) -> Mapping[str, Told]:
        begun = [one for one in self.changes if one.has_begun(moment)]
        gone = {one.takes_back for one in begun}
        values: dict[str, Told | None] = {}
        for one in sorted(begun, key=_in_force_since):
            if one.number not in gone:
                values |= one.values
        return {name: value for name, value in values.items() if value is not None}

    # ---- deciding ----------------------------------------------------------------------------------------------------

    def changed(
        self, values: Mapping[str, Told | None], *, actor: Actor, reason: str, at: datetime, effective_at: datetime | None
    ) -> Change[SettingsChange] | None:
        """One change more; None if these values are set already then, and nothing later says otherwise.

        Raises InvalidInput for a reason or a moment that is none.
        """
        reason, at = LINE.read(reason, "reason", REASON_MAX, 1), self._not_before(at)
        since = at if effective_at is None else effective_at
        if since < at:
            raise InvalidInput.of("effective_at", "past", "a change comes into force now or later, never before it was made")
        if since > at + AHEAD_MAX:
            raise InvalidInput.of("effective_at", "far_ahead", f"a change is planned at most {AHEAD_MAX.days} days ahead")
        if self._is_so_from(since, values):
            return None
        made = SettingsChange(number=self.newest + 1, values=values, effective_at=since, at=at, actor=actor, reason=reason)
        return Change(None, made)

    def taken_back(self, number: int, *, actor: Actor, reason: str, at: datetime) -> Change[SettingsChange] | None:
        """One step back: the change of that number counts no longer, from now on; None if it was taken back before.

        What is planned may be taken back at any time, of what is in force the newest. Raises SettingsNotTakenBack.
        """
        reason, at = LINE.read(reason, "reason", REASON_MAX, 1), self._not_before(at)
        if self.taken_back_by(number) is not None:
            return None
        one = self.change(number)
        if one is None or one.takes_back is not None or (one.has_begun(at) and number != self._newest_in_force(at)):
            raise SettingsNotTakenBack(number=number)
        made = SettingsChange(
            number=self.newest + 1, values={}, takes_back=number, effective_at=at, at=at, actor=actor, reason=reason
        )
        return Change(None, made)

    def _not_before(self, at: datetime) -> datetime:
        """No change is dated before the one before it, however clocks differ: else what was decided last would not count."""
        return max(at, self.changes[-1].at) if self.changes else at

    def _newest_in_force(self, at: datetime) -> int:
        """The change that came into force last; a step back among them leaves none: one step, not two."""
        begun = [one for one in self.changes if one.has_begun(at) and self._was_in_force(one)]
        return max(begun, key=_in_force_since).number if begun else 0

    def _was_in_force(self, one: SettingsChange) -> bool:
        """What was planned and taken back never was, and taking it back was no step from what is in force."""
        taken = self.change(one.takes_back) if one.takes_back is not None else one
        by = one if one.takes_back is not None else self.taken_back_by(one.number)
        return taken is None or by is None or by.at >= taken.effective_at

    def _is_so_from(self, since: datetime, values: Mapping[str, Told | None]) -> bool:
        later = [one for one in self.planned(since) if one.values.keys() & values.keys()]
        then = self.at(since).values
        return not later and all(then.get(name) == value for name, value in values.items())


def _in_force_since(change: SettingsChange) -> tuple[datetime, int]:
    return change.effective_at, change.number


NO_CHANGES: Final = Timetable()


@frozen
class Declared:
    """Every setting that this shop knows, and what each is usually worth. Raises ValueError for what does not fit together."""

    settings: tuple[Setting[Any], ...]
    usual: Mapping[str, Any]
    by_name: Mapping[str, Setting[Any]] = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        named = {one.name: one for one in self.settings}
        if len(named) != len(self.settings) or named.keys() != self.usual.keys():
            raise ValueError("each setting has a name of its own, and something that it is usually worth")
        own = {name: one.under(self.usual[name]) for name, one in named.items()}
        object.__setattr__(self, "by_name", own)

    def read(self, values: Mapping[str, object]) -> Mapping[str, Told | None]:
        """Values as they are kept. Raises InvalidInput, which names each setting that is unknown or cannot have its value."""
        found: dict[str, Told | None] = {}
        problems: list[FieldProblem] = []
        for name, told in sorted(values.items()):
            setting, at = self.by_name.get(name), f"values.{name}"
            if setting is None:
                problems.append(FieldProblem(field=at, rule="unknown", message="there is no such setting"))
                continue
            try:
                found[name] = None if told is None else setting.written(setting.read(told, at))
            except InvalidInput as no:
                problems.extend(no.problems)
        if not values:
            problems.append(FieldProblem(field="values", rule="required", message="name at least one setting"))
        if problems:
            raise InvalidInput(problems=tuple(problems))
        return found

    def worth(self, setting: Setting[Any], in_force: InForce) -> Told:
        """What it is worth, as it is shown."""
        return setting.written(in_force.of(setting, self.usual[setting.name]))
