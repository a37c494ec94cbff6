"""What the page of tiers shows: where a member stands, what is missing to the next tier, and the whole ladder."""

from __future__ import annotations

from datetime import datetime, timedelta

from attrs import frozen

from retail_domain.kernel.money import Money
from retail_domain.tiers import Benefits, Metric, Missing, Tier, TierView, Together

_WHOLE_BPS = 10_000


@frozen(kw_only=True)
class Brought:
    """What a tier brings to prices; None is nothing of that kind."""

    off: str | None
    """Percent off, 5 or 7.5; in Chinese the tenths that are left, 9.5 折."""
    freight_from: Money | None

    @classmethod
    def of(cls, benefits: Benefits, lang: str, currency: str) -> Brought:
        """As it is shown."""
        bps, minor = benefits.discount_bps, benefits.free_freight_from_minor
        return cls(
            off=(_short(bps, 100) if lang == "en" else _short(_WHOLE_BPS - bps, 1_000)) if bps else None,
            freight_from=Money(minor, currency) if minor is not None else None,
        )  # fmt: skip


@frozen(kw_only=True)
class OnTheWay:
    """One thing that the next tier asks: how much of it is there."""

    metric: str
    have: int
    need: int
    missing: int
    missing_money: Money | None
    """Of money, what is missing of it."""

    @classmethod
    def of(cls, one: Missing, currency: str) -> OnTheWay:
        """With what is missing in words that can be read."""
        money = Money(one.missing, currency) if one.metric is Metric.NET_MINOR else None
        return cls(
            metric=one.metric.value, have=min(one.have, one.need), need=one.need, missing=one.missing, missing_money=money
        )


@frozen(kw_only=True)
class Rung:
    """A tier of the ladder."""

    name: str
    is_mine: bool
    money: Money | None
    orders: int | None
    is_any: bool
    brings: Brought

    @classmethod
    def of(cls, tier: Tier, view: TierView, lang: str, currency: str) -> Rung:
        """As it is shown."""
        net = tier.needs.get(Metric.NET_MINOR)
        return cls(
            name=name_of(tier, lang), is_mine=tier is view.tier, money=Money(net, currency) if net is not None else None,
            orders=tier.needs.get(Metric.ORDERS), is_any=tier.together is Together.ANY,
            brings=Brought.of(tier.benefits, lang, currency),
        )  # fmt: skip


@frozen(kw_only=True)
class TierModel:
    """My tier, the way to the next, and the ladder."""

    name: str
    brings: Brought
    last_day: datetime | None
    """A moment of the last day on which it is kept."""
    is_granted: bool
    next_name: str | None
    next_is_any: bool
    way: tuple[OnTheWay, ...]
    rungs: tuple[Rung, ...]
    window_months: int

    @classmethod
    def of(cls, view: TierView, lang: str, currency: str) -> TierModel:
        """In the language of the page."""
        until = view.grant.until if view.grant is not None and view.place_is_granted else view.keep_until
        return cls(
            name=name_of(view.tier, lang), brings=Brought.of(view.tier.benefits, lang, currency),
            last_day=until - timedelta(microseconds=1) if until is not None else None,
            is_granted=view.place_is_granted,
            next_name=name_of(view.next, lang) if view.next is not None else None,
            next_is_any=view.next is not None and view.next.together is Together.ANY,
            way=tuple(OnTheWay.of(one, currency) for one in view.missing),
            rungs=tuple(Rung.of(one, view, lang, currency) for one in view.ladder.tiers),
            window_months=view.ladder.window_months,
        )  # fmt: skip


def name_of(tier: Tier, lang: str) -> str:
    """What a tier is called in a language."""
    return tier.name_en if lang == "en" else tier.name


def _short(value: int, unit: int) -> str:
    whole, rest = divmod(value * 100 // unit, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".")
