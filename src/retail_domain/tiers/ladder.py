"""The ladder of tiers (等级): what each asks of a member, and what it brings; data that staff set (LVL-R1, LVL-R7)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from enum import Enum
from typing import Any, ClassVar, Final, TypeAlias

from attrs import field, frozen

from retail_domain.kernel.effects import Effect
from retail_domain.kernel.errors import FieldProblem, InvalidInput
from retail_domain.kernel.money import MINOR_MAX
from retail_domain.kernel.reading import LINE, Misread, whole
from retail_domain.kernel.settings import JsonSetting

TIERS_MAX: Final = 20
NAME_MAX: Final = 20
LADDER_MAX: Final = 20_000
"""Characters of a whole ladder as it is kept."""
MONTHS_MAX: Final = 120
_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,29}")
WHOLE_BPS: Final = 10_000


class Together(Enum):
    """How the requirements of a tier go together."""

    ALL = "all"
    ANY = "any"


class Metric(Enum):
    """What a member is measured by: completed orders alone, less what went back (LVL-R3)."""

    NET_MINOR = "net_minor"
    """Money paid, less money paid back, in minor units."""
    ORDERS = "orders"
    """Orders of which something was kept."""


@frozen(kw_only=True)
class Metrics:
    """What a member has come to, within the window of a ladder."""

    net_minor: int = 0
    orders: int = 0

    def of(self, metric: Metric) -> int:
        """By its name."""
        return int(getattr(self, metric.value))


@frozen(kw_only=True)
class Benefits:
    """What a tier brings; an order carries those of the moment when it is placed (LVL-R8)."""

    discount_bps: int = 0
    """Off the sale price of every line, in hundredths of a percent: 500 is 95 of 100 (九五折)."""
    free_freight_from_minor: int | None = None
    """Freight costs nothing from so much of goods on; None is what the freight template says."""
    points_bps: int = WHOLE_BPS
    """How many points a purchase brings: 10,000 are the usual ones, 15,000 half as many again."""
    early_hours: int = 0
    """So many hours before everybody else somebody may buy what is released by plan."""
    return_days: int | None = None
    """How long goods may be sent back; None is what holds for everybody."""
    free_returns: int = 0
    """Returns a year that the shop pays the freight of."""
    has_agent: bool = False
    """Somebody of staff is there for them alone (专属客服)."""
    ships_first: bool = False

    @property
    def have_a_say(self) -> bool:
        """Whether they change what an order costs, or what it brings."""
        return bool(self.discount_bps) or self.free_freight_from_minor is not None or self.points_bps != WHOLE_BPS


@frozen(kw_only=True)
class Tier:
    """One tier: its code for good, its names, what it asks, what it brings."""

    code: str
    name: str
    name_en: str
    together: Together = Together.ALL
    needs: Mapping[Metric, int] = field(factory=dict)
    benefits: Benefits = Benefits()

    def is_reached(self, metrics: Metrics) -> bool:
        """Whether somebody has what it asks; the lowest asks nothing."""
        if not self.needs:
            return True
        met = [metrics.of(metric) >= least for metric, least in self.needs.items()]
        return all(met) if self.together is Together.ALL else any(met)


Tiers: TypeAlias = tuple[Tier, ...]


@frozen(kw_only=True)
class Ladder:
    """All tiers, the lowest first; it is never empty, and the lowest asks nothing (LVL-R1)."""

    tiers: Tiers
    window_months: int = 0
    """Orders completed within so many months count; 0 is all of them (LVL-R3)."""
    retention_months: int = 12
    """So long a tier is kept once it is reached (保级期, LVL-R5)."""
    drop_max: int = 1
    """So many tiers somebody falls at most when it ends."""
    notice_days: int = 30
    """So long before, whoever will fall is told."""

    def place_of(self, code: str, otherwise: int = 0) -> int:
        """How high a tier stands; one that is gone counts as the one that stands where it stood."""
        found = next((place for place, one in enumerate(self.tiers) if one.code == code), None)
        return min(otherwise, len(self.tiers) - 1) if found is None else found

    def earned(self, metrics: Metrics) -> int:
        """The highest tier that is reached; tiers may be skipped (LVL-R4, LVL-I1)."""
        return max(place for place, one in enumerate(self.tiers) if one.is_reached(metrics))

    def has_a_say(self) -> bool:
        """Whether any tier changes what an order costs, or what it brings."""
        return any(one.benefits.have_a_say for one in self.tiers)

    def of_code(self, code: str) -> Tier | None:
        """The tier of that name, if there is one."""
        return next((one for one in self.tiers if one.code == code), None)


NO_LADDER: Final = Ladder(tiers=(Tier(code="member", name="普通", name_en="Member"),))
"""Everybody alike, as long as nobody has set one."""


@frozen(kw_only=True)
class LadderSetting(JsonSetting[Ladder]):
    """A ladder."""

    kind: ClassVar[str] = "ladder"
    most: ClassVar[int] = LADDER_MAX

    def of_parts(self, parts: Any, field: str) -> Ladder:
        """The ladder. Raises InvalidInput, which names every tier and every field of it that is wrong (LVL-R2)."""
        if not isinstance(parts, dict):
            raise InvalidInput.of(field, "type", "a ladder with its tiers is expected")
        return read_ladder(parts, field)

    def parts_of(self, value: Ladder) -> object:
        """By its names."""
        return told_ladder(value)


LADDER: Final = LadderSetting(
    name="tiers.ladder",
    says="The tiers of members: what each asks, and what it brings.",
    says_zh="会员等级：升级条件与权益。",
    brings=Effect.SELLING_PRICE,
)


def told_ladder(ladder: Ladder) -> Mapping[str, object]:
    """A ladder as it is kept: what is as usual is left out."""
    told: dict[str, object] = {"tiers": [_told_tier(one) for one in ladder.tiers]}
    return told | {name: getattr(ladder, name) for name in _LADDER_NUMBERS if getattr(ladder, name) != _usual(Ladder, name)}


def read_ladder(told: Mapping[str, Any], at: str) -> Ladder:
    """A ladder as it is kept. Raises InvalidInput, which names all that is wrong."""
    problems = _unknown(told, _OF_LADDER, at, "a ladder has no such field")
    tiers = told.get("tiers")
    if not isinstance(tiers, list) or not tiers:
        raise InvalidInput.of(f"{at}.tiers", "required", "a ladder has at least one tier")
    if len(tiers) > TIERS_MAX:
        raise InvalidInput.of(f"{at}.tiers", "too_many", f"at most {TIERS_MAX} tiers")
    numbers = _numbers(told, _LADDER_NUMBERS, at, problems)
    read = [_tier(one, f"{at}.tiers[{place}]", problems) for place, one in enumerate(tiers)]
    if problems:
        raise InvalidInput(problems=tuple(problems))
    found = tuple(one for one in read if one is not None)
    problems += _disorder(found, f"{at}.tiers")
    if problems:
        raise InvalidInput(problems=tuple(problems))
    return Ladder(tiers=found, **numbers)


_LADDER_NUMBERS: Final[Mapping[str, tuple[int, int]]] = {
    "window_months": (0, MONTHS_MAX),
    "retention_months": (1, MONTHS_MAX),
    "drop_max": (1, TIERS_MAX),
    "notice_days": (0, 90),
}
_OF_LADDER: Final = frozenset({"tiers", *_LADDER_NUMBERS})
_NEEDS: Final[Mapping[Metric, tuple[int, int]]] = {Metric.NET_MINOR: (1, MINOR_MAX), Metric.ORDERS: (1, 1_000_000)}
_BENEFIT_NUMBERS: Final[Mapping[str, tuple[int, int]]] = {
    "discount_bps": (0, WHOLE_BPS),
    "free_freight_from_minor": (0, MINOR_MAX),
    "points_bps": (0, 10 * WHOLE_BPS),
    "early_hours": (0, 240),
    "return_days": (1, 365),
    "free_returns": (0, 1_000),
}
_BENEFIT_FLAGS: Final = ("has_agent", "ships_first")
_OF_TIER: Final = frozenset({"code", "name", "name_en", "mode", "needs", "benefits"})


def _usual(of: Any, name: str) -> object:
    return next(one.default for one in of.__attrs_attrs__ if one.name == name)


def _problem(at: str, rule: str, says: str) -> FieldProblem:
    return FieldProblem(field=at, rule=rule, message=says)


def _unknown(told: Mapping[str, object], known: Collection[str], at: str, says: str) -> list[FieldProblem]:
    return [_problem(f"{at}.{str(name)[:64]}", "unknown", says) for name in told if name not in known]


def _told_tier(tier: Tier) -> Mapping[str, object]:
    told: dict[str, object] = {"code": tier.code, "name": tier.name, "name_en": tier.name_en}
    if tier.together is not Together.ALL:
        told["mode"] = tier.together.value
    if tier.needs:
        told["needs"] = {metric.value: tier.needs[metric] for metric in Metric if metric in tier.needs}
    names = (*_BENEFIT_NUMBERS, *_BENEFIT_FLAGS)
    benefits = {name: value for name in names if (value := getattr(tier.benefits, name)) != _usual(Benefits, name)}
    return told | ({"benefits": benefits} if benefits else {})


def _tier(told: object, at: str, problems: list[FieldProblem]) -> Tier | None:
    if not isinstance(told, Mapping):
        problems.append(_problem(at, "type", "a tier is expected"))
        return None
    before = len(problems)
    problems += _unknown(told, _OF_TIER, at, "a tier has no such field")
    code = told.get("code")
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        problems.append(_problem(f"{at}.code", "code", "small letters, digits and underscores, a letter first, 30 at most"))
    names = {name: _name(told, name, at, problems) for name in ("name", "name_en")}
    mode = told.get("mode", Together.ALL.value)
    if mode not in (one.value for one in Together):
        problems.append(_problem(f"{at}.mode", "choice", "one of all, any is expected"))
    needs = _part(told, "needs", at, {metric.value for metric in _NEEDS}, problems)
    asked = _numbers(needs, {metric.value: bounds for metric, bounds in _NEEDS.items()}, f"{at}.needs", problems)
    benefits = _part(told, "benefits", at, {*_BENEFIT_NUMBERS, *_BENEFIT_FLAGS}, problems)
    brought: dict[str, Any] = dict(_numbers(benefits, _BENEFIT_NUMBERS, f"{at}.benefits", problems))
    for name in _BENEFIT_FLAGS:
        if name in benefits and not isinstance(benefits[name], bool):
            problems.append(_problem(f"{at}.benefits.{name}", "type", "true or false is expected"))
        brought[name] = benefits.get(name, False)
    if len(problems) > before:
        return None
    return Tier(
        code=str(code), name=names["name"], name_en=names["name_en"], together=Together(mode),
        needs={Metric(name): least for name, least in asked.items()}, benefits=Benefits(**brought),
    )  # fmt: skip


def _name(told: Mapping[str, object], name: str, at: str, problems: list[FieldProblem]) -> str:
    try:
        return LINE.read(told.get(name), f"{at}.{name}", NAME_MAX, 1)
    except InvalidInput as no:
        problems += no.problems
        return ""


def _part(
    told: Mapping[str, object], name: str, at: str, known: set[str], problems: list[FieldProblem]
) -> Mapping[str, object]:
    part = told.get(name, {})
    if not isinstance(part, Mapping):
        problems.append(_problem(f"{at}.{name}", "type", "names and values are expected"))
        return {}
    problems += _unknown(part, known, f"{at}.{name}", f"there is no such thing in {name}")
    return part


def _numbers(
    told: Mapping[str, object], bounds: Mapping[str, tuple[int, int]], at: str, problems: list[FieldProblem]
) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, (least, most) in bounds.items():
        if told.get(name) is None:
            continue
        try:
            found[name] = whole(told[name], least, most)
        except Misread as no:
            problems += no.of(f"{at}.{name}").problems
    return found


def _disorder(tiers: Sequence[Tier], at: str) -> list[FieldProblem]:
    """What keeps these from being a ladder (LVL-R1, LVL-R2)."""
    wrong: list[FieldProblem] = []
    codes = [one.code for one in tiers]
    wrong += [
        _problem(f"{at}[{place}].code", "unique", "another tier has this code")
        for place, code in enumerate(codes) if code in codes[:place]
    ]  # fmt: skip
    if tiers[0].needs:
        wrong.append(_problem(f"{at}[0].needs", "first", "the first tier is everybody's: it asks nothing"))
    for place in range(1, len(tiers)):
        one, below = tiers[place], tiers[place - 1]
        if not one.needs:
            wrong.append(_problem(f"{at}[{place}].needs", "required", "every tier but the first asks something"))
            continue
        falls = [metric for metric in Metric if one.needs.get(metric, 0) < below.needs.get(metric, 0)]
        if falls:
            said = f"a higher tier never asks less: {falls[0].value}"
            wrong.append(_problem(f"{at}[{place}].needs.{falls[0].value}", "order", said))
        elif all(one.needs.get(metric, 0) == below.needs.get(metric, 0) for metric in Metric):
            wrong.append(_problem(f"{at}[{place}].needs", "order", "a higher tier asks more of something"))
        elif place > 1 and one.together is not below.together:
            wrong.append(_problem(f"{at}[{place}].mode", "order", "all tiers go by all, or all go by any"))
    return wrong
