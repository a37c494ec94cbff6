"""What every handler may ask for by name: `caller`, `member_id`, `actor`, `once`, `page` ... (R17, R33, R36).

No `from __future__ import annotations`: what is asked for is read at run time.
"""

import re
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Any, Final

from litestar.params import HeaderParameter, QueryParameter

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.effects import Granted
from retail_domain.kernel.ids import MemberId, StaffId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.kernel.places import Places
from retail_entrypoints.http.caller import Caller, address_of
from retail_entrypoints.http.refusals import LoginRequired, Malformed
from retail_entrypoints.http.requests import StrictRequest
from retail_entrypoints.http.routing import needed_by

UNGUESSABLE: Final = 16
"""How long a key must be for its maker to be the only one who knows it."""
CURSOR_PATTERN: Final = r"^[A-Za-z0-9_\-.=]{1,512}$(?!\n)"
_KEY: Final = re.compile(r"[\x21-\x7e]{1,200}")


def provide_caller(request: StrictRequest) -> Caller:
    """`caller`: whoever sent the request."""
    return request.caller


def provide_member_id(request: StrictRequest) -> MemberId:
    """`member_id`: the member who is logged in; on MEMBER routes there always is one."""
    found = request.caller.member_id
    if found is None:
        raise LoginRequired()
    return found


def provide_staff_id(request: StrictRequest) -> StaffId:
    """`staff_id`: the member of staff who is logged in; on staff routes there always is one."""
    found = request.caller.staff_id
    if found is None:
        raise LoginRequired()
    return found


def provide_actor(request: StrictRequest) -> Actor:
    """`actor`: who a decision is recorded for."""
    return request.caller.actor


def provide_within(request: StrictRequest) -> Places:
    """`within`: the places that the caller is bound to for what this route needs; routes that do not ask are not for them."""
    return request.caller.within(needed_by(request.route_handler.opt))


def provide_granted(request: StrictRequest) -> Granted:
    """`granted`: what the caller may bring about, for wishes that carry it."""
    return request.caller.granted(provide_within(request))


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
        witness=request.witness,
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
    caller, opt = request.caller, request.route_handler.opt
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
        peer = request.scope["client"]
        return address_of(peer[0] if peer else "unknown", request.lines_of(b"x-forwarded-for"), trusted)

    return {
        "caller": provide_caller,
        "member_id": provide_member_id,
        "staff_id": provide_staff_id,
        "actor": provide_actor,
        "granted": provide_granted,
        "within": provide_within,
        "once": provide_once,
        "page": provide_page,
        "short_page": provide_short_page,
        "client_address": provide_client_address,
    }
