"""Counting before doing: windows in the database, so that all processes count together and a restart forgets nothing (R36).

Whatever has an allowance is counted here and nowhere else; who has which is the table in `kernel.costs`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Network, ip_address
from math import ceil
from typing import Final, Protocol

from attrs import evolve, frozen

from retail_domain.kernel.change import Change
from retail_domain.kernel.clock import lies_in
from retail_domain.kernel.errors import DomainError, Kind, refusal

_LINE_BITS: Final = 56


@refusal
class TooOften(DomainError):
    """This was done too often from here; please wait a while."""

    code = "request.too_often"
    kind = Kind.TOO_MANY

    retry_after_seconds: int


class Sealer(Protocol):
    """Keyed digests with the shop's secret: what they are made of cannot be guessed from them (R36, R40)."""

    def seal(self, *parts: str) -> bytes:
        """32 bytes for these parts; another order or another split of the same letters gives another seal."""
        ...


@frozen(kw_only=True)
class Allowance:
    """So many times within a window that opens with the first time: `5 within an hour`."""

    most: int
    within: timedelta

    def __attrs_post_init__(self) -> None:
        if self.most < 1 or self.within <= timedelta(0):
            raise ValueError("an allowance is at least one time within some time")


@frozen(kw_only=True)
class Slot:
    """How much of one allowance is used; `key` is a seal, since it stands for a phone, a name or an address (R40)."""

    key: str
    used: int
    ends_at: datetime
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if self.used < 0:
            raise ValueError("nothing is used less than never")

    @classmethod
    def opened(cls, key: str, allowance: Allowance, *, at: datetime, times: int = 1) -> Change[Slot]:
        """The first time for this key."""
        return Change(None, cls(key=key, used=times, ends_at=at + allowance.within))

    def take(self, allowance: Allowance, *, at: datetime, times: int = 1) -> Change[Slot] | None:
        """So often more, or None when the allowance is used up.

        A window that has passed starts anew, and so does one that was opened before the clock was put back (R29).
        """
        if not lies_in(self.ends_at - allowance.within, self.ends_at, at):
            return Change(self, evolve(self, used=times, ends_at=at + allowance.within))
        return None if self.is_used_up(allowance, at=at) else Change(self, evolve(self, used=self.used + times))

    def is_used_up(self, allowance: Allowance, *, at: datetime) -> bool:
        """Whether nothing is left of it now."""
        return lies_in(self.ends_at - allowance.within, self.ends_at, at) and self.used >= allowance.most

    def give_back(self) -> Change[Slot]:
        """That one did not count."""
        return Change(self, evolve(self, used=max(0, self.used - 1)))


class Counters(Protocol):
    """How often what costs something was done, in the shop's database (R36)."""

    async def claim(self, keys: Iterable[str]) -> Mapping[str, Slot]:
        """Lock these counters, ascending by key; those never used are absent."""
        ...

    async def read(self, keys: Iterable[str]) -> Mapping[str, Slot]:
        """The same without a lock: nobody waits for whoever only reads. A rival's change in between raises at commit."""
        ...

    def save(self, change: Change[Slot]) -> None:
        """Stage a change; two first uses at once: one raises `Taken` at commit."""
        ...

    async def sweep(self, before: datetime, limit: int) -> int:
        """Delete up to so many counters whose window ended before then; how many went."""
        ...


@frozen
class Counted:
    """Counters of some allowances, claimed: looked at, noted and forgiven in one unit of work."""

    counters: Counters
    allowances: Mapping[str, Allowance]
    known: Mapping[str, Slot]

    @classmethod
    async def claimed(cls, counters: Counters, allowances: Mapping[str, Allowance]) -> Counted:
        """Lock them. Before anything else that a unit locks, so that two units cannot wait for each other."""
        return cls(counters, allowances, await counters.claim(allowances))

    def wait_seconds(self, *, at: datetime) -> int | None:
        """The seconds until all are open, when one is used up."""
        ends = [
            slot.ends_at for key, slot in self.known.items()
            if key in self.allowances and slot.is_used_up(self.allowances[key], at=at)
        ]  # fmt: skip
        return seconds_until(max(ends), at) if ends else None

    def note(self, *, at: datetime, times: int = 1) -> None:
        """Stage one use of each, or as many as are asked for; nobody looks whether there is one left."""
        for key, allowance in sorted(self.allowances.items()):
            slot = self.known.get(key)
            if slot is None:
                self.counters.save(Slot.opened(key, allowance, at=at, times=times))
            elif not slot.is_used_up(allowance, at=at):
                change = slot.take(allowance, at=at, times=times)
                assert change is not None, "there is some left"
                self.counters.save(change)

    def forgive(self) -> None:
        """Stage that the last use of each did not count."""
        for key in sorted(self.known):
            self.counters.save(self.known[key].give_back())


async def take(counters: Counters, allowances: Mapping[str, Allowance], *, at: datetime, times: int = 1) -> int | None:
    """Stage one use of each; or the seconds until one that is used up is open again, and then nothing may be committed.

    What is taken several times at once is let through when any of it is left, so it may go beyond its allowance once.
    """
    counted = await Counted.claimed(counters, allowances)
    wait = counted.wait_seconds(at=at)
    if wait is None:
        counted.note(at=at, times=times)
    return wait


def line_of(client: str) -> str:
    """What is counted of a network address: of IPv6 the 56 bits a line is given, since whoever has them has 2^72 addresses.

    An IPv4 address counts as itself however it is wrapped (mapped, 6to4).
    """
    try:
        address = ip_address(client)
    except ValueError:
        return client
    if isinstance(address, IPv4Address):
        return str(address)
    inner = address.ipv4_mapped or address.sixtofour
    return str(inner) if inner else str(IPv6Network((int(address), _LINE_BITS), strict=False))


def key_of(sealer: Sealer, what: str, kind: str, whose: str, allowance: Allowance) -> str:
    """The key of a counter: a seal, so that no phone, name or address stands in the table (R40)."""
    window = f"{allowance.most}/{allowance.within.total_seconds():.0f}"
    return sealer.seal("slot", what, kind, whose, window).hex()[:32]


def seconds_until(end: datetime, at: datetime) -> int:
    """Whole seconds, rounded up."""
    return max(1, ceil((end - at).total_seconds()))
