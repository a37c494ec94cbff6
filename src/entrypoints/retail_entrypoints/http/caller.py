"""Who is calling, and what every handler may ask for by name: `member_id`, `actor`, `once`, `page` ... (R17, R33, R36)."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Annotated, Any, Final

from attrs import field, frozen
from litestar.connection import ASGIConnection
from litestar.params import HeaderParameter, QueryParameter

from retail_domain.accounts.model.session import Principal
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.ids import MemberId, StaffId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_entrypoints.http.refusals import LoginRequired, Malformed
from retail_entrypoints.http.requests import StrictRequest

Connection = ASGIConnection[Any, Any, Any, Any]

CALLER: Final = "retail_caller"
UNGUESSABLE: Final = 16
"""How long a key must be for its maker to be the only one who knows it."""
_KEY: Final = re.compile(r"[\x21-\x7e]{1,200}")
_TOKEN: Final = re.compile(r"[A-Za-z0-9_\-.~+/=]{1,512}")
CURSOR_PATTERN: Final = r"^[A-Za-z0-9_\-.=]{1,512}$(?!\n)"


def digest_of(token: str) -> str:
    """A name for whoever holds a token, from which the token cannot be told."""
    return hashlib.sha256(token.encode()).hexdigest()


@frozen(kw_only=True)
class Caller:
    """Whoever sent the request: a member, somebody of staff, a guest with a cart token, or anybody."""

    account: Principal | None = None
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
    def sort(self) -> str:
        """`member`, `staff`, `guest` or `anonymous`: all the journal learns about a caller."""
        if self.staff_id is not None:
            return "staff"
        if self.member_id is not None:
            return "member"
        return "guest" if self.cart_token else "anonymous"

    @property
    def principal(self) -> str:
        """The scope of an idempotency key: nobody learns another's answers by guessing a key (R17)."""
        ref = self.staff_id or self.member_id or (self.cart_token and digest_of(self.cart_token))
        return f"{self.sort}:{ref}" if ref else self.sort

    @property
    def actor(self) -> Actor:
        """Who a decision is recorded for. Raises LoginRequired for anybody who is not logged in."""
        if self.account is None:
            raise LoginRequired()
        return self.account.actor


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


def client_address(connection: Connection, trusted: tuple[IPv4Network | IPv6Network, ...] = ()) -> str:
    """Where the request comes from (R36)."""
    peer = connection.client.host if connection.client else "unknown"
    return address_of(peer, connection.headers.getall("x-forwarded-for", []), trusted)


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


def caller_of(connection: Connection) -> Caller:
    """The caller the guard found."""
    found: Caller = connection.scope["state"].get(CALLER) or Caller()
    return found


def provide_caller(request: StrictRequest) -> Caller:
    """`caller`: whoever sent the request."""
    return caller_of(request)


def provide_member_id(request: StrictRequest) -> MemberId:
    """`member_id`: the member who is logged in; on MEMBER routes there always is one."""
    found = caller_of(request).member_id
    if found is None:
        raise LoginRequired()
    return found


def provide_staff_id(request: StrictRequest) -> StaffId:
    """`staff_id`: the member of staff who is logged in; on staff routes there always is one."""
    found = caller_of(request).staff_id
    if found is None:
        raise LoginRequired()
    return found


def provide_actor(request: StrictRequest) -> Actor:
    """`actor`: who a decision is recorded for."""
    return caller_of(request).actor


IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        description=(
            "1 to 200 visible ASCII characters; a repeat with the same key and body gets the same answer. "
            "Who is not logged in should send 16 or more that nobody can guess."
        ),
    ),
]


def provide_once(request: StrictRequest, idempotency_key: IdempotencyKey = None) -> Once | None:
    """`once`: the Idempotency-Key with its scope and the request's fingerprint, or None without a key (R17)."""
    if idempotency_key is None:
        return None
    check_key(idempotency_key)
    fingerprint = request.fingerprint()
    return Once(
        principal=_principal(request, idempotency_key, fingerprint),
        operation=request.route_handler.fn.__name__,
        key=idempotency_key,
        fingerprint=fingerprint,
    )


def check_key(key: str) -> None:
    """Raises Malformed for what is no key."""
    if not _KEY.fullmatch(key):
        raise Malformed.because("Idempotency-Key", "format", "1 to 200 visible ASCII characters")


def _principal(request: StrictRequest, key: str, fingerprint: str) -> str:
    """Whose key it is (R17).

    A key of sixteen characters or more is taken for one that only its maker knows. Short ones many callers may have chosen:
    of those who are not logged in, the request itself is a part of who they are.
    """
    caller, opt = caller_of(request), request.route_handler.opt
    if opt.get("ends_session"):
        return f"session:{caller.token_digest}"
    if caller.sort != "anonymous" and not opt.get("logs_in"):
        return caller.principal
    if len(key) >= UNGUESSABLE:
        return "anonymous"
    if not request.needs_words:
        raise Malformed.because("Idempotency-Key", "length", f"who is not logged in sends {UNGUESSABLE} characters or more")
    return f"anonymous:{fingerprint}"


Limit = Annotated[int, QueryParameter(ge=1, le=100, description="How many items at most.")]
Cursor = Annotated[
    str | None, QueryParameter(pattern=CURSOR_PATTERN, max_length=512, description="`next_cursor` of the page before.")
]


def provide_page(limit: Limit = 20, cursor: Cursor = None) -> PageRequest:
    """`page`: how many items, after which cursor."""
    return PageRequest(limit, cursor)


def provide_short_page(limit: Limit = 100, cursor: Cursor = None) -> PageRequest:
    """`short_page`: the same for lists that are hardly ever longer than one page."""
    return PageRequest(limit, cursor)


def providers(trusted: tuple[IPv4Network | IPv6Network, ...]) -> dict[str, Callable[..., Any]]:
    """What handlers may ask for by name, and who provides it."""

    def provide_client_address(request: StrictRequest) -> str:
        return client_address(request, trusted)

    return {
        "caller": provide_caller,
        "member_id": provide_member_id,
        "staff_id": provide_staff_id,
        "actor": provide_actor,
        "once": provide_once,
        "page": provide_page,
        "short_page": provide_short_page,
        "client_address": provide_client_address,
    }
