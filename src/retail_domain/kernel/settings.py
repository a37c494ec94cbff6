"""Run-time settings (系统设置): what a shop changes while it runs, each declared once by the context that it changes (SET-R1).

A context lists its own in `SETTINGS`. What a setting is worth when nobody has set it is what the operator's environment, or
the code of a host, says: whoever reads one names that, `in_force.of(PAY_SECONDS, otherwise=timers.pay_seconds)`.
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime, time
from typing import Any, ClassVar, Final, Generic, Protocol, TypeAlias, TypeVar

from attrs import field, frozen

from retail_domain.kernel.effects import Effect
from retail_domain.kernel.errors import FieldProblem, InvalidInput
from retail_domain.kernel.reading import LINE, LINES, Misread, web_address, whole

T = TypeVar("T")

Told: TypeAlias = int | str | list[str]
"""A value as doors and stores spell it."""
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_REGION: Final = re.compile(r"[0-9]{2,12}")
_REGIONS_MAX: Final = 500
_HOURS: Final = re.compile(r"((?:[01][0-9]|2[0-3]):[0-5][0-9])-((?:[01][0-9]|2[0-3]):[0-5][0-9])", re.ASCII)
_UNREADABLE: Final = object()


@frozen(kw_only=True)
class Setting(ABC, Generic[T]):
    """One setting: `area.name`, what it changes in a sentence of two languages, and how its values are read."""

    kind: ClassVar[str]
    name: str = field()
    says: str
    says_zh: str

    @name.validator
    def _is_a_name(self, _attribute: Any, value: str) -> None:
        if not _NAME.fullmatch(value):
            raise ValueError(f"a setting is called `area.name` in small letters, not {value!r}")

    @abstractmethod
    def read(self, told: object, field: str) -> T:
        """The value that is meant. Raises InvalidInput, which names the field and the rule."""

    def written(self, value: T) -> Told:
        """As it is kept and shown."""
        return value  # type: ignore[return-value]

    choices: tuple[str, ...] = ()
    """The only values that there are; none where they are not counted."""
    brings: Effect | None = None
    """What whoever sets it must be allowed to bring about besides, such as what buyers are asked (R35)."""

    @property
    def bounds(self) -> Mapping[str, int]:
        """How small and how large values may be, by the words of the door."""
        return {}

    def under(self, usual: T) -> Setting[T]:
        """This setting in a shop where it is usually worth that."""
        return self


@frozen(kw_only=True)
class WholeSetting(Setting[int]):
    """A whole number of `unit`, such as `seconds`."""

    kind: ClassVar[str] = "whole"
    least: int
    most: int
    unit: str = ""
    lowers: bool = False
    """It only lowers what the operator allows: what is usual is the most."""

    def read(self, told: object, field: str) -> int:
        """Within its bounds."""
        try:
            return whole(told, self.least, self.most)
        except Misread as no:
            raise no.of(field) from None

    @property
    def bounds(self) -> Mapping[str, int]:
        """Both."""
        return {"least": self.least, "most": self.most}

    def under(self, usual: int) -> WholeSetting:
        """What is only lowered is bounded by what is usual."""
        if not self.lowers:
            return self
        return WholeSetting(
            name=self.name, says=self.says, says_zh=self.says_zh, least=self.least, most=min(self.most, usual),
            unit=self.unit, lowers=True,
        )  # fmt: skip


@frozen(kw_only=True)
class TextSetting(Setting[str]):
    """A text of the shop's own, which may be empty."""

    kind: ClassVar[str] = "text"
    most: int = 200
    lines: bool = False
    """Whether it may have several lines."""

    def read(self, told: object, field: str) -> str:
        """In its one spelling (GEN-R23)."""
        return (LINES if self.lines else LINE).read(told, field, self.most)

    @property
    def bounds(self) -> Mapping[str, int]:
        """How many characters."""
        return {"most": self.most}


@frozen(kw_only=True)
class AddressSetting(Setting[str]):
    """The address of a page, or nothing."""

    kind: ClassVar[str] = "address"

    def read(self, told: object, field: str) -> str:
        """An http(s) address, or an empty text."""
        try:
            return told if isinstance(told, str) and not told else web_address(told)
        except Misread as no:
            raise no.of(field) from None


