"""The one table of what costs something, and who may have how much of it (ACC-R7)."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import Final

from attrs import frozen

from retail_domain.kernel.counting import Allowance

_MINUTE: Final = timedelta(minutes=1)
_QUARTER: Final = 15 * _MINUTE
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
MIB: Final = 1024 * 1024


class Whose(Enum):
    """Whom a share is for. A line is an IPv4 address, or the first 56 bits of an IPv6 address."""

    LINE = "an address line"
    NAME_AND_LINE = "a login name from one address line"
    NAME = "a login name from address lines that never logged in with it"
    ACCOUNT = "an account"
    PHONE = "a phone"
    PHONE_AND_LINE = "a phone, asked for from one address line"
    PHONE_OF_STRANGERS = "a phone, asked for from address lines where none of its codes was right"
    CODE = "a code"
    CONNECTION = "a connection"
    ALL = "everybody together"


@frozen(kw_only=True)
class Ration:
    """How much somebody may have: so often within some time, or so much at once."""

    whose: Whose
    often: tuple[Allowance, ...] = ()
    """Counted in the database, by all processes together."""
    at_once: int = 0
    """Counted by each process for itself."""
    unit: str = ""
    setting: str = ""
    """What an operator sets it by."""

    def __attrs_post_init__(self) -> None:
        if bool(self.often) == bool(self.at_once):
            raise ValueError("a share is so often within some time, or so much at once")


@frozen(kw_only=True)
class Cost:
    """Something that costs the shop: what, why there is a limit, each share, and who spends it."""

    what: str
    why: str
    shares: tuple[Ration, ...]
    spent_by: frozenset[str] = frozenset()
    """Use cases and routes, by the names of their functions."""

    def often(self, whose: Whose) -> tuple[Allowance, ...]:
        """What they have within some time. Raises LookupError where the table says nothing."""
        return self._share(whose, "often").often

    def at_once(self, whose: Whose) -> int:
        """What they have at once. Raises LookupError where the table says nothing."""
        return self._share(whose, "at_once").at_once

    def _share(self, whose: Whose, kind: str) -> Ration:
        found = [one for one in self.shares if one.whose is whose and getattr(one, kind)]
        if not found:
            raise LookupError(f"{self.what}: {whose.value} has no share")
        return found[0]


def _often(most: int, within: timedelta) -> Allowance:
    return Allowance(most=most, within=within)


MESSAGE: Final = Cost(
    what="a text message",
    why="each is paid for, and rings somebody's phone",
    shares=(
        Ration(whose=Whose.PHONE_AND_LINE, often=(_often(1, _MINUTE), _often(5, _HOUR), _often(10, _DAY))),
        # All strangers together: so often a phone rings at most, and five guesses a code are all that they have against it.
        Ration(whose=Whose.PHONE_OF_STRANGERS, often=(_often(3, _MINUTE), _often(15, _HOUR), _often(30, _DAY))),
        # One line may be a whole campus: 5,000 people with sessions of 30 days need some 170 codes a day, and a campaign's
        # hour as many. Whoever pumps messages through one line gets 1,000 a day out of the shop, not 24 times 200.
        Ration(whose=Whose.LINE, often=(_often(200, _HOUR), _often(1_000, _DAY)), setting="RETAIL_CODES_PER_ADDRESS"),
        # What a day may cost at most; the hour keeps an attack from using up the day, and with it everybody's logins.
        Ration(whose=Whose.ALL, often=(_often(10_000, _HOUR), _often(50_000, _DAY)), setting="RETAIL_CODES_IN_ALL"),
    ),
    # A change of phone tells the old one, once for a code that was counted.
    spent_by=frozenset({"send_code", "change_phone"}),
)
GUESS: Final = Cost(
    what="a wrong one-time code, or one for a challenge that never was",
    why="a code has a million values, and looking one up is a transaction",
    shares=(
        Ration(whose=Whose.CODE, often=(_often(5, 10 * _MINUTE),)),
        Ration(whose=Whose.LINE, often=(_often(100, _QUARTER),)),
    ),
    spent_by=frozenset(
        {"log_in_with_code", "register", "reset_password", "change_phone", "log_in", "register_account", "store_closing"}
    ),
)
PASSWORD: Final = Cost(
    what="a password that is compared or hashed",
    why="19 MiB and tens of milliseconds of a processor",
    shares=(
        Ration(whose=Whose.NAME_AND_LINE, often=(_often(10, _QUARTER),)),
        Ration(whose=Whose.NAME, often=(_often(50, _QUARTER),)),
        Ration(whose=Whose.LINE, often=(_often(100, _QUARTER),)),
        Ration(whose=Whose.ACCOUNT, often=(_often(10, _QUARTER),)),
        Ration(whose=Whose.PHONE, often=(_often(10, _QUARTER),)),
        Ration(whose=Whose.LINE, at_once=8, unit="waiting"),
        Ration(whose=Whose.ALL, at_once=64, unit="waiting"),
    ),
    spent_by=frozenset({
        "log_in_with_password", "register", "reset_password", "change_password", "change_phone", "add_staff",
            "give_password", "close_account",
        "log_in", "register_account",
    }),
)  # fmt: skip
COUPON_CODE: Final = Cost(
    what="a coupon code that opens nothing",
    why="a code is worth money, and looking one up is a statement",
    shares=(
        Ration(whose=Whose.ACCOUNT, often=(_often(10, _QUARTER),)),
        Ration(whose=Whose.LINE, often=(_often(100, _QUARTER),)),
    ),
    spent_by=frozenset({"redeem_code", "redeem_coupon_code", "redeem_at_page"}),
)
KEY: Final = Cost(
    what="an API key that opens nothing",
    why="looking one up is a statement, and whoever tries many shall be seen",
    shares=(Ration(whose=Whose.LINE, often=(_often(100, _QUARTER),)),),
    spent_by=frozenset({"authenticate_key"}),
)
GUEST_ROW: Final = Cost(
    what="a cart of somebody who is not logged in",
    why="a row that nobody may ever come back for",
    shares=(Ration(whose=Whose.LINE, often=(_often(1_000, _HOUR), _often(5_000, _DAY))),),
    spent_by=frozenset({"create_guest_cart"}),
)
BEHAVIOUR_ROW: Final = Cost(
    what="a behaviour event that is kept",
    why="a row each, up to fifty in a request",
    shares=(
        Ration(whose=Whose.LINE, often=(_often(20_000, _HOUR), _often(100_000, _DAY))),
        Ration(whose=Whose.ACCOUNT, often=(_often(5_000, _HOUR), _often(20_000, _DAY))),
    ),
    spent_by=frozenset({"capture_behaviour"}),
)
PICTURE: Final = Cost(
    what="a picture that a member sends",
    why="up to 8 MiB that are kept, and about half a second of a worker's processor",
    shares=(
        # Nine a review: six reviews an hour, and a day of emptying a drawer of orders.
        Ration(whose=Whose.ACCOUNT, often=(_often(60, _HOUR), _often(300, _DAY))),
        Ration(whose=Whose.LINE, often=(_often(600, _HOUR), _often(3_000, _DAY))),
    ),
    spent_by=frozenset({"announce_picture"}),
)
BODY: Final = Cost(
    what="a byte of a request body that has arrived and is not answered",
    why="memory, held by whoever sends slowly",
    shares=(
        Ration(
            whose=Whose.CONNECTION, at_once=256 * 1024, unit="bytes, or what its route takes", setting="RETAIL_BODY_BYTES_MAX"
        ),
        Ration(whose=Whose.LINE, at_once=8 * MIB, unit="bytes"),
        Ration(whose=Whose.ALL, at_once=64 * MIB, unit="bytes; then each line has an equal share of them"),
    ),
    spent_by=frozenset({"take_gateway_notice"}),
)
SMALL_BODY_BYTES: Final = 16 * 1024
"""A body up to here is always let in: all connections together hold less of such than one line may of large ones."""
ARRIVING: Final = Cost(
    what="a body that is under way",
    why="a connection, held by whoever sends slowly",
    shares=(Ration(whose=Whose.LINE, at_once=64, unit="bodies"),),
    spent_by=frozenset({"take_gateway_notice"}),
)
PLACE: Final = Cost(
    what="a place: a request that is being served",
    why="a process serves so many at once; waiting for a password's hash takes none",
    shares=(
        Ration(whose=Whose.LINE, at_once=8, unit="requests", setting="RETAIL_REQUESTS_PER_ADDRESS"),
        Ration(whose=Whose.ALL, at_once=64, unit="requests", setting="RETAIL_REQUESTS_MAX"),
    ),
    spent_by=frozenset({"leave_marketing", "take_gateway_notice"}),
)
READ: Final = Cost(
    what="a place of a request that only reads",
    why="making a page is processor time and nothing else, and so everybody else's wait",
    shares=(
        Ration(whose=Whose.LINE, at_once=1, unit="request, beside its places for others", setting="RETAIL_READS_PER_ADDRESS"),
    ),
)
"""GET and HEAD, but for the doors of staff (reports take long) and for pictures, which may come from far away."""
WAITING: Final = Cost(
    what="a wait for a place",
    why="a connection; the next place goes to the line that has fewest",
    shares=(
        Ration(whose=Whose.LINE, at_once=64, unit="requests, and as many that only read; at most a half of all that may wait"),
        Ration(whose=Whose.ALL, at_once=256, unit="requests", setting="RETAIL_WAITING_MAX"),
    ),
)
REFUSAL: Final = Cost(
    what="an answer that says: too many",
    why="whoever goes on all the same is answered late, outside the places, and so comes less often",
    shares=(
        Ration(whose=Whose.LINE, often=(_often(20, timedelta(seconds=1)),), unit="each process for itself"),
        Ration(whose=Whose.LINE, at_once=256, unit="answers that are held back, for five seconds at most"),
        Ration(whose=Whose.ALL, at_once=384, unit="answers that are held back; whoever else comes is hung up on"),
    ),
)
CONNECTION: Final = Cost(
    what="a connection",
    why="a file of the process; who asks for nothing is closed after 15 seconds",
    shares=(Ration(whose=Whose.ALL, at_once=512, unit="connections; more wait in the kernel's queue"),),
)

STREAM: Final = Cost(
    what="a page that waits to be told of something",
    why="a connection for some seconds, again and again; it takes no place. Who gets none looks every 15 seconds",
    shares=(
        Ration(whose=Whose.LINE, at_once=32, unit="streams"),
        Ration(whose=Whose.ALL, at_once=256, unit="streams"),
    ),
    spent_by=frozenset({"follow_order"}),
)

COSTS: Final = (
    MESSAGE, GUESS, PASSWORD, COUPON_CODE, KEY, GUEST_ROW, BEHAVIOUR_ROW, PICTURE, BODY, ARRIVING, PLACE, READ, WAITING,
    REFUSAL, CONNECTION, STREAM,
)  # fmt: skip
"""All of it. What spends something and stands nowhere here fails a test."""
