"""Requests of pages: who asks is told by cookies, what is decided comes as a form (R34, R36, R37)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, ClassVar, Final
from urllib.parse import parse_qsl

from litestar.types import Receive, Scope, Send

from retail_domain.kernel.reading import is_storable
from retail_entrypoints.http import bodies
from retail_entrypoints.http.refusals import Malformed, TooLarge
from retail_entrypoints.http.requests import StrictRequest, is_plain_integer
from retail_entrypoints.web.cookies import Jar, Seal, read_cookies
from retail_entrypoints.web.uploads import SentFile, boundary_of, read_parts

FORM_BYTES_MAX: Final = 64 * 1024
DESK: Final = "/desk"
"""Everything at or below this address is for staff, who have a cookie of their own."""
SESSION: Final = "session"
DESK_SESSION: Final = "desk"
CART: Final = "cart"
UPLOADS: Final[Mapping[str, bool]] = {"uploads": True}
"""What a route says of itself whose form may bring files."""
ONCE: Final = "once"
"""The hidden field by which a form that is sent twice is known again (R17)."""

_FORM: Final = "application/x-www-form-urlencoded"
_FIELDS_MAX: Final = 400
_READ: Final = {b"content-type": "content-type", b"content-length": "content-length"}


class FormRequest(StrictRequest):
    """A request of a page. It never reads `Authorization`: a session of a page is one of its cookies, which opens no API."""

    __slots__ = ("fields", "files", "jar_of")

    jar: ClassVar[Jar]
    seal: ClassVar[Seal]

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        super().__init__(scope, receive, send)
        self.jar_of: Mapping[str, str] = read_cookies(self.lines_of(b"cookie"))
        self.given = self._told()
        self.fields: Mapping[str, Any] = {}
        """What was filled in, as it was sent, for showing it again."""
        self.files: Sequence[SentFile] = ()
        """The files that came along, on routes that take some."""

    def cookie(self, bare: str) -> str | None:
        """One of our cookies as it was sent."""
        return self.jar_of.get(self.jar.name(bare))

    @property
    def is_desk(self) -> bool:
        """Whether it is a page for staff."""
        path = self.scope["path"]
        return path == DESK or path.startswith(f"{DESK}/")

    def _told(self) -> dict[str, str]:
        """What the door reads of a head, with what our cookies say in the place of what the API is sent."""
        told: dict[str, str] = {}
        for name, value in self.scope["headers"]:
            if name in _READ:
                told.setdefault(_READ[name], value.decode("latin-1"))
        token = self.seal.open(self.cookie(DESK_SESSION if self.is_desk else SESSION))
        if token is not None:
            told["authorization"] = f"Bearer {token}"
        cart = self.cookie(CART)
        if cart is not None:
            told["x-cart-token"] = cart
        return told

    def checked_query(self, known: Mapping[str, bool]) -> Mapping[str, str]:
        """The query parameters that this page knows; others are somebody else's marks. A page is shown without broken ones."""
        found: dict[str, str] = {}
        for name, values in self.query_params.dict().items():
            value = values[0].strip()
            if name in known and value and is_storable(value) and (not known[name] or is_plain_integer(value)):
                found[name] = value
        return found

    async def read_as(self, wanted: Any, *, may_be_absent: bool) -> Any:
        """The form as the type that is wanted. Raises Malformed, TooLarge, InvalidInput."""
        raw = await self.body()
        boundary = boundary_of(self.given.get("content-type", _FORM)) if self.route_handler.opt.get("uploads") else None
        if boundary is None:
            self._tree = _fields_of(raw, self.given)
        else:
            pairs, self.files = read_parts(raw, boundary, _FIELDS_MAX)
            self._tree = _once_each(pairs)
        self.fields = self._tree
        self._note_once()
        return bodies.read({name: value for name, value in self.fields.items() if value != ""}, wanted, strict=False)

    def _note_once(self) -> None:
        """The key under which this is done once: the form's own and what was filled in, so a corrected form is another one."""
        key = self._tree.pop(ONCE, "")
        if isinstance(key, str) and len(key) >= 16 and key.isascii() and key.isalnum():
            files = [(one.name, sha256(one.content).hexdigest()) for one in self.files]
            told = sha256(repr((sorted(self._tree.items()), files)).encode()).hexdigest()[:32]
            self.given = {**self.given, "idempotency-key": f"{key[:64]}-{told}"}


def _fields_of(raw: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
    media = headers.get("content-type", _FORM).partition(";")[0].strip().lower()
    if media != _FORM:
        raise Malformed.because("", "form", "a form is expected")
    try:
        pairs = parse_qsl(
            raw.decode("ascii"), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=_FIELDS_MAX
        )
    except UnicodeDecodeError:
        raise Malformed.because("", "utf8", "the form is not UTF-8") from None
    except ValueError:
        raise TooLarge() from None
    return _once_each(pairs)


def _once_each(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, value in pairs:
        if not is_storable(name + value):
            raise Malformed.because(name[:64], "text", "text may not hold NUL or half of a surrogate pair")
        if name in fields:
            raise Malformed.because(name[:64], "repeated", "this field may be given once")
        fields[name] = value.replace("\r\n", "\n")
    return fields
