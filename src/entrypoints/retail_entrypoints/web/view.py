"""What a handler has of the page it is about to show: whom it is for, its words, and how it is answered."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

import msgspec
from attrs import define, field, frozen
from litestar import Response
from litestar.datastructures import Cookie

from retail_domain.accounts import SessionInvalid
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.errors import DomainError, FieldProblem, InvalidInput
from retail_domain.kernel.places import Places
from retail_domain.settings import ShopFront
from retail_entrypoints.http.guards import let_in
from retail_entrypoints.http.problems import status_of
from retail_entrypoints.http.refusals import LoginRequired, Malformed, PermissionRequired
from retail_entrypoints.http.routing import needed_by
from retail_entrypoints.web import policy
from retail_entrypoints.web.asking import CART, SESSION, FormRequest
from retail_entrypoints.web.cookies import Seal
from retail_entrypoints.web.desk_rooms import DeskRoom, rooms_for
from retail_entrypoints.web.front import Front
from retail_entrypoints.web.look import Look
from retail_entrypoints.web.origin import is_path
from retail_entrypoints.web.preview import SCOPE, Preview
from retail_entrypoints.web.unread import UNREAD, UnreadBadge, told
from retail_entrypoints.web.words import LANGUAGES, Sentences, language_of, words_of

A = TypeVar("A")

SAYING: Final = "saying"
COUNT: Final = "cart_count"
LANG: Final = "lang"
DESK_WHO: Final = "desk_who"
"""What somebody of staff is called, for showing it on every page of the console."""
_SAYING_LASTS: Final = timedelta(seconds=60)
_COUNT_LASTS: Final = timedelta(days=30)
_SESSION_LASTS: Final = timedelta(days=30)
_HTML: Final = "text/html"
_SENT_AWAY: Final = (LoginRequired, PermissionRequired, SessionInvalid)
"""Refusals that are about who calls, not about what was filled in."""
_NO_FORM: Final = 401
_FORM: Final = 422


@frozen
class PageTrouble:
    """A refusal as a page shows it: a sentence, and what is wrong with which field."""

    sentence: str
    fields: Mapping[str, str] = field(factory=dict)
    status: int = 409

    def at(self, name: str) -> str:
        """What is wrong with a field; nothing if it is sound."""
        return self.fields.get(name, "")


@frozen
class Settled:
    """What all pages of a shop share."""

    look: Look
    sayings: Seal
    previews: Seal
    public_url: str
    front: Front
    unread: UnreadBadge
    doors: Mapping[str, Mapping[str, Any]]
    """What every page, and every button of one, declares of whoever may call it, by the name of its handler."""


@define
class View:
    """One request's page."""

    request: FormRequest
    shop: Settled
    words: Sentences = field(init=False)
    client: str = ""
    """The network address that asks, for what is counted by it."""
    trouble: PageTrouble | None = None
    cookies: list[Cookie] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        chosen = self.request.cookie(LANG)
        accepted = ",".join(self.request.lines_of(b"accept-language"))
        self.words = words_of(language_of(chosen, accepted[:200]))

    @property
    def lang(self) -> str:
        """The language of the page."""
        return self.words.lang

    @property
    def path(self) -> str:
        """The address of the page, with what was asked."""
        query = self.request.scope["query_string"].decode("latin-1")
        return self.request.scope["path"] + (f"?{query}" if query and len(query) < 300 else "")

    @property
    def preview(self) -> Preview | None:
        """What is looked at, where the page is a preview."""
        found: tuple[Preview, object] | None = self.request.scope.get(SCOPE)  # type: ignore[assignment]
        return found[0] if found else None

    @property
    def is_member(self) -> bool:
        """Whether a member is logged in."""
        return self.request.caller.member_id is not None

    @property
    def who(self) -> str:
        """What somebody of staff is called, as far as this browser was told."""
        return self.request.seal.open(self.request.cookie(DESK_WHO)) or ""

    @property
    def cart_count(self) -> int:
        """How many units lie in the cart, as far as this browser was told."""
        told = self.request.cookie(COUNT) or ""
        return min(int(told), 999) if told.isascii() and told.isdigit() and len(told) < 5 else 0

    @property
    def front(self) -> ShopFront:
        """What the shop says of itself."""
        return self.shop.front.told

    @property
    def brand(self) -> str:
        """What the shop is called."""
        return self.front.name or self.words("brand")

    @property
    def unread(self) -> int:
        """How many messages wait, as far as this browser was told."""
        return told(self.request.cookie(UNREAD))[0] if self.is_member else 0

    def may(self, door: str) -> bool:
        """Whether the gate would let whoever looks at this page call that handler: what it would not is not shown (R35)."""
        try:
            let_in(self.request.caller, self.shop.doors[door])
        except (LoginRequired, PermissionRequired):
            return False
        return True

    def within(self, door: str) -> Places:
        """The places at which whoever looks may do what that handler needs."""
        return self.request.caller.within(needed_by(self.shop.doors[door]))

    @property
    def actor(self) -> Actor:
        """Who decides here. Raises LoginRequired."""
        return self.request.caller.actor

    @property
    def nav(self) -> Sequence[tuple[str, Sequence[DeskRoom]]]:
        """The rooms of the console that whoever looks may enter, by their group."""
        return rooms_for(self.may)

    def filled(self, name: str, otherwise: object = "") -> str:
        """What was filled in, for showing it again; before anything was, what stands there."""
        return str(self.request.fields.get(name, "" if otherwise is None else otherwise))

    def mint(self) -> str:
        """A key for one form (R17)."""
        return secrets.token_hex(16)

    def page(
        self,
        template: str,
        *,
        status: int = 200,
        keeping: str = policy.PRIVATE,
        forms: str = "",
        alike: bool = False,
        **model: Any,
    ) -> Response[bytes]:
        """A whole page; `alike` if everybody sees it so, which is then kept for where there is no network."""
        saying = self._saying()
        html = self.shop.look.render(template, v=self, t=self.words, saying=saying, trouble=self.trouble, **model)
        if saying is not None:
            self.cookies.append(self.request.jar.dropped(SAYING))
        keeping = policy.NEVER if self.preview else keeping
        status = self.trouble.status if self.trouble is not None and status == 200 else status
        headers = policy.headers(keeping, forms=forms)
        if alike and saying is None and not self.preview and not self._is_known:
            headers[policy.OFFLINE] = "keep"
        return self._answer(html.encode(), status, headers)

    def go(self, path: str, saying: str | None = None, **gaps: str) -> Response[bytes]:
        """On to another page, after something was done (303)."""
        if saying is not None:
            told = self.shop.sayings.close(msgspec.json.encode({"id": saying, "gaps": gaps}).decode())
            self.cookies.append(self.request.jar.kept(SAYING, told, _SAYING_LASTS))
        return self._answer(b"", 303, {"Location": path, "Cache-Control": policy.NEVER})

    def onward(self, wanted: str | None, otherwise: str) -> str:
        """Where somebody wanted to go, if that is a page of ours."""
        return wanted if wanted and is_path(wanted) else otherwise

    def address(self, path: str, **asked: str) -> str:
        """An address with what is asked of it."""
        return f"{path}?{urlencode(asked)}" if asked else path

    def choose_language(self, lang: str) -> None:
        """Read the shop in this language from now on."""
        if lang in LANGUAGES:
            self.cookies.append(self.request.jar.kept(LANG, lang, timedelta(days=365)))

    def count(self, units: int) -> None:
        """Tell the browser how much lies in the cart."""
        self.cookies.append(self.request.jar.kept(COUNT, str(units), _COUNT_LASTS, script=True))

    def tell_unread(self, many: int) -> None:
        """Tell the browser how many messages wait."""
        self.cookies.append(self.shop.unread.cookie(self.request, many))

    def keep_session(self, token: str) -> None:
        """This browser is logged in from now on."""
        self.cookies.append(self.request.jar.kept(SESSION, self.request.seal.close(token), _SESSION_LASTS))

    def forget_session(self) -> None:
        """This browser is logged in no more, and knows nothing of who was."""
        self.cookies += [self.request.jar.dropped(name) for name in (SESSION, COUNT, UNREAD)]

    def download(self, content: bytes, name: str, media_type: str) -> Response[bytes]:
        """A file to keep; nothing on the way keeps it."""
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": policy.NEVER}
        return Response(content, media_type=media_type, headers=headers, cookies=self._told)

    async def decide(
        self,
        deed: Awaitable[A],
        done: Callable[[A], Response[bytes]],
        again: Callable[[], Awaitable[Response[bytes]]],
    ) -> Response[bytes]:
        """Do it and go on; what is refused for a reason somebody can mend is shown where it was asked for."""
        try:
            answer = await deed
        except DomainError as refused:
            if isinstance(refused, _SENT_AWAY):
                raise
            self.trouble = self.told(refused)
            return await again()
        return done(answer)

    def told(self, refused: DomainError) -> PageTrouble:
        """A refusal in the words of the page."""
        problems = refused.problems if isinstance(refused, InvalidInput | Malformed) else ()
        return PageTrouble(self.sentence(refused), {p.field: self._blame(p) for p in problems}, _status_of_form(refused))

    def sentence(self, refused: DomainError) -> str:
        """What was refused, in the language of the page."""
        told = f"refusal.{refused.code}"
        if told in self.words:
            return self.words(told)
        return refused.sentence() if self.lang == "en" else self.words(f"kind.{refused.kind.value}")

    def _blame(self, problem: FieldProblem) -> str:
        told = f"rule.{problem.rule}"
        return self.words(told) if told in self.words else problem.message

    @property
    def _told(self) -> list[Cookie]:
        """What the browser is to keep: of a preview nothing."""
        return [] if self.preview else self.cookies

    @property
    def _is_known(self) -> bool:
        """Whether the page tells anything of who looks at it."""
        return any(self.request.cookie(name) is not None for name in (SESSION, CART, COUNT, UNREAD))

    def _saying(self) -> str | None:
        told = self.shop.sayings.open(self.request.cookie(SAYING), _SAYING_LASTS)
        if told is None:
            return None
        saying = msgspec.json.decode(told)
        return self.words(saying["id"], **saying["gaps"]) if saying["id"] in self.words else None

    def _answer(self, body: bytes, status: int, headers: Mapping[str, str]) -> Response[bytes]:
        return Response(body, status_code=status, media_type=_HTML, headers=dict(headers), cookies=self._told)


def _status_of_form(refused: DomainError) -> int:
    """401 wants a header that names a scheme, of which a form is none (RFC 9110, 15.5.2)."""
    status = status_of(refused)
    return _FORM if status == _NO_FORM else status
