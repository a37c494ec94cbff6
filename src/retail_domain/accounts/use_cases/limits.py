"""Counting before doing: a slot is taken before a code is issued or a password is tried (R36)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from ipaddress import IPv4Address, IPv6Network, ip_address
from math import ceil
from typing import Final

from retail_domain.accounts.model.rules import AccountRules
from retail_domain.accounts.model.slots import Allowance, Slot
from retail_domain.accounts.ports import Sealer, SendSlots
from retail_domain.kernel.contact import Phone

_LINE_BITS: Final = 56


def allowances_of_code(rules: AccountRules, sealer: Sealer, phone: Phone, client: str) -> Mapping[str, Allowance]:
    """Every counter that a code for this phone, asked for from this network address, uses up."""
    given = [("phone", phone.e164, one) for one in rules.codes_per_phone]
    given += [("address", line_of(client), one) for one in rules.codes_per_address]
    given += [("all", "", one) for one in rules.codes_in_all]
    return {_key(sealer, "code", kind, whose, one): one for kind, whose, one in given}


def allowances_of_login(rules: AccountRules, sealer: Sealer, name: str, client: str) -> Mapping[str, Allowance]:
    """Every counter that a try at a password uses up, whether the name is known or not."""
    by_name, by_address = rules.tries_per_name, rules.tries_per_address
    return {
        _key(sealer, "login", "name", name, by_name): by_name,
        _key(sealer, "login", "address", line_of(client), by_address): by_address,
    }


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


async def take(slots: SendSlots, allowances: Mapping[str, Allowance], *, at: datetime) -> int | None:
    """Stage one use of each; or the seconds until one that is used up is open again, and then nothing may be committed."""
    known = await slots.claim(allowances)
    for key, allowance in sorted(allowances.items()):
        change = known[key].take(allowance, at=at) if key in known else Slot.opened(key, allowance, at=at)
        if change is None:
            return seconds_until(known[key].ends_at, at)
        slots.save(change)
    return None


def seconds_until(end: datetime, at: datetime) -> int:
    """Whole seconds, rounded up."""
    return max(1, ceil((end - at).total_seconds()))


async def give_back(slots: SendSlots, allowances: Mapping[str, Allowance]) -> None:
    """Stage that the last use of each did not count."""
    for slot in (await slots.claim(allowances)).values():
        slots.save(slot.give_back())


def _key(sealer: Sealer, *parts: str | Allowance) -> str:
    words = [f"{part.most}/{part.within.total_seconds():.0f}" if isinstance(part, Allowance) else part for part in parts]
    return sealer.seal("slot", *words).hex()[:32]