@frozen(kw_only=True)
class RegionsSetting(Setting[tuple[str, ...]]):
    """Regions, by the leading digits of their codes (GB/T 2260): 54 a province, 5401 a city."""

    kind: ClassVar[str] = "regions"

    def read(self, told: object, field: str) -> tuple[str, ...]:
        """Each once, in order."""
        if not isinstance(told, (list, tuple)):
            raise InvalidInput.of(field, "type", "a list of regions is expected")
        if len(told) > _REGIONS_MAX:
            raise InvalidInput.of(field, "too_many", f"at most {_REGIONS_MAX} regions")
        wrong = [place for place, one in enumerate(told) if not (isinstance(one, str) and _REGION.fullmatch(one))]
        if wrong:
            says = "a region is written as the 2 to 12 leading digits of its code, such as 54"
            raise InvalidInput(
                problems=tuple(FieldProblem(field=f"{field}[{place}]", rule="region", message=says) for place in wrong)
            )
        return tuple(sorted(set(told)))

    def written(self, value: tuple[str, ...]) -> Told:
        """A list."""
        return list(value)

    @property
    def bounds(self) -> Mapping[str, int]:
        """How many."""
        return {"most": _REGIONS_MAX}


@frozen(kw_only=True)
class JsonSetting(Setting[T]):
    """Something with parts, kept as one JSON text in its one spelling."""

    most: ClassVar[int]
    """Characters of the text."""

    @abstractmethod
    def of_parts(self, parts: Any, field: str) -> T:
        """What is meant by what the text holds. Raises InvalidInput, which names every part that is wrong."""

    @abstractmethod
    def parts_of(self, value: T) -> object:
        """The way back."""

    def read(self, told: object, field: str) -> T:
        """What the text means. Raises InvalidInput."""
        if not isinstance(told, str):
            raise InvalidInput.of(field, "type", "it is written as a JSON text")
        if len(told) > self.most:
            raise InvalidInput.of(field, "too_long", f"at most {self.most} characters")
        try:
            parts = json.loads(told)
        except (ValueError, RecursionError):
            raise InvalidInput.of(field, "json", "this is no JSON text") from None
        return self.of_parts(parts, field)

    def written(self, value: T) -> Told:
        """In its one spelling."""
        return json.dumps(self.parts_of(value), ensure_ascii=False, separators=(",", ":"))

    @property
    def bounds(self) -> Mapping[str, int]:
        """How many characters."""
        return {"most": self.most}


@frozen(kw_only=True)
class ChoiceSetting(Setting[str]):
    """One of a few words."""

    kind: ClassVar[str] = "choice"

    def read(self, told: object, field: str) -> str:
        """One of them."""
        if isinstance(told, str) and told in self.choices:
            return told
        raise InvalidInput.of(field, "choice", f"one of {', '.join(self.choices)} is expected")


@frozen(kw_only=True)
class HoursSetting(Setting[tuple[time, time]]):
    """From when to when, by the clock of the shop: `22:00-08:00`; the same time twice is never."""

    kind: ClassVar[str] = "hours"

    def read(self, told: object, field: str) -> tuple[time, time]:
        """Two times of day."""
        found = _HOURS.fullmatch(told.strip()) if isinstance(told, str) else None
        if found is None:
            raise InvalidInput.of(field, "hours", "two times of day are expected, such as 22:00-08:00")
        return time.fromisoformat(found[1]), time.fromisoformat(found[2])

    def written(self, value: tuple[time, time]) -> Told:
        """As it was typed."""
        begin, end = value
        return f"{begin:%H:%M}-{end:%H:%M}"


@frozen
class InForce:
    """What is set at one moment, all of it of one version: nobody who decides sees half of a change (SET-R4)."""

    version: int = 0
    """The number of the newest change that was known."""
    values: Mapping[str, Told] = field(factory=dict)
    _read: dict[str, Any] = field(factory=dict, init=False, eq=False, repr=False)

    def of(self, setting: Setting[T], otherwise: T) -> T:
        """The value of a setting, else what is usual; also where a value was stored that this release cannot read.

        Such a value is named by the list of settings and by `retail doctor`.
        """
        if setting.name not in self.values:
            return otherwise
        if setting.name not in self._read:
            self._read[setting.name] = self._value(setting)
        value = self._read[setting.name]
        return otherwise if value is _UNREADABLE else value

    def is_readable(self, setting: Setting[Any]) -> bool:
        """Whether what was stored of it, if anything, is a value that this release takes."""
        return setting.name not in self.values or self._value(setting) is not _UNREADABLE

    def _value(self, setting: Setting[Any]) -> Any:
        try:
            return setting.read(self.values[setting.name], setting.name)
        except InvalidInput:
            return _UNREADABLE


class SetAtMoments(Protocol):
    """What is set at any moment."""

    def at(self, moment: datetime) -> InForce:
        """Then."""
        ...


class SettingsKnown(Protocol):
    """The settings, for a context that goes by some of its own."""

    async def timetable(self) -> SetAtMoments:
        """All that is committed, of one moment."""
        ...


NOTHING_SET: Final = InForce()
"""Every setting is worth what is usual."""
