"""The mix of a seed: sizes, speeds, kinds of trouble and kinds of deeds, drawn anew for each (swarm testing)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

from attrs import frozen

from retail_domain.ordering import OrderTimers
from retail_domain.testing.simulation.scheduler import Dice
from retail_domain.testing.simulation.trouble import EVERY_FAULT, Fault

T = TypeVar("T")

_USUAL: Final[Mapping[Fault, float]] = {
    Fault.CONFLICT: 0.01,
    Fault.AWAY: 0.002,
    Fault.COMMIT_LOST: 0.02,
    Fault.COMMIT_UNHEARD: 0.02,
    Fault.NOT_SENT: 0.06,
    Fault.OUTAGE: 0.04,
    Fault.TIMEOUT_BEFORE: 0.06,
    Fault.TIMEOUT_AFTER: 0.08,
    Fault.TIMEOUT_LATER: 0.1,
    Fault.REJECTED: 0.06,
    Fault.WRONG_AMOUNT: 0.15,
    Fault.WRONG_CURRENCY: 0.15,
    Fault.FORGETFUL: 0.5,
    Fault.REFUND_SLOW: 0.8,
    Fault.REFUND_CLOSED: 0.5,
    Fault.REFUND_STUCK: 0.9,
    Fault.REFUND_AFTER_ALL: 0.5,
    Fault.CRASH: 0.06,
    Fault.CLOCK_AHEAD: 0.03,
    Fault.CLOCK_BACK: 0.03,
    Fault.CLIENT_GONE: 0.05,
    Fault.CLIENT_REPEATS: 0.1,
}
_OTHERS: Final = 0.3
"""How likely each kind is at each chance it has, in a history that asks for it."""


@frozen(kw_only=True)
class Mix:
    """What one history is made of."""

    chances: Mapping[Fault, float]
    weights: Mapping[str, float]
    servers: int
    workers: int
    clients: int
    members: int
    products: int
    places: int
    split: bool
    """Whether an order may come from several places."""
    units: int
    limit: int | None
    seconds_a_step: float
    pay_seconds: int
    skew_seconds: int
    eagerness: float
    """How many buyers pay at once what they have ordered."""

    @property
    def timers(self) -> OrderTimers:
        """How long orders wait for each thing, as long as nobody sets anything else, and the play says nothing of it."""
        return OrderTimers(pay_seconds=self.pay_seconds, auto_sign_seconds=1_800, after_sale_seconds=3_600)


def draw(dice: Dice, deeds: Sequence[tuple[str, float]]) -> Mix:
    """Throw the dice for a mix. Some histories see no trouble at all, some only one kind."""
    crowd = one_of(dice, (2, 4, 8, 16))
    seconds_a_step = one_of(dice, (0.02, 0.2, 1.0, 5.0))
    return Mix(
        chances=_chances(dice),
        weights={name: usual * one_of(dice, (0.0, 0.3, 1.0, 1.0, 1.0, 3.0)) for name, usual in deeds},
        servers=one_of(dice, (1, 2, 3)),
        workers=one_of(dice, (1, 1, 2)),
        clients=crowd,
        members=one_of(dice, (1, 2, 3, crowd)),
        products=one_of(dice, (1, 2, 4)),
        places=one_of(dice, (1, 1, 2)),
        split=one_of(dice, (False, True, True)),
        units=one_of(dice, (1, 3, 10, 50)),
        limit=one_of(dice, (None, None, None, 1, 3)),
        seconds_a_step=seconds_a_step,
        pay_seconds=max(180, int(seconds_a_step * one_of(dice, (60, 300, 2_000)))),
        skew_seconds=one_of(dice, (0, 0, 2, 300)),
        eagerness=one_of(dice, (0.2, 0.8, 0.95)),
    )


def one_of(dice: Dice, choices: Sequence[T]) -> T:
    """One of them, each as likely as the other."""
    return choices[int(dice.random() * len(choices))]


def between(dice: Dice, least: int, most: int) -> int:
    """A whole number from least to most."""
    return least + int(dice.random() * (most - least + 1))


def _chances(dice: Dice) -> Mapping[Fault, float]:
    kind = dice.random()
    if kind < 0.1:
        return {}
    if kind < 0.25:
        return {fault: 3 * _usual(fault) for fault in (one_of(dice, EVERY_FAULT),)}
    return {fault: _usual(fault) * one_of(dice, (0.3, 1.0, 3.0)) for fault in EVERY_FAULT if dice.random() < 0.6}


def _usual(fault: Fault) -> float:
    return _USUAL.get(fault, _OTHERS)
