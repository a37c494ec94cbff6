"""Whence money in a wallet is, where it stands, and what moved it (MSC-R6)."""

from __future__ import annotations

from enum import Enum
from typing import Final
from uuid import UUID

from attrs import frozen


class Whence(Enum):
    """How money came into a wallet; `given` is used first and never paid out."""

    GIVEN = "given"
    """The shop gave it: by the hand of staff, or as cashback."""
    PAID_IN = "paid_in"
    """A refund that went here because the member wished it."""
    EARNED = "earned"
    """The member worked for it, such as by a commission."""


PAID_OUT_OF: Final = frozenset({Whence.PAID_IN, Whence.EARNED})
"""What may be paid out."""


class WalletMoney(Enum):
    """Where money stands; every entry moves some from one to another, so that none comes or goes unseen."""

    OUTSIDE = "outside"
    """It was not there before."""
    FREE = "free"
    """To be used."""
    USED = "used"
    """An order was charged with it; what the order does not want, or gives back, is free again."""
    FROZEN = "frozen"
    """It waits to be paid out."""
    PAID_OUT = "paid_out"
    TAKEN = "taken"
    """Staff took it back."""
    FORFEITED = "forfeited"
    """The member gave it up."""


IN_THE_WALLET: Final = frozenset({WalletMoney.FREE, WalletMoney.FROZEN})
"""What a balance is the sum of."""


class WalletBecause(Enum):
    """What an entry was written for."""

    ORDER = "order"
    WITHDRAWAL = "withdrawal"
    STAFF = "staff"
    MEMBER = "member"
    """The member gave it up."""


@frozen
class WalletCause:
    """What moved money: a kind, and the id of whatever it was."""

    because: WalletBecause
    ref: UUID
