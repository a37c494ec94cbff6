"""Preview: staff see any page at any instant, as a guest or as a member would; it decides nothing (DOR-R11).

It is told by a cookie of its own, sealed for whoever began it. With that cookie every page of the shop is served by a second
application: of the same shop by the clock of the preview, which cannot change anything, and behind a gate that lets nothing
but looking through. A preview that has ended ends where it is noticed, and never turns into the real shop under a form.
"""

from __future__ import annotations

from asyncio import Lock
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID

import msgspec
from attrs import define, field, frozen
from litestar import Litestar, Request, Response

from retail_domain.accounts import NoteStaffAction, Permission
from retail_domain.accounts.model.session import Principal
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.errors import DomainError, PreviewDecidesNothing
from retail_domain.kernel.ids import MemberId, SessionId
from retail_entrypoints.http.caller import CALLER, NOBODY, Caller
from retail_entrypoints.http.guards import BOUND, KEEPS_WITHIN, Gate, let_in
from retail_entrypoints.http.refusals import LoginRequired, PermissionRequired
from retail_entrypoints.http.routing import Allowed
from retail_entrypoints.http.shop import ServedShop
from retail_entrypoints.web import policy
from retail_entrypoints.web.asking import DESK, DESK_SESSION, FormRequest
from retail_entrypoints.web.cookies import Jar, Seal, read_cookies
from retail_entrypoints.web.front import Front

PREVIEW: Final = "preview"
LASTS: Final = timedelta(minutes=30)
SCOPE: Final = "retail_preview"
"""Where a request says that it is a preview."""
AS_GUEST: Final[tuple[Allowed, ...]] = (Permission.SETTINGS_SEE,)
"""Whoever may see what is planned may see what it comes to."""
AS_MEMBER: Final[tuple[Allowed, ...]] = (Permission.MEMBERS_CONTACT, Permission.SETTINGS_SEE)
"""What a member's pages show is personal data."""
_LOOKS: Final = ("GET", "HEAD")
_KEPT: Final = ("lang",)
"""What a preview knows of the browser that it runs in."""
_NO_SESSION: Final = SessionId(UUID(int=0))


@frozen(kw_only=True)
class Preview:
    """What is looked at: the shop at a moment, as a guest or as some member; and who looks, and why."""

    at: datetime
    staff_id: UUID
    member_id: MemberId | None = None
    reason: str = ""

    @property
    def needs(self) -> tuple[Allowed, ...]:
        """What whoever looks must be allowed."""
        return AS_GUEST if self.member_id is None else AS_MEMBER

    @property
    def caller(self) -> Caller:
        """Whom the pages are shown to."""
        if self.member_id is None:
            return NOBODY
        return Caller(account=Principal(session_id=_NO_SESSION, member_id=self.member_id))

    def closed(self, seal: Seal) -> str:
        """As its cookie."""
        told = [self.at, self.staff_id, self.member_id, self.reason]
        return seal.close(msgspec.json.encode(told).decode())

    @classmethod
    def opened(cls, value: str | None, seal: Seal) -> Preview | None:
        """A preview that was begun here and is not over."""
        told = seal.open(value, LASTS)
        if told is None:
            return None
        at, staff, member, reason = msgspec.json.decode(told, type=tuple[datetime, UUID, UUID | None, str])
        return cls(at=at, staff_id=staff, member_id=MemberId(member) if member else None, reason=reason)


@define
class PreviewClock:
    """Stands at the moment that is looked at."""

    at: datetime = datetime(2000, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        """That moment."""
        return self.at


def may_preview(caller: Caller, needs: tuple[Allowed, ...]) -> bool:
    """Whether somebody of staff is let in; whoever is bound to places sees one shop in part, and no page is made of that."""
    first, *besides = needs
    try:
        let_in(caller, {"permission": first, "besides": tuple(besides), KEEPS_WITHIN: False})
    except (LoginRequired, PermissionRequired):
        return False
    return True


@define
class Previewing:
    """Parts previews from everything else. The application that shows them is made when the first one is wanted."""

    inner: Litestar
    shop: ServedShop[Any]
    jar: Jar
    seal: Seal
    sessions: Seal
    """What closes the cookie of somebody of staff."""
    make: Callable[[Clock, Callable[[Front], Gate]], Litestar]
    clock: PreviewClock = field(factory=PreviewClock)
    one_at_a_time: Lock = field(factory=Lock)
    """Previews share a clock."""
    _app: Litestar | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request."""
        cookies = read_cookies(value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie")
        told = cookies.get(self.jar.name(PREVIEW))
        if told is None or _is_elsewhere(scope["path"]):
            await self.inner(scope, receive, send)
            return
        preview = Preview.opened(told, self.seal)
        staff = await self._who(cookies.get(self.jar.name(DESK_SESSION)))
        if preview is None or staff.staff_id != preview.staff_id or not may_preview(staff, preview.needs):
            await _sent_away(self.jar, send)
            return
        scope[SCOPE] = preview, staff
        if self._app is None:
            self._app = self.make(self.clock, self.gate)
        await self._app(scope, receive, send)

    async def _who(self, cookie: str | None) -> Caller:
        token = self.sessions.open(cookie)
        try:
            return Caller(account=await self.shop.authenticate(token)) if token is not None else NOBODY
        except DomainError:
            return NOBODY

    def gate(self, front: Front) -> Gate:
        """What lets nothing but looking through to the pages."""

        async def entrance(asked: Request[Any, Any, Any]) -> Response[Any]:
            request = cast(FormRequest, asked)
            preview, staff = cast(tuple[Preview, Caller], request.scope[SCOPE])  # type: ignore[typeddict-item]
            request.jar_of = {name: value for name, value in request.jar_of.items() if name in map(self.jar.name, _KEPT)}
            request.given = {}
            bound = request.route_handler.opt[BOUND]
            request.caller = request.scope["state"][CALLER] = preview.caller
            if bound is None or request.method not in _LOOKS:
                raise PreviewDecidesNothing()
            request.words = request.checked_query(bound.query)
            let_in(preview.caller, request.route_handler.opt)
            if preview.member_id is not None:
                await self.shop.note_staff_action(_look(preview, staff, request.scope["path"]))
            async with self.one_at_a_time:
                self.clock.at = preview.at
                await front.freshen()
                return cast(Response[Any], await bound.answer(request))

        return entrance


def _look(preview: Preview, staff: Caller, path: str) -> NoteStaffAction:
    """A page that is shown as a member's is a look at personal data, and is written down before, with its reason (R40)."""
    told = f"{preview.member_id} {path} {preview.reason}"
    shown = "".join(filter(str.isprintable, told))[:200]
    return NoteStaffAction(actor=staff.actor, action="preview_as_member", object=shown)


def _is_elsewhere(path: str) -> bool:
    return path == DESK or path.startswith((f"{DESK}/", "/static/"))


async def _sent_away(jar: Jar, send: Any) -> None:
    """To where previews begin; the preview is over, and nothing is done that was asked in it."""
    cookie = jar.dropped(PREVIEW).to_header(header="")
    headers = [
        (b"location", f"{DESK}/preview".encode()), (b"cache-control", policy.NEVER.encode()), (b"content-length", b"0"),
        (b"set-cookie", cookie.encode("latin-1")),
    ]  # fmt: skip
    await send({"type": "http.response.start", "status": 303, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
