"""How the shop sold: today, in a month, and the bars of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from attrs import frozen

from retail_domain.kernel.calendar import Calendar
from retail_domain.kernel.money import Money
from retail_domain.ordering import SalesOfPeriod

DAYS: Final = 30
_WIDTH, _HEIGHT, _GAP = 600, 120, 4


@frozen(kw_only=True)
class Bar:
    """A day of the chart, as it is drawn."""

    x: int
    y: int
    width: int
    height: int
    day: date
    paid: Money
    orders: int
    is_today: bool


@frozen(kw_only=True)
class Turnover:
    """How the shop sold: today, and in thirty days of which today is the last."""

    today: SalesOfPeriod
    days: tuple[SalesOfPeriod, ...]
    bars: tuple[Bar, ...]

    @property
    def orders(self) -> int:
        """In all of the days."""
        return sum(one.orders for one in self.days)

    @property
    def paid(self) -> Money:
        """In all of the days."""
        return self._sum([one.paid for one in self.days])

    @property
    def given_back(self) -> Money:
        """Of the sales of all of the days, so far."""
        return self._sum([one.given_back for one in self.days])

    @property
    def average(self) -> Money | None:
        """What one order of these days cost."""
        return Money(self.paid.minor // self.orders, self.paid.currency) if self.orders else None

    def _sum(self, parts: Sequence[Money]) -> Money:
        return Money(sum(one.minor for one in parts), self.today.paid.currency)

    @classmethod
    def of(cls, sales: Sequence[SalesOfPeriod], calendar: Calendar) -> Turnover:
        """From the sales of each day, the oldest first."""
        return cls(today=sales[-1], days=tuple(sales), bars=bars_of(sales, calendar))


def bounds_until(at: datetime, calendar: Calendar) -> list[datetime]:
    """Where the days begin of which the last is the one of this moment, and where that one ends."""
    today = calendar.day_of(at)
    days = [today - timedelta(days=DAYS - 1 - place) for place in range(DAYS)]
    return [*map(calendar.start_of, days), calendar.end_of(today)]


def bars_of(sales: Sequence[SalesOfPeriod], calendar: Calendar) -> tuple[Bar, ...]:
    """Bars as high as what was paid; the highest fills the picture, a day with some sale shows at least a line."""
    most = max((one.paid.minor for one in sales), default=0) or 1
    step = _WIDTH // max(1, len(sales))
    bars = []
    for place, one in enumerate(sales):
        height = one.paid.minor * _HEIGHT // most or (2 if one.orders else 0)
        bars.append(
            Bar(
                x=place * step, y=_HEIGHT - height, width=step - _GAP, height=height, day=calendar.day_of(one.since),
                paid=one.paid, orders=one.orders, is_today=place == len(sales) - 1,
            )
        )  # fmt: skip
    return tuple(bars)
