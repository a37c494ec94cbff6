"""Money in whole minor units, shares in basis points, and how amounts are split (GEN-R1 to GEN-R5, PRC-I3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Annotated, Final

from attrs import frozen

from retail_domain.kernel.checked import Between, Spelled, checked

MINOR_MAX: Final = 10**12
"""No amount in the shop is larger than this many minor units, so sums never overflow a 64-bit column."""

EXPONENTS: Final[Mapping[str, int]] = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}
"""Currencies whose minor unit is not 1/100, as ISO 4217 lists them.

Checked on 2026-11-28 against the list of ISO's maintenance agency of 2026-01-01 (as PyPI's `iso4217` 1.16 has it) and against
`py-moneyed` 3.0: no difference. Not CLDR, which tells how many places people write, not how many the currency has (HUF, TWD).
Fund codes (CLF, UYI, UYW) stand here so that an amount is read right whoever sends it; no shop trades in them. Withdrawn codes
do not: no shop trades in those either, and they are told with two places.
"""


def exponent(currency: str) -> int:
    """How many decimal places this ISO 4217 currency has (CNY 2, JPY 0, KWD 3)."""
    return EXPONENTS.get(currency, 2)


Currency = Annotated[
    str,
    Spelled("three capital letters of ISO 4217", lambda text: len(text) == 3 and text.isascii() and text.isupper()),
]
"""The code of a currency."""


@frozen(order=True)
@checked
class Money:
    """An amount of money: a whole number of minor units (分) and its ISO 4217 currency (GEN-R1)."""

    minor: Annotated[int, Between(-MINOR_MAX, MINOR_MAX)]
    currency: Currency

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __str__(self) -> str:
        return f"{self.text()} {self.currency}"

    def text(self) -> str:
        """The amount with its decimal point, exactly: `19.99`, `-0.05`, `500`."""
        places = exponent(self.currency)
        sign, digits = "-" if self.minor < 0 else "", str(abs(self.minor)).rjust(places + 1, "0")
        return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise ValueError(f"cannot mix {self.currency} and {other.currency}")
        return other.minor


def parse_minor(text: str, currency: str) -> int:
    """Read a decimal text such as `19.9` as minor units, exactly.

    Raises ValueError when it is not a plain ASCII decimal or has more places than the currency.
    """
    places = exponent(currency)
    sign, body = (-1, text[1:]) if text.startswith("-") else (1, text)
    whole, point, part = body.partition(".")
    if not (whole.isascii() and whole.isdigit()) or (point and not (part.isascii() and part.isdigit())):
        raise ValueError(f"not a plain decimal amount: {text!r}")
    if part.rstrip("0")[places:]:
        raise ValueError(f"finer than the smallest coin of {currency}: {text!r}")
    minor: int = int(whole) * 10**places + int(part[:places].ljust(places, "0") or "0")
    if minor > MINOR_MAX:
        raise ValueError("amount beyond what the shop handles")
    return sign * minor


@frozen(order=True)
@checked
class Rate:
    """A share in basis points: 10,000 is the whole, 8折 is 8,000 (GEN-R1)."""

    bps: Annotated[int, Between(0, 10_000)]

    def of(self, minor: int) -> int:
        """This share of an amount, a half rounded up (GEN-R2)."""
        return (minor * self.bps * 2 + 10_000) // 20_000

    def of_rounded_down(self, minor: int) -> int:
        """This share of an amount, rounded down: commission and earned points (GEN-R2)."""
        return minor * self.bps // 10_000


def allocate(weights: Mapping[str, int], amount_minor: int) -> dict[str, int]:
    """Split an amount over keyed weights by largest remainder, ties by key (GEN-R3, GEN-I1 to GEN-I3).

    Requires `0 <= amount <= sum(weights)`, so no share passes its weight. Raises ValueError otherwise.
    """
    total = sum(weights.values())
    if any(weight < 0 for weight in weights.values()):
        raise ValueError("a weight cannot be negative")
    if not 0 <= amount_minor <= total:
        raise ValueError("the amount to split lies between nothing and the sum of the weights")
    return _largest_remainder(weights, amount_minor, total)


def allocate_by(weights: Mapping[str, int], amount_minor: int) -> dict[str, int]:
    """Split any non-negative amount in proportion to weights that are no caps, such as freight by weight (GEN-I1)."""
    total = sum(weights.values())
    if amount_minor < 0 or any(weight < 0 for weight in weights.values()):
        raise ValueError("neither the amount nor a weight can be negative")
    if total == 0 and amount_minor:
        raise ValueError("nothing to split the amount over")
    return _largest_remainder(weights, amount_minor, total)


def _largest_remainder(weights: Mapping[str, int], amount: int, total: int) -> dict[str, int]:
    if total == 0:
        return dict.fromkeys(weights, 0)
    shares: dict[str, int] = {}
    remainders: list[tuple[int, str]] = []
    for key, weight in weights.items():
        shares[key], remainder = divmod(amount * weight, total)
        remainders.append((-remainder, key))
    left = amount - sum(shares.values())
    for _, key in sorted(remainders)[:left]:  # the left-over units go to the largest remainders
        shares[key] += 1
    return shares


def allocate_capped(weights: Mapping[str, int], caps: Mapping[str, int], amount_minor: int) -> dict[str, int]:
    """Split by weights where each share has a cap of its own; what a full share refuses flows on (GEN-R4, GEN-I5).

    Raises ValueError when the caps together cannot hold the amount.
    """
    if any(value < 0 for value in (*weights.values(), *caps.values())) or amount_minor < 0:
        raise ValueError("neither the amount, a weight nor a cap can be negative")
    if amount_minor > sum(caps[key] for key in weights):
        raise ValueError("the caps together are smaller than the amount")
    shares = dict.fromkeys(weights, 0)
    left = amount_minor
    while left:
        room = {key: caps[key] - shares[key] for key in weights if caps[key] > shares[key]}
        open_weights = {key: weights[key] for key in room if weights[key]} or dict.fromkeys(room, 1)
        full = {key for key in open_weights if _quota(open_weights, key, left) >= room[key]}
        if not full:
            for key, share in _largest_remainder(open_weights, left, sum(open_weights.values())).items():
                shares[key] += share
            return shares
        for key in full:
            shares[key] += room[key]
            left -= room[key]
    return shares


def _quota(weights: Mapping[str, int], key: str, amount: int) -> Fraction:
    return Fraction(amount * weights[key], sum(weights.values()))


def worth_of_units(total_minor: int, quantity: int, first: int) -> int:
    """What the first units of a line are worth: `P * j // n` (GEN-R5)."""
    if not 0 <= first <= quantity or quantity < 1:
        raise ValueError("units lie between none and all of the line")
    return total_minor * first // quantity


def refund_of_units(total_minor: int, quantity: int, before: int, more: int) -> int:
    """What refunding `more` units pays after `before` were refunded; any partition pays exactly the total (GEN-I4)."""
    return worth_of_units(total_minor, quantity, before + more) - worth_of_units(total_minor, quantity, before)


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum of amounts in one currency; nothing sums to zero of it."""
    result = Money(0, currency)
    for amount in amounts:
        result = result + amount
    return result


def spread_discount(payables: Mapping[str, int], amount_minor: int, floors: Mapping[str, int] | None = None) -> dict[str, int]:
    """Spread a discount over lines by what each still costs, clamped, never below a line's floor (GEN-R3, GEN-R4)."""
    if not floors or not any(floors.values()):
        return allocate(payables, min(amount_minor, sum(payables.values())))
    room = {key: max(0, payable - floors.get(key, 0)) for key, payable in payables.items()}
    return allocate_capped(payables, room, min(amount_minor, sum(room.values())))


__all__: Sequence[str] = (
    "MINOR_MAX",
    "Money",
    "Rate",
    "allocate",
    "allocate_by",
    "allocate_capped",
    "exponent",
    "parse_minor",
    "refund_of_units",
    "spread_discount",
    "total",
    "worth_of_units",
)
