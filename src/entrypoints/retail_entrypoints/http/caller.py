"""Who is calling, and from where (R33, R36)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

from attrs import field, frozen

from retail_domain.accounts.model.custom_roles import NOWHERE, Rights
from retail_domain.accounts.model.keys import Machine
from retail_domain.accounts.model.session import Principal
from retail_domain.accounts.model.staff import Permission, granted_to
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.effects import Granted
from retail_domain.kernel.ids import MemberId, StaffId
from retail_domain.kernel.places import EVERYWHERE, Places
from retail_entrypoints.http.refusals import LoginRequired

CALLER: Final = "retail_caller"
_TOKEN: Final = re.compile(r"[A-Za-z0-9_\-.~+/=]{1,512}")


def digest_of(token: str) -> str:
    """A name for whoever holds a token, from which the token cannot be told."""
    return hashlib.sha256(token.encode()).hexdigest()


@frozen(kw_only=True)
class Caller:
    """Whoever sent the request: a member, somebody of staff, a program with a key, a guest with a cart token, or anybody."""

    account: Principal | None = None
    machine: Machine | None = None
    cart_token: str | None = field(default=None, repr=False)
    token_digest: str | None = field(default=None, repr=False)
    """Of the session's token, also when the session has ended; only where a repeat is answered all the same."""

    @property
    def member_id(self) -> MemberId | None:
        """The member who is logged in, if it is one."""
        return self.account.member_id if self.account else None

    @property
    def staff_id(self) -> StaffId | None:
        """The member of staff who is logged in, if it is one."""
        return self.account.staff_id if self.account else None

    @property
    def permissions(self) -> frozenset[Permission]:
        """What they may do at the staff's doors."""
        known = self.machine or self.account
        return known.permissions if known else frozenset()

    @property
    def rights(self) -> Rights:
        """The same, and where."""
        known = self.machine or self.account
        return known.rights if known else Rights({})

    @property
    def may_be_bound(self) -> bool:
        """Whether places have to be looked at: nobody else pays for that."""
        return bool(self.machine and self.machine.bound) or bool(self.account and self.account.custom_roles)

    def within(self, needed: Sequence[Permission]) -> Places:
        """Where they may do what needs all of these permissions."""
        if self.may_be_bound:
            return self.rights.within(needed)
        return EVERYWHERE if self.machine or self.account else NOWHERE

    def granted(self, within: Places) -> Granted:
        """What they may bring about, beyond what is their own, wherever a wish may reach."""
        return self.rights.granted(within) if self.may_be_bound else granted_to(self.permissions)

    @property
    def sort(self) -> str:
        """`member`, `staff`, `machine`, `guest` or `anonymous`: all the journal learns about a caller."""
        if self.machine is not None:
            return "machine"
        if self.staff_id is not None:
            return "staff"
        if self.member_id is not None:
            return "member"
        return "guest" if self.cart_token else "anonymous"

    @property
    def principal(self) -> str:
        """The scope of an idempotency key: nobody learns another's answers by guessing a key (R17)."""
        if self.machine is not None:
            return f"machine:{self.machine.key_id}"
        ref = self.staff_id or self.member_id or (self.cart_token and digest_of(self.cart_token))
        return f"{self.sort}:{ref}" if ref else self.sort

    @property
    def actor(self) -> Actor:
        """Who a decision is recorded for. Raises LoginRequired for anybody who is not logged in."""
        known = self.machine or self.account
        if known is None:
            raise LoginRequired()
        return known.actor


NOBODY: Final = Caller()
"""Whoever it is, as long as nobody has looked."""


def bearer_token(headers: Mapping[str, str]) -> str | None:
    """The token of the Authorization header, if there is one. Raises LoginRequired for any other scheme or spelling."""
    given = headers.get("authorization")
    if given is None:
        return None
    scheme, _, token = given.partition(" ")
    if scheme.lower() != "bearer" or not _TOKEN.fullmatch(token):
        raise LoginRequired()
    return token


def cart_token(headers: Mapping[str, str]) -> str | None:
    """The guest's cart token, if one was sent in a plausible spelling."""
    given = headers.get("x-cart-token", "")
    return given if _TOKEN.fullmatch(given) else None


def address_of(peer: str, forwarded: Sequence[str], trusted: tuple[IPv4Network | IPv6Network, ...]) -> str:
    """X-Forwarded-For counts only as far as our own proxies wrote it (R36)."""
    # Every line of the header: some proxies add one of their own below what the client sent.
    hops = [hop.strip() for line in forwarded for hop in line.split(",")]
    while hops and _is_trusted(peer, trusted):
        peer = hops.pop() or peer
    return peer if _is_address(peer) else "unknown"


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_trusted(peer: str, trusted: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    if not _is_address(peer):
        return False
    address = ip_address(peer)
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None  # a proxy seen through a dual-stack socket
    return any((mapped or address) in network for network in trusted)
