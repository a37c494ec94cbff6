"""What a race is: a limit, how a heat is prepared, and how many of its rivals may win."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from itertools import count
from typing import Any

from attrs import define, evolve, field, frozen

from retail_domain.accounts import AccountRules, Allowance
from retail_domain.kernel.ids import SkuId
from retail_domain.kernel.limits import OPEN_ORDERS_MAX
from retail_domain.testing.people import RememberingSms
from tests.support.market import Buyer
from tests.support.shop import Call, Shop, Told

CODES_PER_ADDRESS = 20
TRIES_PER_NAME = 10
TRIES_PER_ADDRESS = 9
"""One fewer than a process compares and lets wait for one line: whoever is sent away from that queue was counted already."""
GUESSES_PER_ADDRESS = 12
RULES = AccountRules(
    codes_per_phone=(Allowance(most=3, within=timedelta(hours=1)),),
    codes_per_address=(Allowance(most=CODES_PER_ADDRESS, within=timedelta(hours=1)),),
    tries_per_name=Allowance(most=TRIES_PER_NAME, within=timedelta(minutes=15)),
    tries_per_address=Allowance(most=TRIES_PER_ADDRESS, within=timedelta(minutes=15)),
    guesses_per_address=Allowance(most=GUESSES_PER_ADDRESS, within=timedelta(minutes=15)),
)
"""The rules of the shop in which the races are run: small enough that fifty rivals pass each of them."""

Count = Callable[[Shop, Sequence[Told]], Awaitable[int]]
"""How many have won, told by the answers or by the shop itself."""


@define
class Scene:
    """A shop in which heat after heat is prepared: names nobody has used, and buyers who are used again.

    Nobody is used so often that the limit of unpaid orders (STK-R12) decides a race about something else: each heat has its
    own buyer, and a crowd, of whom a heat leaves one unpaid order each, makes way for another in time.
    """

    shop: Shop
    sms: RememberingSms
    rivals: int
    _crowd: list[Buyer] = field(factory=list)
    _heats_of_crowd: int = 0
    _buyer: Buyer | None = None
    _numbers: Any = field(factory=lambda: count(1))

    def begin_heat(self) -> None:
        """What is asked for from now on is for another heat."""
        self._buyer = None

    def number(self) -> int:
        """One that was not given before."""
        return int(next(self._numbers))

    async def crowd(self) -> Sequence[Buyer]:
        """As many buyers as there are rivals; a heat asks once, and lets each of them order once."""
        if not self._crowd or self._heats_of_crowd == OPEN_ORDERS_MAX:
            self._crowd, self._heats_of_crowd = [await self.newcomer() for _ in range(self.rivals)], 0
        self._heats_of_crowd += 1
        return self._crowd

    async def buyer(self) -> Buyer:
        """The buyer of this heat."""
        if self._buyer is None:
            self._buyer = await self.newcomer()
        return self._buyer

    async def newcomer(self) -> Buyer:
        """A buyer nobody has seen before."""
        return await self.shop.buyer(self.number())

    async def goods(self, stock: int = 100, **more: Any) -> SkuId:
        """Goods nobody has seen before."""
        return await self.shop.goods(f"g{self.number()}", stock=stock, **more)

    def dealt(self, *calls: Call) -> list[Call]:
        """As many calls as there are rivals, these in turn."""
        return [calls[number % len(calls)] for number in range(self.rivals)]


async def done(_shop: Shop, answers: Sequence[Told]) -> int:
    """Whoever was not refused has won."""
    return sum(1 for one in answers if one.is_done)


async def different(_shop: Shop, answers: Sequence[Told]) -> int:
    """As many have won as there are different answers."""
    return len({repr(one.answer) for one in answers if one.is_done})


@frozen(kw_only=True)
class Heat:
    """One round: the calls of the rivals, how many may win, and what a loser may be told."""

    calls: Sequence[Call]
    allowed: int
    refusals: tuple[str, ...] = ()
    won: Count = done


@frozen(kw_only=True)
class Race:
    """A row of the table; `passes` is the time that goes by between the last preparation and the start."""

    limit: str
    rules: str
    prepare: Callable[[Scene], Awaitable[Heat]]
    passes: timedelta = timedelta(0)
    settles: bool = False
    """Whether workers make their rounds before the winners are counted."""
    alone: bool = False
    """Whether a heat is prepared only after the one before was run, since it takes the whole shop."""


@frozen(kw_only=True)
class Result:
    """What came of the rounds of a race."""

    race: Race
    rivals: int
    won: tuple[int, ...]
    allowed: tuple[int, ...]
    unclean: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        """As many winners as allowed in every round, and nobody was told anything but a clean refusal."""
        return self.won == self.allowed and not self.unclean

    def row(self) -> str:
        """As it is printed."""
        fate = "" if self.is_right else f"  *** {self.won} {' '.join(self.unclean)[:200]}"
        winners, allowed = sum(self.won), sum(self.allowed)
        return f"{self.race.limit:44} {self.rivals:6} {len(self.won):6} {winners:8} {allowed:8}  {self.race.rules}{fate}"


def joined(results: Sequence[Result]) -> Result:
    """Rounds that were run one by one, as one result."""
    return evolve(
        results[0], won=tuple(n for one in results for n in one.won), allowed=tuple(n for one in results for n in one.allowed),
        unclean=tuple(sorted({code for one in results for code in one.unclean})),
    )  # fmt: skip


HEADER = f"{'limit':44} {'rivals':>6} {'rounds':>6} {'winners':>8} {'allowed':>8}  rules"
